"""The decider of a definition: the next version, or nothing when the newest one says the same."""

from collections.abc import Sequence

from domain.definitions.commands import PublishDefinition
from domain.definitions.events import DefinitionEvent, DefinitionPublished
from domain.definitions.kinds import kind_named
from domain.definitions.state import PublishedDefinition
from domain.refusal import Refusal
from domain.sla.policy.publishing import Published, refuse_unknown

MOST_VERSIONS = 200
"""The versions of one definition: each reading of a definition reads all of them."""


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
