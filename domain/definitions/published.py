"""The definitions of a log: every version by kind and name, with who published it, when and why."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import BUILT_IN_FROM, TENANT, DefinitionKind, DefinitionVersion, InEffect, in_effect
from domain.definitions.kinds import KINDS
from domain.envelope import RecordedEvent
from domain.messages import Message
from domain.text_folding import fold_name

Body = TypeVar("Body", bound=Message)


class PublishedVersion(Message):
    """A version of a definition. The built-in one is version 0 at position 0, published by nobody."""

    kind: str
    name: str
    version: int
    effective_from: datetime
    position: int
    body: dict[str, Any]
    recorded_at: datetime | None = None
    actor: str | None = None
    reason: str | None = None


def versions_of(events: Sequence[RecordedEvent], kind: str, name: str = TENANT) -> list[PublishedVersion]:
    """Every version of a definition, the built-in one first; none of a definition that nobody published."""
    key = fold_name(name)
    built_in = KINDS[kind].built_in_named(key) if kind in KINDS else None
    first = []
    if built_in is not None:
        body = built_in.model_dump(mode="json")
        first = [PublishedVersion(kind=kind, name=key, version=0, effective_from=BUILT_IN_FROM, position=0, body=body)]
    return [*first, *(each for each in _published(events, kind) if fold_name(each.name) == key)]


def overview(events: Sequence[RecordedEvent], at: datetime, kind: str | None = None) -> list[PublishedVersion]:
    """The version in effect of each definition of a kind or of all kinds, by kind and name."""
    shown = []
    for known in sorted({*KINDS, *(each.kind for each in _published(events))}):
        if kind not in {None, known}:
            continue
        built_in = (TENANT, *KINDS[known].shipped) if known in KINDS else ()
        names = {name: name for name in built_in} | {
            fold_name(each.name): each.name for each in _published(events, known)
        }
        for name in sorted(names):
            version = in_effect(versions_of(events, known, name), at)
            if version is not None:
                shown.append(version)
    return shown


def definition_in_effect(
    events: Sequence[RecordedEvent], kind: DefinitionKind[Body], at: datetime, name: str = TENANT
) -> InEffect[Body]:
    """The version of a definition that is in effect at an instant. Raises LookupError when there is none."""
    key = fold_name(name)
    versions = [
        DefinitionVersion(each.version, each.effective_from, each.body)
        for each in _published(events, kind.name)
        if fold_name(each.name) == key
    ]
    return kind.in_effect(versions, at, key)


def body_of_version(
    events: Sequence[RecordedEvent], kind: DefinitionKind[Body], name: str, version: int
) -> Body | None:
    """The body of a version of a definition, 0 for the built-in one; None when there is no such version."""
    key = fold_name(name)
    versions = [
        DefinitionVersion(each.version, each.effective_from, each.body)
        for each in _published(events, kind.name)
        if each.version == version and fold_name(each.name) == key
    ]
    return kind.body_of(versions, version, key)


def _published(events: Sequence[RecordedEvent], kind: str | None = None) -> Iterator[PublishedVersion]:
    for event in events:
        payload = event.payload
        if isinstance(payload, DefinitionPublished) and kind in {None, payload.kind}:
            yield PublishedVersion.model_construct(
                kind=payload.kind,
                name=payload.name,
                version=payload.version,
                effective_from=payload.effective_from,
                position=event.position,
                body=payload.body,
                recorded_at=event.recorded_at,
                actor=event.envelope.actor.id,
                reason=event.envelope.reason,
            )
