"""The work list holds everything that is to be done, what is late or due first before the rest."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.procedure import events as p
from domain.task import events as t
from domain.ticket import events as e
from domain.ticket.timeline import life_of
from projections.next_due import NEVER
from projections.procedures.table import PROCEDURES
from projections.sla.table import SLA_CLOCKS, SlaTicket, StoredClock
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS
from projections.work_list import queries
from projections.work_list.queries import WorkItem, work_list
from tests.support.events import AGENT, at, history, instant, received, replied, resolved
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.folded import rows_of
from tests.support.histories import logs, streams_of

ROOMS = [TICKETS, SLA_CLOCKS, TASKS, PROCEDURES]
TASK, OTHER_TASK = UUID(int=71), UUID(int=72)
_words = st.none() | st.sampled_from(["a", "b", "c", "an  nguyen"])
_minutes = st.integers(0, 60 * 24 * 4)
_later: st.SearchStrategy[Event] = st.one_of(
    st.builds(t.TaskAssigned, team=_words, agent=_words),
    st.builds(t.TaskRescheduled, due_at=st.none() | _minutes.map(instant)),
    st.just(t.TaskDone()),
    st.just(t.TaskCancelled()),
    st.just(t.TaskReopened()),
)
_opened = st.builds(
    t.TaskOpened, title=st.just("call"), team=_words, agent=_words, due_at=st.none() | _minutes.map(instant)
)


@st.composite
def tasks(draw: st.DrawFn) -> list[list[RecordedEvent]]:
    """Up to two tasks that anything happened to."""
    return [
        history(
            at(0, draw(_opened)),
            *(at(number, event) for number, event in enumerate(draw(st.lists(_later, max_size=4)), start=1)),
            ticket=task,
            first_position=1_000 * task.int,
        )
        for task in (TASK, OTHER_TASK)[: draw(st.integers(0, 2))]
    ]


PlainItem = tuple[datetime, UUID, int, str, str | None, str | None]
"""The due time (NEVER without one), the id, the number, the kind, and who holds it."""


def plain_work(streams: Sequence[Sequence[RecordedEvent]]) -> list[PlainItem]:
    """All open work in the order of the list, by a slow and simple reading of the histories."""
    return sorted(item for stream in streams for item in (_task(stream) if _is_task(stream) else _ticket(stream)))


def _is_task(stream: Sequence[RecordedEvent]) -> bool:
    return stream[0].kind == "task"


def _task(stream: Sequence[RecordedEvent]) -> list[PlainItem]:
    state: dict[str, Any] = {"open": True}
    for event in stream:
        match event.payload:
            case t.TaskOpened(team=team, agent=agent, due_at=due_at):
                state |= {"team": team, "agent": agent, "due_at": due_at}
            case t.TaskAssigned(team=team, agent=agent):
                state |= {"team": team, "agent": agent}
            case t.TaskRescheduled(due_at=due_at):
                state["due_at"] = due_at
            case t.TaskReopened():
                state["open"] = True
            case _:
                state["open"] = False
    item = (state["due_at"] or NEVER, stream[0].stream, 0, "task", state["team"], state["agent"])
    return [item] if state["open"] else []


def _ticket(stream: Sequence[RecordedEvent]) -> list[PlainItem]:
    now = life_of(stream)[-1].after
    due = [
        clock.breached_at or clock.late_after
        for clock in rows_of(StoredClock, SLA_CLOCKS, stream)
        if clock.finished_at is None
    ]
    dates = [
        step.event.payload.expected_by for step in life_of(stream) if step.event.topic == "ticket.expected_by_told"
    ]
    ticket_due = min([instant for instant in (*due, *dates[-1:], now.hold_until) if instant is not None], default=NEVER)
    item = [(ticket_due, stream[0].stream, 0, "ticket", now.team, now.agent)] if now.is_open else []
    for event in stream:
        endings = {"callback_promised": ("kept", "withdrawn"), "reply_proposed": ("approved", "rejected")}
        what = event.topic.removeprefix("ticket.")
        if what not in endings or (what == "reply_proposed" and not now.is_open):
            continue
        name, kind = ("promise", "callback") if what == "callback_promised" else ("proposal", "reply")
        if not any(getattr(other.payload, name, None) == event.version for other in stream):
            instant = event.payload.at if kind == "callback" else ticket_due
            item.append((instant, event.stream, event.version, kind, now.team, now.agent))
    return item


def shown(items: Sequence[WorkItem]) -> list[tuple[UUID, int, str]]:
    return [(item.id, item.number, item.kind) for item in items]


def whole_list(connection: Any, now: datetime, size: int, team: str | None, agent: str | None) -> list[WorkItem]:
    """Every page of the list."""
    items: list[WorkItem] = []
    page = work_list(connection, SCHEMA, now=now, limit=size, team=team, agent=agent)
    items += page.items
    while page.following:
        page = work_list(connection, SCHEMA, now=now, limit=size, after=page.following, team=team, agent=agent)
        items += page.items
    return items


def test_every_page_is_a_part_of_what_a_slow_sort_finds(database_url: str) -> None:
    with filled(database_url, ROOMS) as connection:

        @settings(max_examples=examples(60))
        @given(
            logs(), tasks(), _words, st.none() | st.sampled_from(["a", "an nguyen", ""]), st.integers(1, 4), _minutes
        )
        def finds_the_same(
            log: list[RecordedEvent],
            drawn: list[list[RecordedEvent]],
            team: str | None,
            agent: str | None,
            size: int,
            minute: int,
        ) -> None:
            streams = [*streams_of(log), *drawn]
            now = instant(minute)
            expected = [
                each
                for each in plain_work(streams)
                if (team is None or _same(each[4], team)) and (agent is None or _same(each[5], agent))
            ]
            with connection.transaction(force_rollback=True):
                add(connection, ROOMS, *streams)
                items = whole_list(connection, now, size, team, agent)
            own = {
                (each.stream, each.version) for stream in streams for each in stream if agent and _proposed(each, agent)
            }
            expected = [each for each in expected if each[1:3] not in own]
            assert shown(items) == [each[1:4] for each in expected]
            assert [item.late for item in items] == [each[0] < now for each in expected]

        finds_the_same()


def _same(held: str | None, wanted: str) -> bool:
    return " ".join((held or "").split()) == " ".join(wanted.split())


def _proposed(event: RecordedEvent, agent: str) -> bool:
    return event.topic == "ticket.reply_proposed" and event.payload.proposed_by == agent


def test_a_source_that_is_cut_in_another_order_loses_what_is_due_first(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The negative control of the comparison above."""
    tickets = [
        history(at(minute, received()), ticket=UUID(int=number), first_position=10 * number)
        for number, minute in ((1, 60), (2, 60), (9, 0))
    ]
    expected = plain_work(tickets)[0][1]
    with filled(database_url, ROOMS, *tickets) as connection:
        (first,) = work_list(connection, SCHEMA, now=instant(0), limit=1).items
        source = queries._SQL["sla_tickets"]
        other_order = replace(source, text=source.text.replace("order by w.late_after, w.ticket", "order by w.ticket"))
        monkeypatch.setattr(queries, "_SQL", {**queries._SQL, source.name: other_order})
        (lost,) = work_list(connection, SCHEMA, now=instant(0), limit=1).items
    assert (first.id, lost.id) == (expected, UUID(int=1))


def test_an_item_says_what_it_is_about_and_why_it_is_due(database_url: str) -> None:
    ticket = history(
        at(0, received().model_copy(update={"subject": "Mất mạng", "external_reference": "T-1"})),
        at(1, e.TicketAssigned(team="care", agent="an")),
        at(2, e.ExpectedByTold(expected_by=instant(30))),
        at(3, e.CallbackPromised(at=instant(20))),
        at(4, e.ReplyProposed(body="Xin chào", proposed_by="binh")),
        at(5, e.TicketPutOnHold(waiting_for="internal", until=instant(10))),
    )
    with filled(database_url, ROOMS, ticket) as connection:
        items = work_list(connection, SCHEMA, now=instant(15), agent="an").items
    assert [(item.kind, item.number, item.due_for, item.due_at, item.late) for item in items] == [
        ("ticket", 0, "hold", instant(10), True),
        ("reply", 5, None, instant(10), True),
        ("callback", 4, None, instant(20), False),
    ]
    assert {(item.ticket, item.title, item.external_reference, item.agent) for item in items} == {
        (ticket[0].stream, "Mất mạng", "T-1", "an")
    }


def test_work_of_nobody_about_a_ticket_of_somebody_is_held_by_nobody(database_url: str) -> None:
    ticket = history(at(0, received()), at(1, e.TicketAssigned(team="care", agent="an")))
    opened = t.TaskOpened(title="call", team="Support", about=ticket[0].stream, about_kind="ticket")
    with filled(database_url, ROOMS, ticket, history(at(2, opened), ticket=TASK)) as connection:
        (task,) = work_list(connection, SCHEMA, now=instant(3), team="Support", agent="").items
        (held,) = work_list(connection, SCHEMA, now=instant(3), agent="an").items
    assert (task.id, task.ticket, task.team, task.agent) == (TASK, ticket[0].stream, "Support", None)
    assert (held.kind, held.team, held.agent) == ("ticket", "care", "an")


def test_a_clock_that_is_late_and_paused_keeps_its_ticket_among_the_late_ones() -> None:
    late = history(at(0, received()), at(60, replied()), at(60 * 30, e.TicketPutOnHold(waiting_for="customer")))
    paused = history(at(0, received()), at(60, replied()), at(70, e.TicketPutOnHold(waiting_for="customer")))
    assert next_due_of(late) == ("resolution", instant(60 * 24))
    assert next_due_of(paused) == (None, NEVER)


def test_of_two_dates_the_one_told_last_counts() -> None:
    dates = [e.ExpectedByTold(expected_by=instant(minute)) for minute in (5, 9)]
    assert next_due_of(history(at(0, received()), at(1, dates[0]), at(2, dates[1]))) == ("expected_by", instant(9))


def next_due_of(stream: Sequence[RecordedEvent]) -> tuple[str | None, datetime | None]:
    (row,) = rows_of(SlaTicket, SLA_CLOCKS, stream)
    return row.due_for, row.late_after


def test_a_reply_is_not_on_the_list_of_the_person_who_proposed_it(database_url: str) -> None:
    proposed = e.ReplyProposed(body="Xin chào", proposed_by=AGENT.id)
    ticket = history(at(0, received()), at(1, e.TicketAssigned(team="care", agent=AGENT.id)), at(2, proposed, AGENT))
    with filled(database_url, ROOMS, ticket) as connection:
        of_agent = work_list(connection, SCHEMA, now=instant(3), agent=AGENT.id).items
        of_team = work_list(connection, SCHEMA, now=instant(3), team="care").items
    assert [item.kind for item in of_agent] == ["ticket"]
    assert [item.kind for item in of_team] == ["ticket", "reply"]


def test_steps_of_procedures_are_on_the_list(database_url: str) -> None:
    procedure, subject = UUID(int=81), history(at(0, received()))
    ticket = subject[0].stream
    steps = history(
        at(0, p.ProcedureStarted(procedure="complaint", version=1, subject=ticket, subject_kind="ticket")),
        at(1, step("call", due=30)),
        at(2, step("wait", kind="wait", due=20)),
        at(3, step("answer", due=10)),
        at(4, p.StepDone(step="answer")),
        ticket=procedure,
    )
    with filled(database_url, ROOMS, subject, steps) as connection:
        (item,) = work_list(connection, SCHEMA, now=instant(31), agent="an").items
    assert (item.kind, item.id, item.step, item.number) == ("step", procedure, "call", 2)
    assert (item.title, item.title_vi, item.said_by, item.ticket) == ("call", "gọi", "complaint", ticket)
    assert (item.due_at, item.late) == (instant(30), True)


def step(name: str, *, kind: str = "task", due: float) -> p.StepOpened:
    return p.StepOpened(step=name, kind=kind, title="gọi", title_en=name, agent="an", due_at=instant(due))


def test_what_ends_leaves_the_list(database_url: str) -> None:
    ticket = history(
        at(0, received()),
        at(1, e.CallbackPromised(at=instant(20))),
        at(2, e.ReplyProposed(body="Xin chào", proposed_by="binh")),
        at(3, resolved()),
    )
    kept = history(*(at(event.version - 1, event.payload) for event in ticket), at(9, e.CallbackKept(promise=2)))
    done = history(at(0, t.TaskOpened(title="call")), at(1, t.TaskDone()), ticket=TASK)
    with filled(database_url, ROOMS, ticket, done) as connection:
        assert [item.kind for item in work_list(connection, SCHEMA, now=instant(9)).items] == ["callback"]
        add(connection, ROOMS, kept)
        assert work_list(connection, SCHEMA, now=instant(9)).items == []
