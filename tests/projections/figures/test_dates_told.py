"""Dates told to customers: the one told last before the resolution counts."""

from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.events import START, Fact, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import question, the_row
from tests.support.filled import add, filled
from tests.support.folded import rows_of
from tests.support.histories import logs, streams_of
from tests.support.plain_ticket import PlainTicket

READ = (TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
END = START + timedelta(days=30)


def ticket(number: int, *facts: Fact) -> list[RecordedEvent]:
    return history(at(0, received()), *facts, ticket=UUID(int=number), first_position=number * 100)


def told(minute: float, by: float) -> Fact:
    return at(minute, e.ExpectedByTold(expected_by=instant(by)))


def row_of(*facts: Fact) -> StoredTicket:
    (row,) = rows_of(StoredTicket, TICKETS, ticket(1, *facts))
    return row


def test_the_last_date_before_the_resolution_counts(database_url: str) -> None:
    kept = ticket(1, told(1, 5), told(2, 60), at(60, resolved()))
    missed = ticket(2, told(1, 60), at(61, resolved()))
    open_again = ticket(3, told(1, 60), at(30, resolved()), at(40, e.TicketReopened()))
    merged = ticket(4, told(1, 60), at(30, e.TicketMerged(into=UUID(int=1))))
    without = ticket(5, at(30, resolved()))
    with filled(database_url, READ, kept, missed, open_again, merged, without) as connection:
        row = the_row("expected-by", question(connection, START, END))
    assert (row.value, row.numerator, row.denominator) == (0.5, 1, 2)
    assert {reason: number for reason, number in row.left_out.items() if number} == {
        "merged": 1, "no_date": 1, "open_again": 1
    }  # fmt: skip


def test_a_ticket_that_is_open_again_has_the_date_told_since() -> None:
    again = row_of(told(1, 60), at(30, resolved()), at(40, e.TicketReopened()), told(50, 90))
    assert (again.expected_by, again.expected_by_kept) == (instant(90), None)
    anew = row_of(told(1, 60), at(30, resolved()), at(40, e.TicketReopened()), told(50, 90), at(91, resolved()))
    assert (anew.expected_by, anew.expected_by_kept) == (instant(90), False)


def test_a_date_that_is_told_after_the_resolution_does_not_count_for_it() -> None:
    resolved_late = row_of(told(1, 20), at(30, resolved()), told(40, 90))
    assert (resolved_late.expected_by, resolved_late.expected_by_kept) == (instant(20), False)
    assert row_of(at(30, resolved()), told(40, 90)).expected_by_kept is None


def test_a_date_that_is_told_at_the_receipt_does_not_count_for_a_resolution_before_it() -> None:
    before = row_of(told(0, 60), at(-1, resolved()))
    assert (before.expected_by, before.expected_by_kept) == (None, None)


def test_the_figure_is_what_plain_python_counts(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(60))
        @given(logs())
        def counts_the_same(log: list[RecordedEvent]) -> None:
            verdicts = [verdict for stream in streams_of(log) if (verdict := plain_verdict(stream)) is not None]
            with connection.transaction(force_rollback=True):
                add(connection, READ, *streams_of(log))
                row = the_row("expected-by", question(connection, START - timedelta(days=30), END))
            assert (row.numerator, row.denominator) == (sum(verdicts), len(verdicts))

        counts_the_same()


def plain_verdict(stream: list[RecordedEvent]) -> bool | None:
    """Whether the date was kept; None of a ticket that is not resolved or whose customer was told none."""
    plain = PlainTicket(stream)
    if plain.outcome != "resolved":
        return None
    last = plain.resolutions[-1]
    dates = [
        move.payload.expected_by
        for move in plain.moves[: plain.moves.index(last)]
        if move.payload.topic == "ticket.expected_by_told"
    ]
    return last.at <= dates[-1] if dates else None
