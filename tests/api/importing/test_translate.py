"""What the rows of one ticket come to."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.column_binding import ColumnBinding
from api.importing.rows import RowRejected
from api.importing.translate import TicketTranslation
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from tests.support.importing.histories import HEADER, kinds_of, mapping, row, told

STATES = ["New", "Assigned", "Active", "Waiting", "Vendor", "Resolved", "Closed", "Cancelled", "Frozen", ""]


def test_the_first_row_receives_the_ticket() -> None:
    ((receipt, *_),) = told(row("New", category="login", priority="high", channel="phone", customer="An", agent="linh"))
    assert isinstance(receipt.payload, e.TicketReceived)
    assert (receipt.payload.category, receipt.payload.priority, receipt.payload.channel) == ("login", "P1", "hotline")
    assert receipt.payload.external_reference == "T1"
    assert (receipt.at, receipt.actor.id, receipt.actor.kind) == (datetime(2026, 3, 2, 8, tzinfo=UTC), "linh", "import")


def test_a_receipt_of_its_own_time_and_actor_happens_before_the_row() -> None:
    received, *later = told(
        row("Active", 30, note="2026-03-02T07:00:00", customer="An", agent="linh"),
        time={"column": "time", "received": "note"},
        received={"actor": "customer"},
    )[0]
    assert (received.at.hour, received.actor.id) == (7, "An")
    assert {(fact.at.minute, fact.actor.id) for fact in later} == {(30, "linh")}


def test_a_first_row_that_is_further_along_tells_all_that_must_have_happened() -> None:
    assert kinds_of(told(row("Resolved", team="A", agent="linh"))[0]) == ["received", "assigned", "resolved"]
    assert kinds_of(told(row("Vendor"))[0]) == ["received", "put_on_hold"]
    assert kinds_of(told(row("Closed"))[0]) == ["received", "closed"]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("New", "Active", ["work_started"]),
        ("New", "Closed", ["closed"]),
        ("Active", "Waiting", ["put_on_hold"]),
        ("Waiting", "Vendor", ["put_on_hold"]),
        ("Waiting", "Active", ["work_resumed"]),
        ("Waiting", "New", ["work_stopped"]),
        ("Active", "New", ["work_stopped"]),
        ("Active", "Resolved", ["resolved"]),
        ("Resolved", "Closed", ["closed"]),
        ("Closed", "Resolved", ["resolved"]),
        ("Resolved", "Active", ["reopened", "work_started"]),
        ("Closed", "Waiting", ["reopened", "put_on_hold"]),
        ("Closed", "New", ["reopened"]),
        ("Resolved", "Frozen", ["details_changed"]),
        ("Active", "Frozen", ["details_changed"]),
        ("Active", "Active", ["details_changed"]),
        ("Active", "Cancelled", ["cancelled"]),
        ("Cancelled", "Active", ["reopened", "work_started"]),
    ],
)
def test_a_change_of_state_is_told_by_these_events(before: str, after: str, expected: list[str]) -> None:
    assert kinds_of(told(row(before), row(after, 1))[1]) == expected


def test_an_unknown_state_is_kept_as_it_was_written_and_changes_nothing_else() -> None:
    _, frozen, active = told(row("Active"), row("Frozen", 1), row("Active", 2))
    assert frozen[0].payload == e.TicketDetailsChanged(changes={"status": e.Change(old="Active", new="Frozen")})
    assert active[0].payload == e.TicketDetailsChanged(changes={"status": e.Change(old="Frozen", new="Active")})


def test_a_reopening_comes_before_the_new_holder_and_the_new_state() -> None:
    _, again = told(row("Resolved", team="A"), row("Active", 1, team="B"))
    assert kinds_of(again) == ["reopened", "assigned", "work_started"]
    assert [fact.reason for fact in again] == ["Active", None, "Active"]


def test_a_hold_says_in_the_words_of_the_source_what_was_waited_for() -> None:
    _, (hold,) = told(row("Active"), row("Vendor", 1))
    assert hold.payload == e.TicketPutOnHold(waiting_for="third_party")
    assert hold.reason == "Vendor"


def test_an_emptied_team_is_a_change_of_team_where_blank_means_nobody() -> None:
    _, (emptied,) = told(row("Active", team="A"), row("Active", 1))
    assert emptied.payload == e.TicketAssigned(team=None, agent=None)


def test_an_empty_cell_changes_nobody_where_blank_means_unchanged() -> None:
    blank = {"agent": "agent", "blank": "unchanged"}
    _, touched, closed = told(row("Active", agent="linh"), row("Active", 1), row("Closed", 2), assignment=blank)
    assert kinds_of(touched) == ["details_changed"]
    assert kinds_of(closed) == ["closed"]


def test_category_and_priority_have_events_of_their_own() -> None:
    _, changed = told(row("New", category="login", priority="low"), row("New", 1, category="refund", priority="high"))
    assert [fact.payload for fact in changed] == [
        e.TicketCategorised(category="refund"),
        e.TicketPrioritised(priority="P1"),
    ]


def test_an_unknown_priority_or_channel_is_kept_as_it_was_written() -> None:
    ((receipt, *_),) = told(row("New", priority="sehr hoch", channel="Fax"))
    assert isinstance(receipt.payload, e.TicketReceived)
    assert (receipt.payload.priority, receipt.payload.channel) == ("sehr hoch", "Fax")


def test_columns_that_are_named_nowhere_are_kept_with_their_old_and_new_values() -> None:
    first, second = told(row("New", note="a"), row("Active", 1, note="b"))
    assert first[-1].payload == e.TicketDetailsChanged(changes={"note": e.Change(old=None, new="a")})
    assert second[-1].payload == e.TicketDetailsChanged(changes={"note": e.Change(old="a", new="b")})


def test_columns_of_truth_are_never_read() -> None:
    assert kinds_of(told(row("New", note="a"), row("Active", 1, note="b"), truth=["note"])[1]) == ["work_started"]


def test_a_row_that_changes_nothing_still_tells_that_it_was_there() -> None:
    _, (touched,) = told(row("New", agent="linh"), row("New", 5, agent="linh"))
    assert touched.payload == e.TicketDetailsChanged(changes={})
    assert touched.at.minute == 5


def test_tickets_without_a_customer_have_each_their_own() -> None:
    binding = ColumnBinding(mapping(), HEADER)
    first, second = (
        TicketTranslation(binding, ticket).new_customer(binding.values(row("New", ticket=ticket)))
        for ticket in ("T1", "T2")
    )
    assert first is not None
    assert second is not None
    assert first.stream != second.stream
    assert first.reference is None


@pytest.mark.parametrize("time", ["", "yesterday", "02/03/2026", "9999-12-31T23:00:00-14:00"])
def test_a_row_whose_time_cannot_be_read_is_unfit_and_leaves_no_trace(time: str) -> None:
    binding = ColumnBinding(mapping(), HEADER)
    history = TicketTranslation(binding, "T1")
    history.take(binding.values(row("New")))
    with pytest.raises(RowRejected, match="time"):
        history.take(binding.values(row("Resolved", time=time)))
    assert kinds_of(history.take(binding.values(row("Active", 2)))) == ["work_started"]


@pytest.mark.parametrize("name", ["x" * 201, "two\nlines", "a\x1eb"])
def test_a_name_too_long_or_too_strange_to_be_one_is_unfit(name: str) -> None:
    with pytest.raises(RowRejected, match="name in agent"):
        told(row("New", agent=name))


@given(
    st.lists(
        st.tuples(st.sampled_from(STATES), st.sampled_from(["", "A", "B"]), st.sampled_from(["", "x"])), min_size=1
    )
)
def test_every_row_tells_something_and_the_state_written_last_is_the_state(rows: list[tuple[str, str, str]]) -> None:
    facts = told(*(row(state, n % 900, team=team, note=note) for n, (state, team, note) in enumerate(rows)))
    assert all(facts)
    ticket = Ticket()
    known = ""
    for (state, team, _), of_row in zip(rows, facts, strict=True):
        for fact in of_row:
            ticket = evolve(ticket, fact.payload, fact.at)
        assert ticket.team == (team or None)
        known = state if state not in {"Frozen", ""} else known
        queued = "assigned" if team else "received"
        assert ticket.state == {
            "": queued,
            "New": queued,
            "Assigned": queued,
            "Active": "in_progress",
            "Waiting": "waiting",
            "Vendor": "waiting",
        }.get(known, known.casefold())
        assert ticket.waiting_for == {"Waiting": "customer", "Vendor": "third_party"}.get(known)


@given(st.lists(st.sampled_from(STATES), min_size=1))
def test_reopenings_are_the_rows_that_leave_an_end(states: list[str]) -> None:
    facts = told(*(row(state, n % 900) for n, state in enumerate(states)))
    expected, ended = 0, False
    for state in states:
        ends = state in {"Resolved", "Closed", "Cancelled"}
        says_nothing = state in {"Frozen", ""}
        expected += ended and not ends and not says_nothing
        ended = ended if says_nothing else ends
    assert sum(isinstance(fact.payload, e.TicketReopened) for of_row in facts for fact in of_row) == expected
