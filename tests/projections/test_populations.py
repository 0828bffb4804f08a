"""Who counts where: one ticket is the same in every report, and every report says whom it leaves out."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings

from api.cli.table_lines import REASONS
from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.population import WHO_COUNTS
from projections.backlog.flow import flow_between
from projections.backlog.queries import backlog, workload
from projections.backlog.table import BACKLOG
from projections.figures.service_figures import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import VARIANTS, first_contact_resolution
from projections.first_contact.table import FIRST_CONTACT
from projections.scope.report_scope import ReportScope
from projections.sla.queries import compliance
from projections.sla.table import SLA_CLOCKS
from projections.tickets.queries import one_ticket
from projections.tickets.table import TICKETS
from tests.support.compared_reports import EVERYTHING, LATER, expected, reported, same
from tests.support.events import (
    IMPORT,
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
from tests.support.filled import SCHEMA, add, filled
from tests.support.histories import logs, returns, streams_of
from tests.support.plain_figures import PlainFigures
from tests.support.plain_ticket import PlainTicket

Log = Sequence[RecordedEvent]
FIRST_DAYS = ReportScope(START, START + timedelta(days=9))
PROJECTIONS = (TICKETS, FIRST_CONTACT, BACKLOG, SLA_CLOCKS)
CLOSED = e.TicketClosed(closed_by="agent")
NOBODY_LEFT_OUT = {"merged": 0, "duplicate": 0, "spam": 0, "cancelled": 0}


def test_every_report_is_what_plain_python_makes_of_the_same_events(database_url: str) -> None:
    with filled(database_url, PROJECTIONS) as connection:

        @settings(max_examples=200)
        @given(logs(max_size=9).map(streams_of) | returns())
        def reports_the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, PROJECTIONS, *tickets)
                for scope in (EVERYTHING, FIRST_DAYS):
                    same(reported(connection, scope), expected(PlainFigures(tickets, scope.start, scope.end)))
                plain = PlainFigures(tickets, START, LATER)
                for minute in (0, 60, 60 * 24, 60 * 24 * 10, 60 * 24 * 40):
                    assert backlog(connection, SCHEMA, instant(minute))[0].tickets == plain.backlog(instant(minute))

        reports_the_same()


def test_no_two_reports_of_one_population_differ(database_url: str) -> None:
    with filled(database_url, PROJECTIONS) as connection:

        @settings(max_examples=60)
        @given(logs(max_size=9).map(streams_of) | returns())
        def agree(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, PROJECTIONS, *tickets)
                found = reported(connection)
                (flow,) = flow_between(connection, SCHEMA, [EVERYTHING.start, EVERYTHING.end])
                still_open = sum(load.tickets for load in workload(connection, SCHEMA, EVERYTHING.end))
                assert flow.backlog_after == backlog(connection, SCHEMA, EVERYTHING.end)[0].tickets == still_open
                handled = found["handling_time"].get("left_out", NOBODY_LEFT_OUT | {"open_again": 0})
                resolved_once = found["handling_time"].get("resolved", 0) + handled["open_again"]
                assert found["first_contact"].get("resolved", 0) == resolved_once
                assert found["reopenings"].get("reopened", (0, 0))[1] == resolved_once
                for report in ("satisfaction", "reopenings", "first_contact"):
                    told = found[report].get("left_out", NOBODY_LEFT_OUT)
                    assert told == {reason: handled[reason] for reason in NOBODY_LEFT_OUT}
                resolutions = {
                    (ticket, finished)
                    for ticket, finished in connection.execute(
                        "select ticket, finished_at from tenant_default.sla_clocks"
                        " where target = 'resolution' and state = 'fulfilled'"
                    )
                }
                assert resolutions == {
                    (ticket, left)
                    for ticket, left in connection.execute(
                        "select ticket, left_at from tenant_default.tickets where outcome = 'resolved'"
                    )
                }

        agree()


def test_every_reason_for_leaving_a_ticket_out_has_words() -> None:
    left_out = {outcome for outcome, counts in WHO_COUNTS.items() if not (counts.as_resolved and counts.as_contact)}
    assert left_out == set(NOBODY_LEFT_OUT)
    assert set(REASONS) == {*left_out, "open_again"}


def test_a_ticket_closed_while_open_counts_as_resolved_at_the_closing_in_every_report(database_url: str) -> None:
    ticket = history(
        at(0, received(), IMPORT), at(60, CLOSED, IMPORT), at(120, e.TicketReopened(), IMPORT), at(180, CLOSED, IMPORT)
    )
    with filled(database_url, PROJECTIONS, ticket) as connection:
        found = reported(connection)
        (flow,) = flow_between(connection, SCHEMA, [START, LATER])
        kept = {figures.target: figures for figures in compliance(connection, SCHEMA, EVERYTHING)}
        row = one_ticket(connection, SCHEMA, TICKET)
    assert found["handling_time"]["elapsed"]["mean"] == 180 * 60
    assert found["first_contact"]["gross"] == (1, 1)
    assert found["first_contact"]["headline"] == (0, 1)
    assert found["reopenings"]["reopened"] == (1, 1)
    assert found["satisfaction"]["responses"] == (0, 2)
    assert (kept["resolution"].met, kept["resolution"].breached) == (1, 0)
    assert (flow.received, flow.closed, flow.reopened, flow.backlog_after) == (1, 2, 1, 0)
    assert row is not None
    assert (row.first_resolved_at, row.last_resolved_at, row.outcome, row.left_at) == (
        instant(60), instant(180), "resolved", instant(180)
    )  # fmt: skip
    assert row.resolution_code is None


def test_a_customer_s_closing_of_an_open_ticket_confirms_it(database_url: str) -> None:
    closed = history(at(0, received()), at(60, e.TicketClosed(closed_by="customer")))
    with filled(database_url, PROJECTIONS, closed) as connection:
        assert reported(connection)["first_contact"]["customer_confirmed"] == (1, 1)


def test_facts_out_of_order_leave_a_ticket_in_one_state_for_every_reading(database_url: str) -> None:
    """Recorded: received 08:00, resolved 12:00, then in progress at 11:00."""
    ticket = history(at(0, received()), at(240, resolved()), at(180, e.WorkStarted(), recorded=300))
    with filled(database_url, PROJECTIONS, ticket) as connection:
        row = one_ticket(connection, SCHEMA, TICKET)
        assert row is not None
        assert (row.state, row.open, row.outcome, row.left_at) == ("resolved", False, "resolved", instant(240))
        assert backlog(connection, SCHEMA, LATER)[0].tickets == 0
        assert workload(connection, SCHEMA, LATER) == []
        found = reported(connection)
        kept = {figures.target: figures for figures in compliance(connection, SCHEMA, EVERYTHING)}
    assert (found["handling_time"]["resolved"], found["first_contact"]["resolved"], kept["resolution"].met) == (1, 1, 1)


def two_tickets(*facts: Fact) -> tuple[Log, Log]:
    """One resolved after an hour, and one of the same customer and category five minutes after it, with these facts."""
    first = history(at(0, received()), at(1, replied()), at(60, resolved()))
    return first, history(at(5, received()), *facts, ticket=OTHER_TICKET, first_position=100)


@pytest.mark.parametrize(
    ("facts", "repeated", "left_out"),
    [
        ([at(10, e.TicketMerged(into=TICKET))], 0, {"merged": 1, "duplicate": 0, "spam": 0}),
        ([at(10, e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"))], 0,
         {"merged": 0, "duplicate": 1, "spam": 0}),
        ([at(10, e.TicketCancelled(cancelled_by="agent", cancelled_as="spam"))], 0,
         {"merged": 0, "duplicate": 0, "spam": 1}),
        ([at(10, e.TicketCancelled(cancelled_by="agent"))], 1, {"merged": 0, "duplicate": 0, "spam": 0}),
        ([at(10, e.TicketMerged(into=TICKET)), at(20, e.MergeUndone(into=TICKET))], 1,
         {"merged": 0, "duplicate": 0, "spam": 0}),
        ([at(10, resolved())], 1, {"merged": 0, "duplicate": 0, "spam": 0}),
    ],
    ids=["merged", "duplicate", "spam", "cancelled otherwise", "merge undone", "resolved"],
)  # fmt: skip
def test_a_merged_ticket_a_duplicate_and_spam_are_no_contact_of_their_own(
    facts: list[Fact], repeated: int, left_out: dict[str, int], database_url: str
) -> None:
    with filled(database_url, PROJECTIONS, *two_tickets(*facts)) as connection:
        found = reported(connection)["repeat_contacts"]
    assert (found["repeated"], found["left_out"]) == ((repeated, 1), left_out)


@pytest.mark.parametrize("cancelled_as", ["duplicate", "spam", "other"])
def test_what_is_cancelled_or_merged_is_left_out_of_what_was_resolved_and_told_beside_it(
    cancelled_as: str, database_url: str
) -> None:
    reopened = [at(10, resolved()), at(20, e.SatisfactionRated(score=5)), at(30, e.TicketReopened())]
    merged = history(at(0, received()), *reopened, at(60, e.TicketMerged(into=TICKET)), ticket=THIRD_TICKET)
    cancelled = at(50, e.TicketCancelled(cancelled_by="agent", cancelled_as=cancelled_as))
    with filled(database_url, PROJECTIONS, *two_tickets(cancelled), merged) as connection:
        found = reported(connection)
    left_out = NOBODY_LEFT_OUT | {"merged": 1, "cancelled" if cancelled_as == "other" else cancelled_as: 1}
    for report in ("first_contact", "reopenings", "satisfaction"):
        assert found[report]["left_out"] == left_out, report
    assert found["handling_time"]["left_out"] == left_out | {"open_again": 0}
    assert found["handling_time"]["resolved"] == found["first_contact"]["resolved"] == 1
    assert found["reopenings"]["reopened"] == (0, 1)
    assert (found["satisfaction"]["satisfied"], found["satisfaction"]["responses"]) == ((1, 1), (0, 1))


def test_left_out_tickets_count_on_the_day_they_left_and_in_the_team_that_held_them(database_url: str) -> None:
    assigned = at(1, e.TicketAssigned(team="billing", agent="an"))
    next_day = at(60 * 24, e.TicketCancelled(cancelled_by="agent"))
    scope = ReportScope(START, LATER, every="day", by=("team",))
    with filled(database_url, PROJECTIONS, history(at(0, received()), assigned, next_day)) as connection:
        (judged,) = first_contact_resolution(connection, SCHEMA, scope, now=LATER)
        assert (judged.resolved, judged.headline.denominator) == (0, 0)
        others = [report(connection, SCHEMA, scope) for report in (handling_time, satisfaction, reopen_rate)]
    for group in (judged, *(group for groups in others for group in groups)):
        assert (str(group.period), group.of, group.left_out["cancelled"]) == ("2026-03-03", {"team": "billing"}, 1)
    assert [len(groups) for groups in others] == [1, 1, 1]


def test_an_import_without_messages_leaves_open_what_only_messages_tell(database_url: str) -> None:
    imported = [at(0, received(), IMPORT), at(5, e.NoteAdded(body="looked at it"), IMPORT), at(60, resolved(), IMPORT)]
    confirmed = at(90, e.TicketClosed(closed_by="customer"), IMPORT)
    with filled(database_url, PROJECTIONS, history(*imported, confirmed)) as connection:
        found = reported(connection)["first_contact"]
        assert (found["resolved"], found["unknown"]) == (1, 1)
        assert {variant: found[variant] for variant in VARIANTS} == {
            "headline": (1, 1),
            "gross": (1, 1),
            "one_touch": (0, 0),
            "no_recontact": (0, 0),
            "one_owner": (0, 1),
            "customer_confirmed": (0, 0),
        }
        add(connection, PROJECTIONS, history(*imported, confirmed, at(30, replied(), IMPORT)))
        found = reported(connection)["first_contact"]
        assert (found["unknown"], found["one_touch"], found["customer_confirmed"]) == (0, (1, 1), (1, 1))


@pytest.mark.parametrize(
    ("facts", "spoils"),
    [
        ([], {"gross", "headline", "no_recontact"}),
        ([at(70, e.MergeUndone(into=TICKET))], {"headline"}),
    ],
    ids=["merged", "merge undone"],
)
def test_what_a_customer_wrote_on_a_merged_ticket_counts_as_written_on_the_one_that_goes_on(
    facts: list[Fact], spoils: set[str], database_url: str
) -> None:
    """The second ticket arrives half an hour after the first; the merge chain passes through a third."""
    first = history(at(0, received()), at(1, e.TicketAssigned(team="a", agent="an")), at(60, resolved()))
    through = history(at(-30, received()), at(50, e.TicketMerged(into=TICKET)), *facts, ticket=OTHER_TICKET)
    second = history(at(30, received()), at(40, e.TicketMerged(into=OTHER_TICKET)), ticket=THIRD_TICKET)
    with filled(database_url, PROJECTIONS, first) as connection:
        alone = reported(connection)["first_contact"]
        add(connection, PROJECTIONS, through, second)
        together = reported(connection)["first_contact"]
    changed = {variant for variant in VARIANTS if alone[variant][0] != together[variant][0]}
    assert changed == (spoils if not facts else set())


def test_a_rating_told_late_counts_for_the_resolution_that_it_was_given_to(database_url: str) -> None:
    """Resolved, written again and reopened, and only then the rating of before is told."""
    ticket = history(
        at(0, received()),
        at(180, resolved()),
        at(240, asked()),
        at(240, e.TicketReopened()),
        at(210, e.SatisfactionRated(score=5), recorded=250),
        at(300, resolved()),
    )
    with filled(database_url, PROJECTIONS, ticket) as connection:
        found = reported(connection)["satisfaction"]
    assert (found["satisfied"], found["responses"]) == ((1, 1), (1, 2))


def test_a_plain_ticket_knows_its_state_by_the_world_s_order() -> None:
    ticket = PlainTicket(history(at(0, received()), at(240, resolved()), at(180, e.WorkStarted(), recorded=300)))
    assert [move.after for move in ticket.moves] == ["received", "in_progress", "resolved"]


def test_an_instance_is_told_late_by_what_happened_before_it_ended(database_url: str) -> None:
    week = 7 * 24 * 60
    ticket = history(at(0, received()), at(5, replied()), at(60, resolved(), recorded=61 + week))
    with filled(database_url, PROJECTIONS, ticket) as connection:
        kept = {figures.target: figures.told_late for figures in compliance(connection, SCHEMA, EVERYTHING)}
    assert {target: (share.numerator, share.denominator) for target, share in kept.items()} == {
        "first_response": (0, 1),
        "resolution": (1, 1),
    }


def test_late_when_merged_or_cancelled_is_breached_and_in_time_is_cancelled(database_url: str) -> None:
    """The resolution of P2 is due after 24 hours."""

    def ended(minute: float, event: e.TicketEvent) -> Mapping[str, int]:
        with filled_again(connection, history(at(0, received()), at(minute, event))):
            kept = {figures.target: figures for figures in compliance(connection, SCHEMA, EVERYTHING)}["resolution"]
            return {"met": kept.met, "breached": kept.breached, "cancelled": kept.cancelled}

    def filled_again(connection: psycopg.Connection, ticket: Log) -> Any:
        add(connection, PROJECTIONS, ticket)
        return connection.transaction()

    ends = (e.TicketMerged(into=OTHER_TICKET), e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"),
            e.TicketCancelled(cancelled_by="agent"))  # fmt: skip
    with filled(database_url, PROJECTIONS) as connection:
        for event in ends:
            assert ended(24 * 60, event) == {"met": 0, "breached": 0, "cancelled": 1}
            assert ended(24 * 60 + 1, event) == {"met": 0, "breached": 1, "cancelled": 0}
        assert ended(24 * 60, CLOSED) == {"met": 1, "breached": 0, "cancelled": 0}
