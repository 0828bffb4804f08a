"""A file that holds the newest rows of a ticket alone adds them, and what it shares with the log is quiet."""

from hypothesis import given
from hypothesis import strategies as st

from tests.support.importing.histories import MAPPED, lines_of, row

FIRST = [row("New"), row("Active", 10, agent="an"), row("Waiting", 20, agent="an")]


def test_rows_behind_the_newest_recorded_one_are_new_without_any_before_them() -> None:
    _, log = lines_of(*FIRST)
    lines, after = lines_of(row("Resolved", 30, agent="an"), log=log)
    assert [line.status for line in lines] == ["new"]
    assert [fact.payload.topic for fact in lines[0].events] == ["ticket.resolved"]
    assert len(after.events) == len(log.events) + 1


def test_an_overlap_is_quiet() -> None:
    _, log = lines_of(*FIRST)
    lines, _ = lines_of(FIRST[2], row("Resolved", 30, agent="an"), log=log)
    assert [line.status for line in lines] == ["known", "new"]


def test_what_stands_where_another_row_is_recorded_is_rejected() -> None:
    _, log = lines_of(*FIRST)
    lines, _ = lines_of(row("Active", 10, agent="binh"), FIRST[2], row("Resolved", 30), log=log)
    assert [line.status for line in lines] == ["rejected", "known", "new"]


def test_a_row_that_shares_nothing_and_is_not_newer_is_rejected() -> None:
    _, log = lines_of(*FIRST)
    lines, _ = lines_of(row("Resolved", 15), log=log)
    assert [line.status for line in lines] == ["rejected"]


_ROWS = st.lists(
    st.tuples(
        st.sampled_from([*MAPPED, "Frozen", ""]), st.sampled_from(["", "an", "binh"]), st.sampled_from(["", "x"])
    ),
    min_size=1,
    max_size=12,
)


@given(_ROWS, st.integers(0, 12), st.integers(0, 3))
def test_a_history_in_pieces_is_the_history_as_a_whole(
    rows: list[tuple[str, str, str]], cut: int, overlap: int
) -> None:
    written = [row(state, minute, agent=agent, note=note) for minute, (state, agent, note) in enumerate(rows)]
    _, whole = lines_of(*written)
    _, first = lines_of(*written[:cut])
    lines, both = lines_of(*written[max(0, cut - overlap) :], log=first)
    assert both == whole
    assert {line.status for line in lines} <= {"known", "new"}


def test_a_row_that_came_in_late_says_nothing_of_the_present() -> None:
    rows = [row("New"), row("Active", 10), row("Resolved", 20)]
    _, log = lines_of(rows[0], rows[2])
    lines, log = lines_of(*rows, log=log)
    assert [line.status for line in lines] == ["known", "late", "known"]
    assert lines_of(*rows, log=log)[1] == log
    lines, _ = lines_of(row("Resolved", 30, note="x"), log=log)
    assert [fact.payload.topic for fact in lines[0].events] == ["ticket.details_changed"]
