"""Resolved on the first contact: each definition by example, its seven days to the microsecond, the tickets behind."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given

from domain.event_log.envelope import RecordedEvent
from domain.ticket import events as e
from domain.zones import zone_named
from projections.first_contact import FIRST_CONTACT, FirstContactRow, fold
from projections.first_contact_queries import (
    VARIANTS,
    FirstContactFigures,
    Variant,
    first_contact_resolution,
    first_contact_tickets,
    repeat_rate,
)
from projections.report_scope import ReportScope
from tests.support.filled import SCHEMA, filled
from tests.support.histories import (
    CUSTOMER,
    OTHER_CUSTOMER,
    OTHER_TICKET,
    START,
    SYSTEM,
    THIRD_TICKET,
    TICKET,
    Fact,
    asked,
    at,
    histories,
    history,
    instant,
    received,
    replied,
    resolved,
)

WEEK = 7 * 24 * 60
MICROSECOND = 1 / 60_000_000
RESOLVED_AT = 10
LATER = START + timedelta(days=300)
EVERYTHING = ReportScope(START - timedelta(days=300), LATER)
AN = e.TicketAssigned(team="billing", agent="an")


def resolved_ticket(*facts: Fact, ticket: UUID = TICKET, code: str = "solved") -> list[RecordedEvent]:
    """Received at minute 0, resolved at minute 10, and these facts, each in its place."""
    all_facts = [at(0, received()), *facts, at(RESOLVED_AT, resolved(code))]
    return history(*sorted(all_facts, key=lambda fact: fact.occurred_at), ticket=ticket)


def row_of(ticket: list[RecordedEvent]) -> FirstContactRow:
    ((row,),) = fold(ticket, 0)
    return FirstContactRow._make(row)


def figures(dsn: str, *tickets: list[RecordedEvent], now: datetime = LATER) -> FirstContactFigures:
    with filled(dsn, [FIRST_CONTACT], *tickets) as connection:
        (found,) = first_contact_resolution(connection, SCHEMA, EVERYTHING, now=now)
        return found


def counted_as(found: FirstContactFigures) -> set[Variant]:
    return {variant for variant in VARIANTS if getattr(found, variant).numerator}


def another(minute: float, customer: UUID = CUSTOMER, category: str = "billing") -> list[RecordedEvent]:
    return history(at(minute, received(customer, category=category)), ticket=OTHER_TICKET, first_position=100)


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


def test_the_first_assignment_is_no_change_of_team_nor_is_another_agent_of_the_same() -> None:
    row = row_of(resolved_ticket(at(1, AN), at(2, e.TicketAssigned(team="billing", agent="binh"))))
    assert row.on_first_contact
    assert not row.one_owner


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
    assert fold(history(at(0, resolved())), 0) == ([],)


@given(histories())
def test_every_history_gives_one_row_whose_instants_follow_each_other(ticket: list[RecordedEvent]) -> None:
    row = row_of(ticket)
    assert (row.resolved_at is None) == (row.on_first_contact is None)
    for later in (row.reopened_at, row.confirmed_at):
        assert later is None or (row.resolved_at is not None and row.resolved_at <= later)
    if row.resolved_at and row.on_first_contact:
        assert row.wrote_again_at is None or row.wrote_again_at >= row.resolved_at


def test_a_ticket_that_nobody_came_back_to_counts_as_everything_but_confirmed(database_url: str) -> None:
    found = figures(database_url, resolved_ticket(at(1, AN), at(9, replied())))
    assert counted_as(found) == set(VARIANTS) - {"customer_confirmed"}
    assert (found.resolved, found.headline.denominator, found.headline.ratio) == (1, 1, 1.0)


def test_gross_keeps_in_its_denominator_what_the_headline_leaves_out(database_url: str) -> None:
    found = figures(database_url, resolved_ticket(), resolved_ticket(ticket=THIRD_TICKET, code="hardware"))
    assert (found.headline.numerator, found.headline.denominator) == (1, 1)
    assert (found.gross.numerator, found.gross.denominator) == (2, 2)


@pytest.mark.parametrize(
    ("what", "spoils"),
    [
        (e.TicketReopened(), {"headline"}),
        (asked(), {"no_recontact"}),
        (replied(), {"one_touch"}),
        (e.TicketClosed(closed_by="customer"), {"customer_confirmed"}),
    ],
    ids=["reopened", "customer wrote", "second answer", "confirmed"],
)
def test_what_happens_seven_days_after_the_resolution_counts_and_a_microsecond_later_does_not(
    what: e.TicketEvent, spoils: set[Variant], database_url: str
) -> None:
    end = RESOLVED_AT + WEEK
    untouched = counted_as(figures(database_url, resolved_ticket(at(1, replied()))))
    within = counted_as(figures(database_url, resolved_ticket(at(1, replied()), at(end, what))))
    beyond = counted_as(figures(database_url, resolved_ticket(at(1, replied()), at(end + MICROSECOND, what))))
    assert untouched ^ within == spoils
    assert beyond == untouched


@pytest.mark.parametrize(
    ("returned", "counts"),
    [
        (another(RESOLVED_AT), True),
        (another(RESOLVED_AT + MICROSECOND), False),
        (another(RESOLVED_AT + WEEK), False),
        (another(RESOLVED_AT + WEEK + MICROSECOND), True),
        (another(20, customer=OTHER_CUSTOMER), True),
        (another(20, category="delivery"), True),
    ],
    ids=["at the resolution", "right after", "after 7 days", "later", "another customer", "another category"],
)
def test_a_new_ticket_of_the_same_customer_and_category_within_seven_days_takes_the_headline_away(
    returned: list[RecordedEvent], counts: bool, database_url: str
) -> None:
    found = figures(database_url, resolved_ticket(), returned)
    assert ("headline" in counted_as(found)) is counts
    assert "gross" in counted_as(found)


def test_an_answer_is_provisional_until_seven_days_are_over_and_then_final(database_url: str) -> None:
    window_ends = instant(RESOLVED_AT + WEEK)
    then = figures(database_url, resolved_ticket(), now=window_ends)
    assert (then.final, then.provisional) == (0, 1)
    after = figures(database_url, resolved_ticket(), now=window_ends + timedelta(microseconds=1))
    assert (after.final, after.provisional) == (1, 0)


def test_figures_come_by_local_day_and_by_dimension(database_url: str) -> None:
    zone = zone_named("Asia/Ho_Chi_Minh")
    evening = 16 * 60 + 55 - 8 * 60
    early = history(at(0, received()), at(1, AN), at(evening, resolved()))
    late = history(at(0, received()), at(evening + 10, resolved()), ticket=THIRD_TICKET)
    scope = ReportScope(START, LATER, every="day", zone=zone, by=("team", "channel"))
    with filled(database_url, [FIRST_CONTACT], early, late) as connection:
        found = first_contact_resolution(connection, SCHEMA, scope, now=LATER)
        one_team = ReportScope(START, LATER, where={"team": "billing"})
        (only,) = first_contact_resolution(connection, SCHEMA, one_team, now=LATER)
    assert [(group.period, group.of, group.resolved) for group in found] == [
        (date(2026, 3, 2), {"team": "billing", "channel": "email"}, 1),
        (date(2026, 3, 3), {"team": None, "channel": "email"}, 1),
    ]
    assert only.resolved == 1


def test_the_scope_takes_its_start_and_leaves_its_end(database_url: str) -> None:
    moment = instant(RESOLVED_AT)
    with filled(database_url, [FIRST_CONTACT], resolved_ticket()) as connection:
        assert first_contact_resolution(connection, SCHEMA, ReportScope(moment, LATER), now=LATER)
        assert not first_contact_resolution(connection, SCHEMA, ReportScope(START, moment), now=LATER)


def test_every_share_drills_down_to_as_many_tickets_as_it_counts(database_url: str) -> None:
    tickets = (
        resolved_ticket(at(1, AN), at(20, e.TicketClosed(closed_by="customer"))),
        resolved_ticket(at(1, asked()), at(2, replied()), at(3, replied()), ticket=THIRD_TICKET),
        resolved_ticket(ticket=UUID(int=4), code="hardware"),
        another(RESOLVED_AT + WEEK, category="billing"),
    )
    with filled(database_url, [FIRST_CONTACT], *tickets) as connection:
        (found,) = first_contact_resolution(connection, SCHEMA, EVERYTHING, now=LATER)
        for variant in VARIANTS:
            for part in ("numerator", "denominator"):
                behind = first_contact_tickets(connection, SCHEMA, EVERYTHING, now=LATER, variant=variant, part=part)
                assert len(behind) == getattr(getattr(found, variant), part), (variant, part)
        (first, second) = first_contact_tickets(connection, SCHEMA, EVERYTHING, now=LATER, variant="headline")
    assert (first.ticket, first.came_back_as, first.headline) == (TICKET, OTHER_TICKET, False)
    assert second.ticket == THIRD_TICKET


def test_pages_of_tickets_hold_each_once(database_url: str) -> None:
    tickets = [resolved_ticket(ticket=UUID(int=number)) for number in range(1, 6)]
    seen: list[UUID] = []
    after: tuple[datetime, UUID] | None = None
    with filled(database_url, [FIRST_CONTACT], *tickets) as connection:
        while found := first_contact_tickets(
            connection, SCHEMA, EVERYTHING, now=LATER, variant="gross", after=after, limit=2
        ):
            seen += [ticket.ticket for ticket in found]
            after = (found[-1].resolved_at, found[-1].ticket)
    assert seen == [UUID(int=number) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("minute", "repeated"), [(0, 1), (WEEK, 1), (WEEK + MICROSECOND, 0)], ids=["same minute", "7 days", "later"]
)
def test_a_customer_repeats_who_has_another_ticket_of_the_category_within_seven_days(
    minute: float, repeated: int, database_url: str
) -> None:
    other = history(at(0, received(OTHER_CUSTOMER)), ticket=THIRD_TICKET)
    with filled(database_url, [FIRST_CONTACT], history(at(0, received())), another(minute), other) as connection:
        found = repeat_rate(connection, SCHEMA, START, instant(1), now=LATER)
        assert (found.repeated.numerator, found.repeated.denominator, found.provisional) == (repeated, 2, 0)


def test_who_has_not_come_back_yet_is_provisional_for_seven_days(database_url: str) -> None:
    with filled(database_url, [FIRST_CONTACT], history(at(0, received()))) as connection:
        at_the_end = repeat_rate(connection, SCHEMA, START, instant(1), now=instant(WEEK))
        after_it = repeat_rate(connection, SCHEMA, START, instant(1), now=instant(WEEK + MICROSECOND))
    assert (at_the_end.provisional, after_it.provisional) == (1, 0)


def test_seven_days_are_168_hours_also_when_the_clocks_change(database_url: str) -> None:
    before_summer = datetime(2026, 3, 25, 12, tzinfo=UTC)
    facts = (Fact(before_summer, received()), Fact(before_summer, resolved()))
    reopened = Fact(before_summer + timedelta(hours=168), e.TicketReopened())
    assert "headline" not in counted_as(figures(database_url, history(*facts, reopened)))
