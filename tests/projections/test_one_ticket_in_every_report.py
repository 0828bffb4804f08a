"""One ticket is the same in every report: what ends it, what came late, and what only messages tell."""

import pytest

from domain.ticket import events as e
from projections.backlog.flow import flow_between
from projections.backlog.queries import backlog, workload
from projections.first_contact.queries import VARIANTS
from projections.sla.queries import compliance
from projections.tickets.queries import one_ticket
from tests.support.compared_reports import EVERYTHING, LATER, PROJECTIONS, reported
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

CLOSED = e.TicketClosed(closed_by="agent")


def test_a_ticket_closed_while_open_counts_as_resolved_at_the_closing_in_every_report(database_url: str) -> None:
    ticket = history(
        at(0, received(), IMPORT), at(60, CLOSED, IMPORT), at(120, e.TicketReopened(), IMPORT), at(180, CLOSED, IMPORT)
    )
    with filled(database_url, PROJECTIONS, ticket) as connection:
        report = reported(connection)
        (flow,) = flow_between(connection, SCHEMA, [START, LATER])
        kept = {figures.target: figures for figures in compliance(connection, SCHEMA, EVERYTHING)}
        row = one_ticket(connection, SCHEMA, TICKET)
    assert report["handling_time"]["elapsed"]["mean"] == 180 * 60
    assert report["first_contact"]["gross"] == (1, 1)
    assert report["first_contact"]["headline"] == (0, 1)
    assert report["reopenings"]["reopened"] == (1, 1)
    assert report["satisfaction"]["responses"] == (0, 2)
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
        report = reported(connection)
        kept = {figures.target: figures for figures in compliance(connection, SCHEMA, EVERYTHING)}
    assert (report["handling_time"]["resolved"], report["first_contact"]["resolved"], kept["resolution"].met) == (
        1,
        1,
        1,
    )


def test_an_import_without_messages_leaves_open_what_only_messages_tell(database_url: str) -> None:
    imported = [at(0, received(), IMPORT), at(5, e.NoteAdded(body="looked at it"), IMPORT), at(60, resolved(), IMPORT)]
    confirmed = at(90, e.TicketClosed(closed_by="customer"), IMPORT)
    with filled(database_url, PROJECTIONS, history(*imported, confirmed)) as connection:
        first_contact = reported(connection)["first_contact"]
        assert (first_contact["resolved"], first_contact["unknown"]) == (1, 1)
        assert {variant: first_contact[variant] for variant in VARIANTS} == {
            "headline": (1, 1),
            "gross": (1, 1),
            "one_touch": (0, 0),
            "no_recontact": (0, 0),
            "one_owner": (0, 1),
            "customer_confirmed": (0, 0),
        }
        add(connection, PROJECTIONS, history(*imported, confirmed, at(30, replied(), IMPORT)))
        first_contact = reported(connection)["first_contact"]
        assert (first_contact["unknown"], first_contact["one_touch"], first_contact["customer_confirmed"]) == (
            0,
            (1, 1),
            (1, 1),
        )


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


@pytest.mark.parametrize("minute", [-30, 0, 30])
def test_who_wrote_twice_was_not_helped_on_the_first_contact_whichever_ticket_goes_on(
    minute: float, database_url: str
) -> None:
    """The other ticket is received before the one that goes on, at one instant with it, or after it."""
    goes_on = history(at(0, received()), at(1, e.TicketAssigned(team="a", agent="an")), at(60, resolved()))
    other = history(at(minute, received()), at(40, e.TicketMerged(into=TICKET)), ticket=OTHER_TICKET)
    with filled(database_url, PROJECTIONS, goes_on, other) as connection:
        first_contact = reported(connection)["first_contact"]
    assert {variant for variant in VARIANTS if not first_contact[variant][0]} == {
        "headline", "gross", "no_recontact", "customer_confirmed",
    }  # fmt: skip


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
        satisfaction = reported(connection)["satisfaction"]
    assert (satisfaction["satisfied"], satisfaction["responses"]) == ((1, 1), (1, 2))


def test_a_ticket_that_is_resolved_twice_and_rated_is_one_ticket_of_satisfaction_that_is_told_late(
    database_url: str,
) -> None:
    late = history(
        at(0, received()),
        at(60, resolved()),
        at(70, e.SatisfactionRated(score=5)),
        at(80, e.TicketReopened()),
        at(90, resolved(), recorded=90 + 8 * 24 * 60),
    )
    in_time = history(at(0, received()), at(60, resolved()), ticket=OTHER_TICKET)
    with filled(database_url, PROJECTIONS, late, in_time) as connection:
        satisfaction = reported(connection)["satisfaction"]
    assert (satisfaction["satisfied"], satisfaction["responses"]) == ((1, 1), (1, 3))
    assert satisfaction["told_late"] == (1, 2)


def test_an_instance_is_told_late_by_what_happened_before_it_ended(database_url: str) -> None:
    week = 7 * 24 * 60
    ticket = history(at(0, received()), at(5, replied()), at(60, resolved(), recorded=61 + week))
    with filled(database_url, PROJECTIONS, ticket) as connection:
        kept = {figures.target: figures.told_late for figures in compliance(connection, SCHEMA, EVERYTHING)}
    assert {target: (share.numerator, share.denominator) for target, share in kept.items()} == {
        "first_response": (0, 1),
        "resolution": (1, 1),
    }
