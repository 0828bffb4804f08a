"""The definitions of a log: every version by kind and name, with who published it, when and why."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, TypeVar

from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import TENANT, DefinitionKind, DefinitionVersion, InEffect
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


def definition_in_effect(
    events: Sequence[RecordedEvent], kind: DefinitionKind[Body], at: datetime, name: str = TENANT
) -> InEffect[Body]:
    """The version of a definition that is in effect at an instant. Raises LookupError when there is none."""
    return kind.in_effect(_versions(events, kind, name), at, fold_name(name))


def body_of_version(
    events: Sequence[RecordedEvent], kind: DefinitionKind[Body], name: str, version: int
) -> Body | None:
    """The body of a version of a definition, 0 for the built-in one; None when there is no such version."""
    return kind.body_of(_versions(events, kind, name), version, fold_name(name))


def _versions(events: Sequence[RecordedEvent], kind: DefinitionKind[Any], name: str) -> list[DefinitionVersion]:
    return [
        DefinitionVersion(each.version, each.effective_from, each.body)
        for each in published_under(events, kind.name, name)
    ]


def published_under(events: Sequence[RecordedEvent], kind: str, name: str) -> Iterator[PublishedVersion]:
    """Every published version of the definition of a name, in any spelling, in recorded order."""
    key = fold_name(name)
    return (each for each in published(events, kind) if fold_name(each.name) == key)


def published(events: Sequence[RecordedEvent], kind: str | None = None) -> Iterator[PublishedVersion]:
    """Every published version of a kind, or of all kinds, in recorded order."""
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
