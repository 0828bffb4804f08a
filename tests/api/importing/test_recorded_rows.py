"""Which rows of a ticket are new, wherever they were put in, and which have changed."""

from hypothesis import given
from hypothesis import strategies as st

from api.importing.recorded_rows import diff_exports, diff_rows

prints = st.lists(st.sampled_from("abcd"), max_size=12)


def test_rows_behind_what_is_recorded_are_new() -> None:
    assert diff_rows("abc", "ab") == ["known", "known", "new"]


def test_a_row_put_in_before_a_recorded_one_is_late() -> None:
    assert diff_rows("axb", "ab") == ["known", "late", "known"]


def test_a_row_that_differs_in_its_place_has_changed() -> None:
    assert diff_rows("axc", "abc") == ["known", "changed", "known"]
    assert diff_rows("axcd", "abc") == ["known", "changed", "known", "new"]


def test_a_part_of_the_history_is_known_and_what_follows_it_is_new() -> None:
    assert diff_rows("cd", "abc") == ["known", "new"]
    assert diff_rows("bc", "abc") == ["known", "known"]


def test_rows_that_share_nothing_with_the_log_are_new_as_far_as_they_are_newer() -> None:
    assert diff_rows("de", "abc", lambda number: number == 1) == ["changed", "new"]


def test_an_export_of_whole_tickets_is_known_new_or_older() -> None:
    assert diff_exports("axy", "ab", lambda number: number == 2) == ["known", "new", "changed"]


@given(prints, prints)
def test_a_longer_file_adds_exactly_its_tail(rows: list[str], more: list[str]) -> None:
    assert diff_rows(rows + more, rows) == ["known"] * len(rows) + ["new"] * len(more)


@given(st.lists(st.tuples(st.sampled_from("abcd"), st.booleans()), max_size=12))
def test_what_was_recorded_is_found_again_however_much_was_put_in(rows: list[tuple[str, bool]]) -> None:
    recorded = [row for row, was_there in rows if was_there]
    diff = diff_rows([row for row, _ in rows], recorded)
    assert diff.count("known") == len(recorded)
    assert "changed" not in diff


@given(prints, prints)
def test_every_row_has_a_place(rows: list[str], recorded: list[str]) -> None:
    assert len(diff_rows(rows, recorded)) == len(rows)
