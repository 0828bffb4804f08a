"""The decider of a definition: the next version, or nothing when the newest one says the same."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from domain.definitions.commands import PublishDefinition
from domain.definitions.events import DefinitionEvent, DefinitionPublished
from domain.definitions.kinds import TEMPLATE, kind_named
from domain.definitions.startable_procedure import startable_procedure
from domain.definitions.state import PublishedDefinition
from domain.messages import Message
from domain.procedure.needed_procedure import NeededProcedure, must_be_about
from domain.refusal import Refusal
from domain.sla.policy.publishing import refuse_unknown
from domain.template.definition import Template
from domain.template.needed_text import NeededText, must_fit
from domain.text_folding import fold_name

MOST_VERSIONS = 200
"""The versions of one definition: each reading of a definition reads all of them."""


class NeedsOfBody(NamedTuple):
    """The body of a command, and what it names: the folded names of calendars, templates, and procedures it starts."""

    body: Message
    calendars: frozenset[str]
    texts: Sequence[NeededText]
    procedures: Sequence[NeededProcedure]


def needs_of(command: PublishDefinition) -> NeedsOfBody:
    """Reads the body of a command once."""
    kind = kind_named(command.kind)
    body: Message = kind.body.model_validate(command.body)
    return NeedsOfBody(body, kind.calendars(body), kind.texts(body), kind.procedures(body))


def decide(
    command: PublishDefinition, published: PublishedDefinition, at: datetime, named: Sequence[Any] = ()
) -> list[DefinitionEvent]:
    """The next version; nothing when the newest one has the same body and effective instant.

    ``named`` are the calendars, the templates and the procedures that ``needs_of`` names, in this order. The body is
    recorded with its defaults written out. Raises Refusal when one of them is unknown or does not fit, or when there
    are too many versions.
    """
    needs = needs_of(command)
    procedures_from = len(named) - len(needs.procedures)
    templates_from = procedures_from - len(needs.texts)
    refuse_unknown(named[:templates_from], needs.calendars)
    since = max(at, command.effective_from)
    for needed, template in zip(needs.texts, named[templates_from:procedures_from], strict=True):
        must_fit(needed, _in_effect(template, needed.template, since), published.state)
    for started, procedure in zip(needs.procedures, named[procedures_from:], strict=True):
        version = startable_procedure(procedure, started.procedure, since, published.state)
        must_be_about(started, version.body, published.state)
    body = needs.body.model_dump(mode="json")
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


def _in_effect(template: PublishedDefinition, name: str, at: datetime) -> Template | None:
    try:
        return TEMPLATE.in_effect(template.versions, at, fold_name(name)).body
    except LookupError:
        return None
