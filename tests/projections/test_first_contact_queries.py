"""First contact resolution as the database counts it: its seven days to the microsecond, the tickets behind."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.zones import zone_named
from projections.first_contact.queries import (
    VARIANTS,
    FirstContactFigures,
    Variant,
    first_contact_resolution,
    first_contact_tickets,
    repeat_rate,
)
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.report_scope import ReportScope
from tests.support.events import (
    CUSTOMER,
    OTHER_CUSTOMER,
    OTHER_TICKET,
    START,
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
from tests.support.filled import SCHEMA, filled
from tests.support.first_contact_tickets import AN, LATER, MICROSECOND, RESOLVED_AT, WEEK, resolved_ticket

EVERYTHING = ReportScope(START - timedelta(days=300), LATER)


def figures(dsn: str, *tickets: list[RecordedEvent], now: datetime = LATER) -> FirstContactFigures:
    with filled(dsn, [FIRST_CONTACT], *tickets) as connection:
        (counted,) = first_contact_resolution(connection, SCHEMA, EVERYTHING, now=now)
        return counted


def counted_as(counted: FirstContactFigures) -> set[Variant]:
    return {variant for variant in VARIANTS if getattr(counted, variant).numerator}


def another(minute: float, customer: UUID = CUSTOMER, category: str = "billing") -> list[RecordedEvent]:
    return history(at(minute, received(customer, category=category)), ticket=OTHER_TICKET, first_position=100)


def test_a_ticket_that_nobody_came_back_to_counts_as_everything_but_confirmed(database_url: str) -> None:
    counted = figures(database_url, resolved_ticket(at(1, AN), at(9, replied())))
    assert counted_as(counted) == set(VARIANTS) - {"customer_confirmed"}
    assert (counted.resolved, counted.headline.denominator, counted.headline.ratio) == (1, 1, 1.0)


def test_gross_keeps_in_its_denominator_what_the_headline_leaves_out(database_url: str) -> None:
    counted = figures(database_url, resolved_ticket(), resolved_ticket(ticket=THIRD_TICKET, code="hardware"))
    assert (counted.headline.numerator, counted.headline.denominator) == (1, 1)
    assert (counted.gross.numerator, counted.gross.denominator) == (2, 2)


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
    counted = figures(database_url, resolved_ticket(), returned)
    assert ("headline" in counted_as(counted)) is counts
    assert "gross" in counted_as(counted)


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
        counted = first_contact_resolution(connection, SCHEMA, scope, now=LATER)
        one_team = ReportScope(START, LATER, where={"team": "billing"})
        (only,) = first_contact_resolution(connection, SCHEMA, one_team, now=LATER)
    assert [(group.period, group.of, group.resolved) for group in counted] == [
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
        (counted,) = first_contact_resolution(connection, SCHEMA, EVERYTHING, now=LATER)
        for variant in VARIANTS:
            for part in ("numerator", "denominator"):
                behind = first_contact_tickets(connection, SCHEMA, EVERYTHING, now=LATER, variant=variant, part=part)
                assert len(behind) == getattr(getattr(counted, variant), part), (variant, part)
        (first, second) = first_contact_tickets(connection, SCHEMA, EVERYTHING, now=LATER, variant="headline")
    assert (first.ticket, first.came_back_as, first.headline) == (TICKET, OTHER_TICKET, False)
    assert second.ticket == THIRD_TICKET


def test_pages_of_tickets_hold_each_once(database_url: str) -> None:
    tickets = [resolved_ticket(ticket=UUID(int=number)) for number in range(1, 6)]
    seen: list[UUID] = []
    after: tuple[datetime, UUID] | None = None
    with filled(database_url, [FIRST_CONTACT], *tickets) as connection:
        while counted := first_contact_tickets(
            connection, SCHEMA, EVERYTHING, now=LATER, variant="gross", after=after, limit=2
        ):
            seen += [ticket.ticket for ticket in counted]
            after = (counted[-1].resolved_at, counted[-1].ticket)
    assert seen == [UUID(int=number) for number in range(1, 6)]


@pytest.mark.parametrize(
    ("returned", "repeated"),
    [
        (another(0), 1),
        (another(WEEK), 1),
        (another(WEEK + MICROSECOND), 0),
        (another(20, category="delivery"), 0),
        (another(20, customer=UUID(int=1003)), 0),
    ],
    ids=["same minute", "7 days", "later", "another category", "another customer"],
)
def test_a_customer_repeats_who_has_another_ticket_of_the_category_within_seven_days(
    returned: list[RecordedEvent], repeated: int, database_url: str
) -> None:
    other = history(at(0, received(OTHER_CUSTOMER)), ticket=THIRD_TICKET)
    with filled(database_url, [FIRST_CONTACT], history(at(0, received())), returned, other) as connection:
        counted = repeat_rate(connection, SCHEMA, START, instant(1), now=LATER)
        assert (counted.repeated.numerator, counted.repeated.denominator, counted.provisional) == (repeated, 2, 0)


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
