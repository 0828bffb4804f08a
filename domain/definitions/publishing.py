"""The decider of a definition: the next version, or nothing when the newest one says the same."""

from collections.abc import Sequence
from datetime import datetime

from domain.definitions.commands import PublishDefinition
from domain.definitions.events import DefinitionEvent, DefinitionPublished
from domain.definitions.kinds import TEMPLATE, kind_named
from domain.definitions.startable_procedure import startable_procedure
from domain.definitions.state import PublishedDefinition
from domain.messages import Message
from domain.procedure.needed_procedure import NeededProcedure, must_be_about
from domain.refusal import Refusal
from domain.sla.policy.publishing import Published, refuse_unknown
from domain.template.definition import Template
from domain.template.needed_text import NeededText, must_fit
from domain.text_folding import fold_name

MOST_VERSIONS = 200
"""The versions of one definition: each reading of a definition reads all of them."""


def calendars_of(command: PublishDefinition) -> frozenset[str]:
    """The folded names of the calendars that the body counts on."""
    return kind_named(command.kind).calendars(_body_of(command))


def texts_of(command: PublishDefinition) -> Sequence[NeededText]:
    """The templates that the body names."""
    return kind_named(command.kind).texts(_body_of(command))


def procedures_of(command: PublishDefinition) -> Sequence[NeededProcedure]:
    """The procedures that the body starts."""
    return kind_named(command.kind).procedures(_body_of(command))


def decide(
    command: PublishDefinition,
    published: PublishedDefinition,
    at: datetime,
    calendars: Sequence[Published] = (),
    templates: Sequence[PublishedDefinition] = (),
    procedures: Sequence[PublishedDefinition] = (),
) -> list[DefinitionEvent]:
    """The next version; nothing when the newest one has the same body and effective instant.

    ``calendars`` are those that the body counts on, ``templates`` those that ``texts_of`` names, in its order, and
    ``procedures`` those of ``procedures_of``. The body is recorded with its defaults written out. Raises Refusal when
    one of them is unknown or does not fit, or when there are too many versions.
    """
    refuse_unknown(calendars, calendars_of(command))
    since = max(at, command.effective_from)
    for needed, template in zip(texts_of(command), templates, strict=True):
        must_fit(needed, _in_effect(template, needed.template, since), published.state)
    for started, procedure in zip(procedures_of(command), procedures, strict=True):
        version = startable_procedure(procedure, started.procedure, since, published.state)
        must_be_about(started, version.body, published.state)
    body = _body_of(command).model_dump(mode="json")
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


def _body_of(command: PublishDefinition) -> Message:
    body: Message = kind_named(command.kind).body.model_validate(command.body)
    return body


def _in_effect(template: PublishedDefinition, name: str, at: datetime) -> Template | None:
    try:
        return TEMPLATE.in_effect(template.versions, at, fold_name(name)).body
    except LookupError:
        return None
