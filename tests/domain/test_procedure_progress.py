"""What events mean for procedures: which they start, which steps they end, and which lead to nothing."""

from typing import Any
from uuid import UUID

import pytest

from domain.customer.facts.events import PurchasedItem, PurchaseRecorded
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.procedure import commands as c
from domain.procedure import progress as room
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.events import ProcedureCompleted
from domain.procedure.progress import RunningInstance, StartableProcedure, progress
from domain.procedure.state import OpenStep, Procedure
from domain.ticket.events import ReplySent, TicketCancelled, TicketCategorised, TicketClosed
from tests.support.events import AGENT, CUSTOMER, IMPORT, NOON, OTHER_TICKET, TICKET, at, history

BODY = ProcedureDefinition.model_validate(
    {
        "title": {"vi": "a", "en": "a"},
        "subject": "ticket",
        "starts_on": [
            {
                "topic": "ticket.categorised",
                "when": [{"field": "category", "value": ["Complaint", "khiếu nại"]}],
                "details": {"about": "category"},
            }
        ],
        "ends_on": [{"topic": "ticket.cancelled"}, {"topic": "ticket.closed", "result": "closed"}],
        "steps": [
            {
                "id": "tell",
                "title": {"vi": "a", "en": "a"},
                "done_when": [{"topic": "ticket.reply_sent", "result": "told"}],
            },
            {
                "id": "decide",
                "kind": "decide",
                "answers": ["bought", "not"],
                "title": {"vi": "a", "en": "a"},
                "done_when": [{"topic": "customer.purchase_recorded", "result": "bought"}],
            },
        ],
    }
)
STARTABLE = StartableProcedure("complaint", 0, BODY)
INSTANCE = UUID(int=501)
RUNNING = RunningInstance(
    INSTANCE,
    Procedure(
        state="running",
        name="complaint",
        version=1,
        subject=TICKET,
        subject_kind="ticket",
        customer=CUSTOMER,
        open={"tell": OpenStep("task", NOON), "decide": OpenStep("decide", NOON)},
    ),
    BODY,
    started=10,
    opened={"tell": 11, "decide": 11},
)
REPLY = ReplySent(body="b")
CATEGORISED = TicketCategorised(category="KHIẾU NẠI")


def event(payload: Event, position: int = 20, stream: UUID = TICKET, **envelope: Any) -> RecordedEvent:
    (recorded,) = history(at(0, payload, AGENT), ticket=stream)
    changed = recorded.envelope.model_copy(update=envelope)
    return recorded._replace(position=position, envelope=changed)


def commands(given: RecordedEvent) -> list[Any]:
    return [each.command for each in progress(given, [RUNNING], [STARTABLE])]


def test_an_event_on_the_subject_ends_the_open_steps_that_name_it() -> None:
    given = event(REPLY)
    (command,) = progress(given, [RUNNING], [])
    assert command.stream == INSTANCE
    assert command.command == c.CompleteStep(step="tell", result="told", event=given.envelope.event_id)
    assert command.command_id == f"procedure/{INSTANCE}/tell/{given.envelope.event_id}"


def test_an_event_on_the_customer_counts_and_one_on_another_ticket_does_not() -> None:
    bought = PurchaseRecorded(purchase_id="1", items=(PurchasedItem(name="ink", total=5),), total=5, currency="VND")
    assert commands(event(bought, stream=CUSTOMER)) == [c.AnswerDecision(step="decide", answer="bought")]
    assert commands(event(REPLY, stream=OTHER_TICKET)) == []


def test_an_event_that_is_older_than_the_step_does_not_end_it() -> None:
    assert commands(event(REPLY, position=11)) == []
    assert commands(event(REPLY, position=12)) != []


def test_an_event_may_end_the_procedure() -> None:
    cancelled = TicketCancelled(cancelled_by="agent", cancelled_as="spam")
    assert commands(event(cancelled)) == [c.AbandonProcedure(reason="ended by ticket.cancelled")]
    assert commands(event(TicketClosed(closed_by="agent"))) == [c.EndProcedure(outcome="closed")]


def test_an_event_starts_what_its_definition_names_with_the_details_that_it_tells() -> None:
    given = event(CATEGORISED)
    (command,) = progress(given, [], [STARTABLE])
    details = {"about": "KHIẾU NẠI"}
    start = c.StartProcedure(procedure="complaint", subject=TICKET, subject_kind="ticket", details=details)
    assert command.command == start
    assert command == progress(given, [], [STARTABLE])[0]
    assert commands(event(TicketCategorised(category="other"))) == []


def test_an_import_or_an_event_before_the_publication_starts_nothing() -> None:
    assert commands(event(CATEGORISED, actor=IMPORT)) == []
    assert commands(event(REPLY, actor=IMPORT)) == []
    published = StartableProcedure("complaint", 20, BODY)
    assert progress(event(CATEGORISED, position=20), [], [published]) == []
    assert progress(event(CATEGORISED, position=21), [], [published]) != []


def test_a_chain_of_reactions_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    body = BODY.model_copy(
        update={"starts_on": (BODY.starts_on[0].model_copy(update={"topic": "procedure.completed", "when": ()}),)}
    )
    again = StartableProcedure("complaint", 0, body)
    ended = ProcedureCompleted(procedure="complaint", subject=TICKET, subject_kind="ticket", outcome=None)
    assert progress(event(ended, stream=INSTANCE, depth=7), [], [again]) != []
    assert progress(event(ended, stream=INSTANCE, depth=8), [], [again]) == []
    monkeypatch.setattr(room, "MOST_DEPTH", 10**9)  # without the guard it would begin again for ever
    assert progress(event(ended, stream=INSTANCE, depth=8), [], [again]) != []
