"""The definitions of a log beside the built-in ones: all versions of each, those in effect, those to come."""

from collections.abc import Sequence
from datetime import datetime

from domain.definitions.kind import BUILT_IN_FROM, TENANT
from domain.definitions.kinds import KINDS
from domain.definitions.published import PublishedVersion, published, published_under
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.versions import in_effect


def versions_of(events: Sequence[RecordedEvent], kind: str, name: str = TENANT) -> list[PublishedVersion]:
    """Every version of a definition, the built-in one first; none of a definition that nobody published."""
    key = fold_name(name)
    built_in = KINDS[kind].built_in_named(key) if kind in KINDS else None
    first = []
    if built_in is not None:
        body = built_in.model_dump(mode="json")
        first = [PublishedVersion(kind=kind, name=key, version=0, effective_from=BUILT_IN_FROM, position=0, body=body)]
    return [*first, *published_under(events, kind, name)]


def overview(events: Sequence[RecordedEvent], at: datetime, kind: str | None = None) -> list[PublishedVersion]:
    """The version in effect of each definition of a kind or of all kinds, by kind and name."""
    shown = []
    for known in sorted({*KINDS, *(each.kind for each in published(events))}):
        if kind not in {None, known}:
            continue
        built_in = (TENANT, *KINDS[known].shipped) if known in KINDS else ()
        names = {name: name for name in built_in} | {
            fold_name(each.name): each.name for each in published(events, known)
        }
        for name in sorted(names):
            version = in_effect(versions_of(events, known, name), at)
            if version is not None:
                shown.append(version)
    return shown


def coming(events: Sequence[RecordedEvent], at: datetime, kind: str | None = None) -> list[PublishedVersion]:
    """The published versions of a kind or of all kinds that take effect later, the first one first."""
    later = [each for each in published(events, kind) if each.effective_from > at]
    ever_in_effect = [
        each for each in later if in_effect(published_under(events, each.kind, each.name), each.effective_from) == each
    ]
    return sorted(ever_in_effect, key=lambda each: (each.effective_from, each.position))
