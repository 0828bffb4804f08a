"""Which tickets a figure leaves out, by which reason, and in which period and group it says so."""

from collections.abc import Mapping, Sequence
from typing import Any

import psycopg
import pytest

from api.cli.table_lines import REASONS
from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.population import WHO_COUNTS
from projections.figures.service_reports import handling_time, reopen_rate, satisfaction
from projections.first_contact.queries import first_contact_resolution
from projections.scope.report_scope import ReportScope
from projections.sla.queries import compliance
from tests.support.compared_reports import EVERYTHING, LATER, NOBODY_LEFT_OUT, PROJECTIONS, reported
from tests.support.events import (
    OTHER_TICKET,
    START,
    THIRD_TICKET,
    TICKET,
    Fact,
    at,
    history,
    received,
    replied,
    resolved,
)
from tests.support.figure_answers import question_of
from tests.support.filled import SCHEMA, add, filled

Log = Sequence[RecordedEvent]
CLOSED = e.TicketClosed(closed_by="agent")


def test_every_reason_for_leaving_a_ticket_out_has_words() -> None:
    left_out = {outcome for outcome, counts in WHO_COUNTS.items() if not (counts.as_resolved and counts.as_contact)}
    assert left_out == set(NOBODY_LEFT_OUT)
    assert set(REASONS) == {*left_out, "open_again"}


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
        contacts = reported(connection)["repeat_contacts"]
    assert (contacts["repeated"], contacts["left_out"]) == ((repeated, 1), left_out)


@pytest.mark.parametrize("cancelled_as", ["duplicate", "spam", "other"])
def test_what_is_cancelled_or_merged_is_left_out_of_what_was_resolved_and_told_beside_it(
    cancelled_as: str, database_url: str
) -> None:
    reopened = [at(10, resolved()), at(20, e.SatisfactionRated(score=5)), at(30, e.TicketReopened())]
    merged = history(at(0, received()), *reopened, at(60, e.TicketMerged(into=TICKET)), ticket=THIRD_TICKET)
    cancelled = at(50, e.TicketCancelled(cancelled_by="agent", cancelled_as=cancelled_as))
    with filled(database_url, PROJECTIONS, *two_tickets(cancelled), merged) as connection:
        reports = reported(connection)
    left_out = NOBODY_LEFT_OUT | {"merged": 1, "cancelled" if cancelled_as == "other" else cancelled_as: 1}
    for report in ("first_contact", "reopenings", "satisfaction"):
        assert reports[report]["left_out"] == left_out, report
    assert reports["handling_time"]["left_out"] == left_out | {"open_again": 0}
    assert reports["handling_time"]["resolved"] == reports["first_contact"]["resolved"] == 1
    assert reports["reopenings"]["reopened"] == (0, 1)
    assert (reports["satisfaction"]["satisfied"], reports["satisfaction"]["responses"]) == ((1, 1), (0, 1))


def test_left_out_tickets_count_on_the_day_they_left_and_in_the_team_that_held_them(database_url: str) -> None:
    assigned = at(1, e.TicketAssigned(team="billing", agent="an"))
    next_day = at(60 * 24, e.TicketCancelled(cancelled_by="agent"))
    scope = ReportScope(START, LATER, every="day", by=("team",))
    with filled(database_url, PROJECTIONS, history(at(0, received()), assigned, next_day)) as connection:
        (judged,) = first_contact_resolution(connection, SCHEMA, scope, now=LATER)
        assert (judged.resolved, judged.headline.denominator) == (0, 0)
        others = [report(question_of(connection, scope)) for report in (handling_time, satisfaction, reopen_rate)]
    for group in (judged, *(group for groups in others for group in groups)):
        assert (str(group.period), group.of, group.left_out["cancelled"]) == ("2026-03-03", {"team": "billing"}, 1)
    assert [len(groups) for groups in others] == [1, 1, 1]


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
