"""The decider of a definition: the next version, or nothing when the newest one says the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID, uuid5

from domain.definitions.commands import PublishDefinition
from domain.definitions.events import DefinitionEvent, DefinitionPublished
from domain.definitions.kind import TENANT, DefinitionVersion
from domain.definitions.kinds import kind_named
from domain.refusal import Refusal
from domain.sla.policy.publishing import Published, refuse_unknown
from domain.text_folding import fold_name

_NAMESPACE = UUID("b9d3c1f0-51b5-4c0e-8f0e-6d8f5c0a7e12")
MOST_VERSIONS = 200
"""The versions of one definition: each reading of a definition reads all of them."""


def definition_stream(kind: str, name: str = TENANT) -> UUID:
    """The stream of a definition's versions, by its kind and its folded name."""
    return uuid5(_NAMESPACE, f"{kind}/{fold_name(name)}")


class PublishedDefinition(NamedTuple):
    """All versions of a definition, the oldest first. ``state`` is none or published.

    A command that depends on a definition reads its stream and asks the kind for the version in effect.
    """

    state: str = "none"
    versions: tuple[DefinitionVersion, ...] = ()


def evolve(published: PublishedDefinition, event: DefinitionEvent, at: datetime) -> PublishedDefinition:  # noqa: ARG001 -- the shape every fold has
    """The versions after one more event."""
    version = DefinitionVersion(event.version, event.effective_from, event.body)
    return PublishedDefinition("published", (*published.versions, version))


def calendars_of(command: PublishDefinition) -> frozenset[str]:
    """The folded names of the calendars that the body counts on."""
    kind = kind_named(command.kind)
    return kind.calendars(kind.body.model_validate(command.body))


def decide(
    command: PublishDefinition, published: PublishedDefinition, calendars: Sequence[Published] = ()
) -> list[DefinitionEvent]:
    """The next version; nothing when the newest one has the same body and effective instant.

    ``calendars`` are those that the body counts on. The body is recorded with its defaults written out. Raises Refusal
    when one of the calendars is unknown, or when there are too many versions.
    """
    refuse_unknown(calendars, calendars_of(command))
    body = kind_named(command.kind).body.model_validate(command.body).model_dump(mode="json")
    newest = published.versions[-1] if published.versions else None
    if newest and (newest.body, newest.effective_from) == (body, command.effective_from):
        return []
    number = len(published.versions) + 1
    if number > MOST_VERSIONS:
        rule = f"there are {MOST_VERSIONS} versions of this {command.kind} already: no more are taken"
        raise Refusal("too_many_versions", rule, published.state)
    return [
        DefinitionPublished(
            kind=command.kind, name=command.name, version=number, effective_from=command.effective_from, body=body
        )
    ]
