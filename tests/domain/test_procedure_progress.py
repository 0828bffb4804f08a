"""What events mean for procedures: which they start, which steps they end, and which lead to nothing."""

from datetime import datetime, timedelta
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
from domain.procedure.progress import ProgressCommand, RunningInstance, StaleStart, StartableProcedure, progress, starts
from domain.procedure.state import OpenStep, Procedure
from domain.ticket.events import ReplySent, TicketCancelled, TicketCategorised, TicketClosed
from tests.support.events import AGENT, CUSTOMER, IMPORT, OTHER_TICKET, START, TICKET, at, history

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
STARTABLE = StartableProcedure("complaint", 1, 0, BODY)
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
        started_at=START,
        open={"tell": OpenStep("task", START), "decide": OpenStep("decide", START)},
    ),
    BODY,
    {"tell": "e-0", "decide": "e-0"},
)
REPLY = ReplySent(body="b")
CATEGORISED = TicketCategorised(category="KHIẾU NẠI")


def event(
    payload: Event,
    position: int = 20,
    stream: UUID = TICKET,
    minute: float = 1,
    logged: float | None = None,
    **envelope: Any,
) -> RecordedEvent:
    (recorded,) = history(at(minute, payload, AGENT, recorded=logged), ticket=stream)
    changed = recorded.envelope.model_copy(update=envelope)
    return recorded._replace(position=position, envelope=changed)


def commands(given: RecordedEvent) -> list[Any]:
    return [each.command for each in progress(given, [RUNNING])]


def started(given: RecordedEvent, startable: StartableProcedure = STARTABLE, now: datetime | None = None) -> list[Any]:
    return list(starts(given, [startable], now or given.recorded_at))


def test_an_event_on_the_subject_ends_the_open_steps_that_name_it() -> None:
    given = event(REPLY)
    (command,) = progress(given, [RUNNING])
    assert command.stream == INSTANCE
    event_id, instant = given.envelope.event_id, given.occurred_at
    assert command.command == c.CompleteStep(step="tell", result="told", event=event_id, occurred_at=instant)
    assert command.command_id == f"procedure/{INSTANCE}/tell/{given.envelope.event_id}"


def test_an_event_on_the_customer_counts_and_one_on_another_ticket_does_not() -> None:
    bought = PurchaseRecorded(purchase_id="1", items=(PurchasedItem(name="ink", total=5),), total=5, currency="VND")
    (answered,) = commands(event(bought, stream=CUSTOMER))
    assert (answered.step, answered.answer) == ("decide", "bought")
    assert commands(event(REPLY, stream=OTHER_TICKET)) == []


def test_an_event_that_happened_before_the_step_opened_does_not_end_it() -> None:
    assert commands(event(REPLY, minute=-1)) == []
    assert commands(event(REPLY, minute=0)) != []


def test_an_event_does_not_end_the_step_that_it_has_opened_itself() -> None:
    assert commands(event(REPLY, event_id="e-0")) == []
    assert commands(event(REPLY, event_id="e-1")) != []


def test_an_event_may_end_the_procedure() -> None:
    cancelled = TicketCancelled(cancelled_by="agent", cancelled_as="spam")
    (abandoned,), (ended,) = commands(event(cancelled)), commands(event(TicketClosed(closed_by="agent")))
    assert (type(abandoned), abandoned.reason) == (c.AbandonProcedure, "ended by ticket.cancelled")
    assert (type(ended), ended.outcome) == (c.EndProcedure, "closed")


def test_an_event_starts_what_its_definition_names_with_the_details_that_it_tells() -> None:
    given = event(CATEGORISED)
    (command,) = started(given)
    assert command.command == c.StartProcedure(
        procedure="complaint",
        subject=TICKET,
        subject_kind="ticket",
        details={"about": "KHIẾU NẠI"},
        occurred_at=given.occurred_at,
    )
    assert [command] == started(given)
    assert started(event(TicketCategorised(category="other"))) == []


def test_a_fact_that_is_told_a_day_late_starts_nothing_and_is_named_stale() -> None:
    assert started(event(CATEGORISED, minute=0, logged=24 * 60 + 1)) == [StaleStart(STARTABLE, TICKET)]
    assert type(started(event(CATEGORISED, minute=0, logged=24 * 60))[0]) is ProgressCommand


def test_what_happened_just_now_is_not_stale_although_the_log_is_a_year_ahead_of_the_clock() -> None:
    happened = event(CATEGORISED, minute=0, logged=365 * 24 * 60)
    assert type(started(happened, now=happened.occurred_at)[0]) is ProgressCommand
    assert started(happened, now=happened.occurred_at + timedelta(days=2)) == [StaleStart(STARTABLE, TICKET)]


def test_an_import_or_an_event_before_the_publication_starts_nothing() -> None:
    assert started(event(CATEGORISED, actor=IMPORT)) == []
    assert commands(event(REPLY, actor=IMPORT)) == []
    published = StartableProcedure("complaint", 1, 20, BODY)
    assert started(event(CATEGORISED, position=20), published) == []
    assert started(event(CATEGORISED, position=21), published) != []


def test_a_chain_of_reactions_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    body = BODY.model_copy(
        update={"starts_on": (BODY.starts_on[0].model_copy(update={"topic": "procedure.completed", "when": ()}),)}
    )
    again = StartableProcedure("complaint", 1, 0, body)
    ended = ProcedureCompleted(procedure="complaint", subject=TICKET, subject_kind="ticket", outcome=None)
    assert started(event(ended, stream=INSTANCE, depth=7), again) != []
    assert started(event(ended, stream=INSTANCE, depth=8), again) == []
    monkeypatch.setattr(room, "MOST_DEPTH", 10**9)  # without the guard it would begin again for ever
    assert started(event(ended, stream=INSTANCE, depth=8), again) != []
