"""A rule that starts a procedure is published when the procedure can be started for its subjects."""

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.command_handling.aggregates import handler_of
from domain.definitions.commands import PublishDefinition
from domain.definitions.events import DefinitionPublished
from domain.definitions.state import PublishedDefinition, definition_stream, evolve
from domain.refusal import Refusal
from tests.support.events import AGENT

NOW, LATER = datetime(2026, 3, 2, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)
TITLE = {"vi": "Chăm sóc", "en": "Care"}
NONE = PublishedDefinition()
START = {"do": "start-procedure", "procedure": "care"}
NOTE = {"do": "notify", "to": "agent:lan", "channel": "email", "template": "received"}


def procedure(subject: str = "ticket", since: datetime = NOW, *, enabled: bool = True) -> PublishedDefinition:
    body = {"title": TITLE, "subject": subject, "enabled": enabled, "steps": [{"id": "call", "title": TITLE}]}
    event = DefinitionPublished(kind="procedure", name="care", version=1, effective_from=since, body=body)
    return evolve(NONE, event, NOW)


def published(known: PublishedDefinition, *then: dict[str, Any], **rule: Any) -> str:
    """What becomes of a rule on received tickets: "published", or the code of the refusal."""
    since = rule.pop("effective_from", NOW)
    body = {"on": ["ticket.received"], "then": list(then)} | rule
    command = PublishDefinition(kind="automation", name="r", effective_from=since, body=body, reason="agreed")
    stream, handler = definition_stream("automation", "r"), handler_of(command)
    of_care = definition_stream("procedure", "care")
    states = [known if part == of_care else kind.initial for part, kind in handler.parts(stream, command)]
    try:
        ((_, event, _),) = handler.decide(command, stream, states, AGENT, NOW)
    except Refusal as refusal:
        return refusal.code
    return str(event.topic).partition(".")[2]


@pytest.mark.parametrize(
    ("known", "then", "rule", "becomes"),
    [
        (procedure(), START, {}, "published"),
        (NONE, START, {}, "procedure_unknown"),
        (procedure(), START | {"procedure": "cure"}, {}, "procedure_unknown"),
        (NONE, START, {"enabled": False}, "published"),
        (procedure(enabled=False), START, {}, "procedure_disabled"),
        (procedure(since=LATER), START, {}, "procedure_unknown"),
        (procedure(since=LATER), START, {"effective_from": LATER}, "published"),
        (procedure("customer"), START, {}, "subject_of_another_kind"),
        (procedure("customer"), START | {"about": "customer"}, {}, "published"),
        (procedure("ticket"), START | {"about": "customer"}, {}, "subject_of_another_kind"),
        (procedure("customer"), START, {"on": ["ticket.received", "customer.registered"]}, "published"),
    ],
)
def test_a_rule_is_published_when_its_procedure_can_be_started(
    known: PublishedDefinition, then: dict[str, Any], rule: dict[str, Any], becomes: str
) -> None:
    assert published(known, then, **rule) == becomes


def test_a_rule_that_sends_and_starts_is_judged_by_both() -> None:
    assert published(procedure(), NOTE, START) == "published"
    assert published(NONE, NOTE, START) == "procedure_unknown"
    assert published(procedure(), NOTE | {"template": "unheard-of"}, START) == "template_unknown"
