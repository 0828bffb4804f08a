"""Compliance, what is open, late and due next, and the tickets behind each figure, on a real database."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest

from domain.sla.events import SlaCorrected, SlaResult
from domain.ticket import events as e
from domain.zones import zone_named
from projections.scope.report_scope import ReportScope
from projections.sla.queries import (
    ClockCursor,
    ClockRow,
    clocks_behind,
    compliance,
    due_next,
    kept_promises,
    open_clocks,
)
from projections.sla.table import SLA_CLOCKS
from tests.support.events import at, history, instant, received, replied, resolved
from tests.support.filled import SCHEMA, add, filled

HOUR, DAY = 60, 24 * 60
MET, LATE, PAUSED, CANCELLED, REOPENED, FAR = (UUID(int=number) for number in range(1, 7))
ALL_DAYS = ReportScope(instant(-DAY), instant(40 * DAY))


def assigned(team: str) -> e.TicketAssigned:
    return e.TicketAssigned(team=team, agent="an")


@pytest.fixture
def desk(database_url: str) -> Iterator[psycopg.Connection]:
    """Six tickets: met, breached, open and paused, cancelled, open again and late, and open with much time left."""
    tickets = [
        history(at(0, received(priority="P1")), at(1, assigned("a")), at(5, replied()), at(30, resolved()), ticket=MET),
        history(at(0, received(priority="P1")), at(1, assigned("b")), at(DAY, resolved()), ticket=LATE),
        history(
            at(0, received()), at(1, assigned("b")), at(9, e.TicketPutOnHold(waiting_for="customer")), ticket=PAUSED
        ),
        history(at(0, received()), at(20, e.TicketCancelled(cancelled_by="agent")), ticket=CANCELLED),
        history(at(0, received(priority="P1")), at(50, resolved()), at(2 * DAY, e.TicketReopened()), ticket=REOPENED),
        history(at(2 * DAY, received(priority="P3")), ticket=FAR),
    ]
    with filled(database_url, [SLA_CLOCKS], *tickets) as connection:
        yield connection


def test_compliance_is_met_by_met_and_breached_of_what_was_fulfilled_in_the_scope(desk: psycopg.Connection) -> None:
    first, resolution = compliance(desk, SCHEMA, ALL_DAYS)
    assert (resolution.target, resolution.met, resolution.breached, resolution.cancelled) == ("resolution", 1, 1, 1)
    assert (resolution.compliance.numerator, resolution.compliance.denominator) == (1, 2)
    assert resolution.elapsed_median == (30 + DAY) * 60 / 2
    assert resolution.elapsed_p90 == pytest.approx((30 + 0.9 * (DAY - 30)) * 60)
    assert (first.met, first.breached) == (1, 2), "of three: a reply at 5, resolutions at 50 minutes and after a day"


def test_a_corrected_verdict_counts_instead_of_the_clocks_and_is_told_apart(desk: psycopg.Connection) -> None:
    before = {figures.target: figures for figures in compliance(desk, SCHEMA, ALL_DAYS)}["resolution"]
    was = SlaResult(
        verdict="breached", due_at=instant(60), policy="Default", policy_version=0, calendar="24x7", calendar_version=1
    )
    now = was.model_copy(update={"verdict": "met", "due_at": instant(2 * DAY)})
    corrected = SlaCorrected(target="resolution", instance=1, activated_by=1, ended_at=instant(DAY), was=was, now=now)
    life = (at(0, received(priority="P1")), at(1, assigned("b")), at(DAY, resolved()))
    add(desk, [SLA_CLOCKS], history(*life, at(30 * DAY, corrected), ticket=LATE))
    first, after = compliance(desk, SCHEMA, ALL_DAYS)
    assert (before.met, before.breached, before.corrected) == (1, 1, 0)
    assert (after.met, after.breached, after.corrected) == (2, 0, 1)
    assert (after.compliance.numerator, after.compliance.denominator) == (2, 2)
    assert (after.elapsed_median, first.corrected) == (before.elapsed_median, 0)
    met, breached, counted = (
        clocks_behind(desk, SCHEMA, ALL_DAYS, now=instant(40 * DAY), part=part, target="resolution")
        for part in ("met", "breached", "corrected")
    )
    assert [(clock.ticket, clock.verdict, clock.corrected_verdict) for clock in met] == [
        (MET, "met", None),
        (LATE, "breached", "met"),
    ]
    assert (breached, counted) == ([], met[1:])
    same = corrected.model_copy(update={"now": was})
    add(desk, [SLA_CLOCKS], history(*life, at(30 * DAY, corrected), at(31 * DAY, same), ticket=LATE))
    _, back = compliance(desk, SCHEMA, ALL_DAYS)
    assert (back.met, back.breached, back.corrected) == (1, 1, 0), "a correction that was taken back corrects nothing"


def test_what_was_late_when_it_was_cancelled_is_breached_and_what_was_in_time_counts_for_nothing(
    desk: psycopg.Connection,
) -> None:
    life = (at(0, received(priority="P1")), at(1, assigned("b")), at(DAY, e.TicketMerged(into=MET)))
    add(desk, [SLA_CLOCKS], history(*life, ticket=LATE))
    resolution = next(figures for figures in compliance(desk, SCHEMA, ALL_DAYS) if figures.target == "resolution")
    assert (resolution.met, resolution.breached, resolution.cancelled) == (1, 1, 1)
    assert (resolution.compliance.numerator, resolution.compliance.denominator) == (1, 2)
    now = instant(2 * DAY)
    (late,) = clocks_behind(desk, SCHEMA, ALL_DAYS, now=now, part="breached", target="resolution")
    assert (late.ticket, late.state, late.verdict, late.breached_at) == (LATE, "cancelled", "breached", instant(60))
    assert late.finished_at == instant(DAY)
    (in_time,) = clocks_behind(desk, SCHEMA, ALL_DAYS, now=now, part="cancelled", target="resolution")
    assert (in_time.ticket, in_time.verdict, in_time.breached_at) == (CANCELLED, None, None)

    add(desk, [SLA_CLOCKS], history(*life, at(DAY + 1, e.MergeUndone(into=MET)), ticket=LATE))
    back = next(figures for figures in compliance(desk, SCHEMA, ALL_DAYS) if figures.target == "resolution")
    assert (back.met, back.breached, back.cancelled) == (1, 0, 1), "it has not ended: it is open and late"
    open_and_late = clocks_behind(desk, SCHEMA, ALL_DAYS, now=now, part="late", target="resolution")
    assert LATE in [clock.ticket for clock in open_and_late]


def test_compliance_by_local_day_and_team(desk: psycopg.Connection) -> None:
    scope = ReportScope(instant(-DAY), instant(9 * DAY), "day", zone_named("Asia/Ho_Chi_Minh"), ("team",))
    rows = [
        (str(figures.period), figures.of["team"], figures.met, figures.breached, figures.cancelled)
        for figures in compliance(desk, SCHEMA, scope)
        if figures.target == "resolution"
    ]
    assert rows == [
        ("2026-03-02", "a", 1, 0, 0),
        ("2026-03-02", None, 0, 0, 1),
        ("2026-03-03", "b", 0, 1, 0),
    ]


def test_a_promise_that_ends_at_midnight_counts_on_the_day_that_begins(database_url: str) -> None:
    """The receipt is at 15:00 in Hanoi, the end at 00:00 of the next day."""
    ticket = history(at(0, received(priority="P3")), at(9 * HOUR, resolved()))
    scope = ReportScope(instant(-15 * HOUR), instant(33 * HOUR), zone=zone_named("Asia/Ho_Chi_Minh"))
    with filled(database_url, [SLA_CLOCKS], ticket) as connection:
        kept = kept_promises(connection, SCHEMA, scope)
    days = [str(day) for (target, day), ended in kept.items() if target == "resolution" and ended.met + ended.breached]
    assert days == ["2026-03-03"]


def test_a_scope_covers_what_ended_from_its_start_up_to_but_not_including_its_end(desk: psycopg.Connection) -> None:
    def ended(start: float, end: float) -> list[int]:
        scope = ReportScope(instant(start), instant(end), where={"team": "a"})
        return [figures.met + figures.breached for figures in compliance(desk, SCHEMA, scope)]

    assert (ended(30, 31), ended(29, 30), ended(31, 32)) == ([1], [], [])


def test_what_is_open_and_late_stands_beside_the_compliance_and_grows_as_time_passes(desk: psycopg.Connection) -> None:
    def resolutions(minute: float) -> tuple[int, int, int]:
        (figures,) = [
            figures for figures in open_clocks(desk, SCHEMA, now=instant(minute)) if figures.target == "resolution"
        ]
        return figures.open, figures.paused, figures.late

    assert resolutions(2 * DAY + 10) == (3, 1, 0), "ten minutes of the hour are left: 50 + 10"
    assert resolutions(2 * DAY + 10 + 1 / 60) == (3, 1, 1)
    assert resolutions(9 * DAY) == (3, 1, 2), "what is paused cannot become late"


def test_open_clocks_are_told_by_dimension_and_narrowed_down(desk: psycopg.Connection) -> None:
    by_team = open_clocks(desk, SCHEMA, now=instant(2 * DAY), by=("team",), where={"priority": "P2"})
    assert [(figures.target, figures.of, figures.open) for figures in by_team] == [
        ("first_response", {"team": "b"}, 1),
        ("resolution", {"team": "b"}, 1),
    ]


@pytest.mark.parametrize(
    ("part", "tickets"),
    [
        ("met", [MET]),
        ("breached", [LATE]),
        ("cancelled", [CANCELLED]),
        ("open", [PAUSED, REOPENED, FAR]),
        ("paused", [PAUSED]),
        ("late", [REOPENED]),
    ],
)
def test_every_figure_leads_to_its_tickets(desk: psycopg.Connection, part: str, tickets: list[UUID]) -> None:
    now = instant(2 * DAY + HOUR)
    clocks = clocks_behind(desk, SCHEMA, ALL_DAYS, now=now, part=part, target="resolution")  # type: ignore[arg-type]  # any word
    assert [clock.ticket for clock in clocks] == tickets
    assert [clock.late for clock in clocks] == [clock.ticket == REOPENED for clock in clocks]


@pytest.mark.parametrize(("after", "is_next", "late"), [(-1, True, False), (0, True, False), (1, False, True)])
def test_what_is_due_exactly_now_is_due_next_and_a_microsecond_later_it_is_late(
    desk: psycopg.Connection, after: int, is_next: bool, late: bool
) -> None:
    now = instant(2 * DAY + 10) + timedelta(microseconds=after)
    coming = {clock.ticket for clock in due_next(desk, SCHEMA, now=now)}
    gone = clocks_behind(desk, SCHEMA, ALL_DAYS, now=now, part="late", target="resolution")
    assert (REOPENED in coming, REOPENED in {clock.ticket for clock in gone}) == (is_next, late)


def test_what_is_due_next_comes_first_page_by_page(desk: psycopg.Connection) -> None:
    now = instant(2 * DAY)

    def place(clock: ClockRow) -> ClockCursor:
        assert clock.due_at is not None
        return clock.due_at, clock.ticket, clock.target, clock.instance

    pages = [due_next(desk, SCHEMA, now=now, limit=1)]
    while pages[-1]:
        pages.append(due_next(desk, SCHEMA, now=now, limit=1, after=place(pages[-1][0])))
    paged = [clock for page in pages for clock in page]
    assert paged == due_next(desk, SCHEMA, now=now)
    assert [(clock.ticket, clock.target) for clock in paged] == [
        (REOPENED, "resolution"),
        (FAR, "first_response"),
        (FAR, "resolution"),
    ]
