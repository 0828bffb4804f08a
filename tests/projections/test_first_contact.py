"""Resolved on the first contact: each definition by example."""

import pytest
from hypothesis import given

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.first_contact.table import FIRST_CONTACT, FirstContactRow
from tests.support.events import SYSTEM, Fact, asked, at, history, instant, received, replied, resolved
from tests.support.first_contact_tickets import AN, RESOLVED_AT, resolved_ticket
from tests.support.folded import fold, rows_of
from tests.support.histories import histories


def row_of(ticket: list[RecordedEvent]) -> FirstContactRow:
    (row,) = rows_of(FirstContactRow, FIRST_CONTACT, ticket)
    return row


@pytest.mark.parametrize(
    "fact",
    [
        at(5, e.TicketPutOnHold(waiting_for="customer")),
        at(5, e.TicketEscalated(to="leads", level=1)),
        at(5, asked()),
        at(5, e.TicketAssigned(team="claims", agent=None)),
        at(5, e.TicketAssigned(team=None, agent=None)),
    ],
    ids=["hold", "escalation", "further message", "other team", "no team any more"],
)
def test_what_comes_between_receipt_and_resolution_spoils_the_first_contact(fact: Fact) -> None:
    assert row_of(resolved_ticket(at(1, AN))).on_first_contact
    assert not row_of(resolved_ticket(at(1, AN), fact)).on_first_contact


def test_what_comes_after_the_resolution_does_not_undo_the_first_contact() -> None:
    after = (at(20, asked()), at(20, e.TicketReopened()), at(30, e.TicketPutOnHold(waiting_for="customer")))
    row = row_of(resolved_ticket(at(1, AN), *after))
    assert row.on_first_contact
    assert (row.wrote_again_at, row.reopened_at) == (instant(20), instant(20))


def test_a_ticket_that_is_cancelled_after_a_reopening_belongs_to_its_last_agent() -> None:
    binh = at(30, e.TicketAssigned(team="claims", agent="binh"))
    reopened = resolved_ticket(at(1, AN), at(20, e.TicketReopened()), binh)
    cancelled = resolved_ticket(
        at(1, AN),
        at(20, e.TicketReopened()),
        binh,
        at(40, e.TicketCancelled(cancelled_by="agent", cancelled_as="spam")),
    )
    assert (row_of(reopened).agent, row_of(cancelled).agent) == ("an", "binh")


def test_the_first_assignment_is_no_change_of_team_nor_is_another_agent_of_the_same() -> None:
    row = row_of(resolved_ticket(at(1, AN), at(2, e.TicketAssigned(team="billing", agent="binh"))))
    assert row.on_first_contact
    assert not row.one_owner


def test_a_change_of_team_spoils_the_first_contact_without_any_agent() -> None:
    billing = at(1, e.TicketAssigned(team="billing", agent=None))
    assert row_of(resolved_ticket(billing)).on_first_contact
    assert not row_of(resolved_ticket(billing, at(2, e.TicketAssigned(team="claims", agent=None)))).on_first_contact


def test_a_message_logged_late_counts_where_it_happened() -> None:
    facts = (at(0, received()), at(RESOLVED_AT, resolved()), at(5, asked(), recorded=60))
    assert not row_of(history(*facts)).on_first_contact


@pytest.mark.parametrize(
    ("facts", "code", "resolvable"),
    [
        ((), "solved", True),
        ((at(5, e.TicketEscalated(to="leads", level=1)),), "solved", True),
        ((at(5, e.TicketEscalated(to="experts", level=2)),), "solved", False),
        ((at(20, e.TicketEscalated(to="experts", level=2)),), "solved", True),
        ((), "hardware", False),
    ],
)
def test_what_the_first_level_cannot_resolve_is_escalated_to_the_second_or_has_such_a_code(
    facts: tuple[Fact, ...], code: str, resolvable: bool
) -> None:
    assert row_of(resolved_ticket(*facts, code=code)).resolvable is resolvable


@pytest.mark.parametrize(
    ("assignments", "one_owner"),
    [
        ((), False),
        ((AN,), True),
        ((e.TicketAssigned(team="claims", agent="an"), AN), True),
        ((e.TicketAssigned(team="billing", agent=None), AN), False),
        ((AN, e.TicketAssigned(team="billing", agent="binh")), False),
    ],
    ids=["nobody", "one agent", "one agent of two teams", "queued first", "two agents"],
)
def test_one_owner_is_exactly_one_agent_who_did_not_find_it_in_a_queue(
    assignments: tuple[e.TicketAssigned, ...], one_owner: bool
) -> None:
    facts = (at(minute, assigned) for minute, assigned in enumerate(assignments, start=1))
    assert row_of(resolved_ticket(*facts)).one_owner is one_owner


def test_answers_of_bots_and_of_customers_are_no_touch() -> None:
    facts = (at(1, replied(automated=True)), at(2, replied()), at(3, replied(automated=True)), at(3, replied(), SYSTEM))
    assert row_of(resolved_ticket(*facts)).second_answer_at is None
    assert row_of(resolved_ticket(*facts, at(4, replied()))).second_answer_at == instant(4)


def test_only_the_customers_own_closing_before_any_reopening_confirms() -> None:
    by_customer, by_rule = e.TicketClosed(closed_by="customer"), e.TicketClosed(closed_by="rule")
    assert row_of(resolved_ticket(at(20, by_customer))).confirmed_at == instant(20)
    assert row_of(resolved_ticket(at(20, by_rule))).confirmed_at is None
    reopened = (at(20, e.TicketReopened()), at(30, resolved()), at(40, by_customer))
    assert row_of(resolved_ticket(*reopened)).confirmed_at is None


def test_the_row_names_who_resolved_it_and_the_category_it_was_found_to_be() -> None:
    later = (at(20, e.TicketReopened()), at(21, e.TicketAssigned(team="claims", agent="binh")))
    row = row_of(resolved_ticket(at(1, AN), *later, at(30, e.TicketCategorised(category="refund"))))
    assert (row.team, row.agent, row.category, row.resolved_at) == ("billing", "an", "refund", instant(RESOLVED_AT))


def test_a_ticket_without_a_resolution_is_judged_by_nothing() -> None:
    row = row_of(history(at(0, received()), at(1, AN)))
    assert (row.resolved_at, row.on_first_contact, row.resolvable, row.one_owner) == (None, None, None, None)


def test_without_the_receipt_there_is_no_row() -> None:
    assert fold(FIRST_CONTACT, history(at(0, resolved()))) == []


@given(histories())
def test_every_history_gives_one_row_whose_instants_follow_each_other(ticket: list[RecordedEvent]) -> None:
    row = row_of(ticket)
    assert (row.resolved_at is None) == (row.on_first_contact is None)
    for later in (row.reopened_at, row.confirmed_at):
        assert later is None or (row.resolved_at is not None and row.resolved_at <= later)
    if row.resolved_at and row.on_first_contact:
        assert row.wrote_again_at is None or row.wrote_again_at >= row.resolved_at
