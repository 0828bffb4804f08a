"""Order by version and order by time agree: what ends a state does not precede it, in imports as in commands."""

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from api.importing.imported_state import OVERWRITES
from domain.ticket import events as e
from domain.ticket.timeline import life_of, rule_states
from tests.support.importing.histories import MAPPED, kinds_of, lines_of, row, told


def test_a_reopening_that_is_written_before_the_resolution_happens_at_the_resolution() -> None:
    (*_, line), log = lines_of(row("New"), row("Resolved", 120), row("New", 119))
    reopened = line.events[-1]
    assert isinstance(reopened.payload, e.TicketReopened)
    assert reopened.at == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert line.back_in_time
    assert life_of(log.events)[-1].after.is_open


def test_the_time_that_a_moved_row_wrote_is_kept() -> None:
    (*_, line), _ = lines_of(row("New"), row("Resolved", 120), row("New", 119))
    assert kinds_of(line.events) == ["details_changed", "reopened"]
    assert line.events[0].at == datetime(2026, 3, 2, 9, 59, tzinfo=UTC)


def test_in_the_repeated_hour_the_order_of_the_file_chooses_the_second_reading() -> None:
    berlin = {"column": "time", "format": "%Y-%m-%d %H:%M", "zone": "Europe/Berlin"}
    times = ["2025-10-26 01:00", "2025-10-26 02:50", "2025-10-26 02:10", "2025-10-27 05:00"]
    states = ["New", "Waiting", "Active", "Resolved"]
    lines, _ = lines_of(*(row(state, time=time) for state, time in zip(states, times, strict=True)), time=berlin)
    assert [line.events[-1].at.strftime("%d %H:%M") for line in lines] == [
        "25 23:00",
        "26 00:50",
        "26 01:10",
        "27 04:00",
    ]
    assert not any(line.back_in_time for line in lines)


def test_a_first_row_that_tells_nothing_but_the_receipt_keeps_its_own_time() -> None:
    ((receipt, details),) = told(
        row("New", 30, note="2026-03-02T07:00:00"), time={"column": "time", "received": "note"}
    )
    assert (receipt.at.hour, details.at) == (7, datetime(2026, 3, 2, 8, 30, tzinfo=UTC))
    assert details.payload == e.TicketDetailsChanged(changes={})


def test_a_word_that_says_nothing_of_the_state_leaves_a_resolved_ticket_resolved() -> None:
    state = {"column": "status", "values": {"Resolved": "resolved", "Comment added": "unchanged"}}
    lines, log = lines_of(row("Resolved"), row("Comment added", 1), state=state)
    assert kinds_of(lines[1].events) == ["details_changed"]
    assert lines[1].unknown_state is None
    assert life_of(log.events)[-1].after.state == "resolved"


def test_a_ticket_goes_back_to_the_queue_and_the_backlog_says_so() -> None:
    _, log = lines_of(row("New"), row("Active", 1, agent="an"), row("Assigned", 2, agent="an"))
    assert life_of(log.events)[-1].after.state == "assigned"
    _, log = lines_of(row("New"), row("Active", 1), row("New", 2))
    assert life_of(log.events)[-1].after.state == "received"


def test_two_columns_say_the_state_together_and_the_first_alone_where_no_pair_is_named() -> None:
    state = {
        "columns": ["status", "note"],
        "values": {"Active": "in_progress", "Active / vendor": "waiting:third_party"},
    }
    lines, _ = lines_of(row("Active", note="an"), row("Active", 1, note="vendor"), state=state)
    assert [kinds_of(line.events)[-1] for line in lines] == ["work_started", "put_on_hold"]
    assert lines[1].events[0].reason == "Active / vendor"


def test_a_word_may_mean_another_state_while_no_agent_holds_the_ticket() -> None:
    state = {"column": "status", "values": {"Active": "in_progress"}, "unheld": {"Active": "assigned"}}
    lines, log = lines_of(row("Active", team="A"), row("Active", 1, team="A", agent="an"), state=state)
    assert [kinds_of(line.events)[-1] for line in lines] == ["assigned", "work_started"]
    assert life_of(log.events)[-1].after.state == "in_progress"


_ROWS = st.lists(
    st.tuples(st.sampled_from([*MAPPED, "Frozen"]), st.integers(0, 50), st.sampled_from(["", "an", "binh"])), min_size=1
)


@given(_ROWS)
def test_in_whatever_order_times_are_written_the_rules_and_the_world_agree(rows: list[tuple[str, int, str]]) -> None:
    _, log = lines_of(*(row(state, minute, agent=agent) for state, minute, agent in rows))
    assert life_of(log.events)[-1].after == rule_states(log.events)[-1]
    times = [event.envelope.occurred_at for event in log.events if type(event.payload) in OVERWRITES]
    assert times == sorted(times)
