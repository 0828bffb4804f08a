"""One row a ticket: who holds it in which state, when and how often things happened, all in the order of the world."""

from collections.abc import Sequence
from uuid import UUID

import pytest
from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.state import OPEN, Ticket, evolve
from domain.ticket.timeline import life_of
from projections.backlog.table import BACKLOG, BacklogCrossing
from projections.engine.table import column_names
from projections.scope.filters import Wanted
from projections.tickets.queries import Criterion, one_ticket, tickets
from projections.tickets.table import TICKETS, StoredTicket, TicketRow
from tests.support.events import (
    CUSTOMER,
    CUSTOMER_ACTOR,
    IMPORT,
    OTHER_CUSTOMER,
    OTHER_TICKET,
    THIRD_TICKET,
    TICKET,
    Fact,
    asked,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)
from tests.support.every_ticket import every_ticket
from tests.support.examples import examples
from tests.support.filled import SCHEMA, add, filled
from tests.support.folded import fold, rows_of
from tests.support.histories import histories, logs, streams_of

Log = Sequence[RecordedEvent]
CLOSED = e.TicketClosed(closed_by="agent")


def row_of(ticket: Log) -> TicketRow:
    (row,) = rows_of(StoredTicket, TICKETS, ticket)
    return TicketRow(**{name: getattr(row, name) for name in column_names(TicketRow)})


def ticket_with(*facts: Fact) -> TicketRow:
    return row_of(history(at(0, received()), *facts))


def test_a_new_ticket_is_what_was_received_and_nothing_else_has_happened() -> None:
    row = ticket_with()
    assert (row.ticket, row.customer, row.subject, row.channel) == (TICKET, CUSTOMER, "The invoice is wrong", "email")
    assert (row.state, row.open, row.received_at, row.version, row.position) == ("received", True, instant(0), 1, 1)
    assert (row.first_response_at, row.first_resolved_at, row.closed_at, row.absorbed) == (None, None, None, [])
    assert row.replies == row.reopenings == row.team_changes == row.talk_seconds == 0


def test_only_a_public_reply_by_a_person_is_the_first_response() -> None:
    row = ticket_with(
        at(1, replied(automated=True)),
        at(2, e.NoteAdded(body="looked at it")),
        at(3, replied(), by=CUSTOMER_ACTOR),
        at(4, replied()),
        at(5, replied()),
    )
    assert (row.first_response_at, row.replies, row.automated_replies, row.notes) == (instant(4), 2, 1, 1)


def test_a_reply_logged_late_is_the_first_response_when_it_was_given() -> None:
    assert ticket_with(at(9, replied()), at(3, replied(), recorded=60)).first_response_at == instant(3)


def test_a_late_fact_is_not_the_last_event() -> None:
    assert ticket_with(at(9, asked()), at(3, e.NoteAdded(body="called"), recorded=60)).last_event_at == instant(9)


def test_what_claims_to_precede_the_receipt_counts_as_of_the_receipt() -> None:
    row = ticket_with(at(-5, replied()), at(-3, e.WorkStarted()))
    assert (row.first_response_at, row.state) == (instant(0), "in_progress")


def test_first_and_last_resolution_and_the_code_of_the_last_are_kept() -> None:
    row = ticket_with(at(5, resolved("workaround")), at(7, e.TicketReopened()), at(9, resolved("fixed")))
    assert (row.first_resolved_at, row.last_resolved_at) == (instant(5), instant(9))
    assert (row.resolution_code, row.reopenings, row.last_reopened_at) == ("fixed", 1, instant(7))


def test_a_reopened_ticket_is_not_closed() -> None:
    assert ticket_with(at(1, resolved()), at(2, CLOSED)).closed_at == instant(2)
    assert ticket_with(at(1, resolved()), at(2, CLOSED), at(3, e.TicketReopened())).closed_at is None


def test_an_imported_way_back_from_closed_is_a_reopening_whatever_the_event() -> None:
    row = ticket_with(at(1, CLOSED, by=IMPORT), at(2, e.WorkStarted(), by=IMPORT))
    assert (row.reopenings, row.last_reopened_at, row.state) == (1, instant(2), "in_progress")


def test_changes_of_team_and_agent_count_nobody_but_not_what_came_with_the_receipt() -> None:
    ticket = history(
        at(0, received()),
        at(0, e.TicketAssigned(team="a", agent=None)),
        at(1, e.TicketAssigned(team="a", agent="an")),
        at(2, e.TicketAssigned(team=None, agent=None)),
        at(3, e.TicketAssigned(team="b", agent="an")),
    )
    assert (row_of(ticket).team_changes, row_of(ticket).agent_changes) == (3, 3)
    together = ticket[1].envelope.model_copy(update={"command_id": ticket[0].envelope.command_id})
    imported = [ticket[0], ticket[1]._replace(envelope=together), *ticket[2:]]
    assert (row_of(imported).team_changes, row_of(imported).agent_changes) == (2, 3)


def test_effort_is_summed_over_agents_by_kind() -> None:
    efforts = [("talk", 60), ("talk", 30), ("hold", 10), ("after_contact", 5), ("travel", 7)]
    row = ticket_with(*(at(1, e.EffortLogged(agent="an", kind=kind, seconds=seconds)) for kind, seconds in efforts))
    assert (row.talk_seconds, row.hold_seconds, row.after_contact_seconds, row.other_seconds) == (90, 10, 5, 7)


def test_messages_holds_and_escalations_are_told() -> None:
    row = ticket_with(
        at(1, asked()),
        at(2, e.TicketPutOnHold(waiting_for="customer")),
        at(3, e.TicketEscalated(to="experts", level=2)),
    )
    assert (row.customer_messages, row.holds, row.state, row.waiting_for) == (1, 1, "waiting", "customer")
    assert (row.escalated_to, row.escalation_level) == ("experts", 2)


def test_a_merge_names_both_sides_until_it_is_undone() -> None:
    merged = [at(1, e.TicketMerged(into=OTHER_TICKET))]
    absorbed = [at(1, e.TicketAbsorbed(ticket_id=OTHER_TICKET)), at(2, e.TicketAbsorbed(ticket_id=THIRD_TICKET))]
    assert ticket_with(*merged).merged_into == OTHER_TICKET
    assert ticket_with(*merged, at(2, e.MergeUndone(into=OTHER_TICKET))).merged_into is None
    assert ticket_with(*absorbed).absorbed == [OTHER_TICKET, THIRD_TICKET]
    assert ticket_with(*absorbed, at(3, e.AbsorptionUndone(ticket_id=OTHER_TICKET))).absorbed == [THIRD_TICKET]


def test_the_last_rating_stands_in_the_row() -> None:
    row = ticket_with(at(1, resolved()), *(at(1 + score, e.SatisfactionRated(score=score)) for score in (2, 5)))
    assert (row.last_score, row.last_rated_at) == (5, instant(6))


def test_a_history_without_its_receipt_has_no_row() -> None:
    assert fold(TICKETS, history(at(0, e.WorkStarted()))) == []


@given(histories())
def test_the_state_told_is_what_the_facts_lead_to_in_the_order_in_which_they_happened(ticket: Log) -> None:
    state = Ticket()
    for event in sorted(ticket, key=lambda event: (event.version > 1, event.occurred_at, event.version)):
        state = evolve(state, event.payload, event.occurred_at)
    row = row_of(ticket)
    assert (row.state, row.open, row.waiting_for) == (state.state, state.state in OPEN, state.waiting_for)
    assert (row.team, row.agent, row.category, row.priority) == (
        state.team,
        state.agent,
        state.category,
        state.priority,
    )


@given(histories(late=False))
def test_without_late_facts_the_order_of_the_world_ends_in_the_state_by_rule(ticket: Log) -> None:
    state = Ticket()
    for event in ticket:
        state = evolve(state, event.payload, event.occurred_at)
    assert life_of(ticket)[-1].after == state


@given(histories())
def test_reopenings_are_the_reopenings_of_the_backlog_flow(ticket: Log) -> None:
    crossings = rows_of(BacklogCrossing, BACKLOG, ticket)
    assert row_of(ticket).reopenings == sum(crossing.kind == "reopened" for crossing in crossings)


@given(histories())
def test_every_prefix_folds_and_folds_again_to_the_same_row_and_no_count_goes_back(ticket: Log) -> None:
    before = row_of(ticket[:1])
    for size in range(1, len(ticket) + 1):
        assert fold(TICKETS, ticket[:size]) == fold(TICKETS, ticket[:size], size - 1)
        row = row_of(ticket[:size])
        assert (row.version, row.position) == (size, size)
        assert row.replies >= before.replies
        assert row.customer_messages + row.notes + row.holds >= before.customer_messages + before.notes + before.holds
        assert row.talk_seconds >= before.talk_seconds
        before = row


@given(histories())
def test_the_instants_of_a_ticket_follow_its_receipt_and_first_comes_before_last(ticket: Log) -> None:
    row = row_of(ticket)
    instants = (row.first_response_at, row.first_resolved_at, row.last_reopened_at, row.closed_at, row.last_rated_at)
    assert all(each is None or each >= row.received_at for each in instants)
    if row.first_resolved_at is not None:
        assert row.last_resolved_at is not None
        assert row.first_resolved_at <= row.last_resolved_at


def test_the_database_gives_back_every_row_as_it_was_folded(database_url: str) -> None:
    with filled(database_url, [TICKETS]) as connection:

        @settings(max_examples=examples(30))
        @given(logs())
        def comes_back(log: Log) -> None:
            histories = streams_of(log)
            expected = sorted((row_of(ticket) for ticket in histories), key=lambda row: (row.received_at, row.ticket))
            with connection.transaction(force_rollback=True):
                add(connection, [TICKETS], *histories)
                assert every_ticket(connection, SCHEMA) == expected
                assert [one_ticket(connection, SCHEMA, row.ticket) for row in expected] == expected

        comes_back()


def numbered(number: int, minute: int, *facts: Fact, customer: UUID = CUSTOMER) -> Log:
    return history(at(minute, received(customer)), *facts, ticket=UUID(int=number))


def test_pages_are_newest_first_and_miss_and_repeat_nothing(database_url: str) -> None:
    minutes = [3, 1, 3, 2, 3]
    with filled(database_url, [TICKETS], *(numbered(n, minute) for n, minute in enumerate(minutes))) as connection:
        seen: list[int] = []
        page = tickets(connection, SCHEMA, {}, limit=2)
        while True:
            seen += [row.ticket.int for row in page.tickets]
            if page.next is None:
                break
            page = tickets(connection, SCHEMA, {}, after=page.next, limit=2)
    assert seen == [4, 2, 0, 3, 1]


@pytest.mark.parametrize(
    ("where", "states", "expected"),
    [
        ({}, None, {1, 2, 3}),
        ({"open": True}, None, {1, 2}),
        ({"team": "a"}, None, {2}),
        ({"open": True, "team": None}, None, {1}),
        ({"customer": OTHER_CUSTOMER}, None, {3}),
        ({"priority": "P1"}, None, set()),
        ({}, ["resolved", "closed"], {3}),
        ({}, [], set()),
    ],
)
def test_tickets_are_found_by_what_they_are(
    database_url: str, where: dict[Criterion, Wanted], states: list[str] | None, expected: set[int]
) -> None:
    made = [
        numbered(1, 0),
        numbered(2, 0, at(1, e.TicketAssigned(team="a", agent=None))),
        numbered(3, 0, at(1, resolved()), customer=OTHER_CUSTOMER),
    ]
    with filled(database_url, [TICKETS], *made) as connection:
        page = tickets(connection, SCHEMA, where, states=states, limit=10)
    assert {row.ticket.int for row in page.tickets} == expected
