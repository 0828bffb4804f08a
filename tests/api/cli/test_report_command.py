"""`report`: figures for people and programs, now and at another instant."""

import re
from typing import NamedTuple

import pytest

from api.cli.table_lines import lines_under_tables
from tests.support.command_line import Run


@pytest.fixture
def database_url(shared_imported_url: str) -> str:
    """One for all tests of this module, which record nothing."""
    return shared_imported_url


@pytest.mark.parametrize("which", ["backlog", "sla", "first-contact", "figures", "workload"])
def test_every_report_answers_people_and_programs(imported: Run, which: str) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-03")
    assert imported("report", which, *days).code == 0
    answer = imported("report", which, *days, "--by", "team", "--every", "day", "--as-of", "2026-03-03", "--json")
    assert answer.code == 0
    assert all(isinstance(rows, list) for rows in answer.json.values())


def test_a_report_says_under_its_table_whom_it_leaves_out_and_what_is_unknown(imported: Run) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-31")
    for_people = imported("report", "first-contact", *days, "--language", "en").out
    assert "Left out: none." in for_people
    assert "Unknown: 1, imported without messages" in for_people
    assert "left out" not in for_people
    (figures,) = imported("report", "first-contact", *days, "--json").json["First contact resolution"]
    assert (figures["unknown"], figures["left_out"]) == (1, {"merged": 0, "duplicate": 0, "spam": 0, "cancelled": 0})
    assert "Left out" not in imported("report", "backlog", *days, "--language", "en").out


def test_a_report_in_vietnamese_has_local_times_and_no_english_words(imported: Run) -> None:
    days = ("--from", "2026-03-01", "--to", "2026-03-03", "--every", "day", "--language", "vi")
    backlog = imported("report", "backlog", *days).out
    assert [word in backlog for word in ("khớp", " có ", "holds", "yes", "T17:00:00Z", "00:00")] == [
        True, True, False, False, False, False
    ]  # fmt: skip
    assert re.search(r"\n\W*01/03/2026 \W 01/03/2026 ", backlog)
    sla = imported("report", "sla", *days).out
    assert [word in sla for word in ("phản hồi đầu tiên", "first_response")] == [True, False]


def test_left_out_tickets_of_all_groups_are_told_together_by_their_reasons() -> None:
    class Group(NamedTuple):
        left_out: dict[str, int]

    groups = [Group({"merged": 1, "duplicate": 0, "open_again": 2}), Group({"merged": 2, "duplicate": 0})]
    assert lines_under_tables(groups) == ["Left out: 3 merged into another ticket, 2 open again."]
    assert lines_under_tables([]) == []


def test_a_report_as_of_an_instant_whose_rows_tell_when_folds_nothing(
    imported: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fold(*_: object, **__: object) -> None:
        pytest.fail("the log is folded")

    monkeypatch.setattr("projections.point_in_time.readings.fold_temporarily", fold)
    for which in ("backlog", "workload"):
        assert imported("report", which, "--as-of", "2026-03-02T08:20:00").code == 0
    with pytest.raises(pytest.fail.Exception):
        imported("report", "sla", "--as-of", "2026-03-02T08:20:00")


def test_the_backlog_as_of_an_instant_holds_what_was_open_then(imported: Run) -> None:
    def open_at(instant: str) -> int:
        return sum(
            group["tickets"]
            for group in imported("report", "backlog", "--as-of", instant, "--zone", "UTC", "--json").json["Backlog"]
        )

    assert open_at("2026-03-02T08:05:00") == 1
    assert open_at("2026-03-02T08:20:00") == 2
    assert open_at("2026-03-02T09:00:00") == 1
    assert open_at("2026-03-01") == open_at("2026-03-02T00:00:00") == 0
    assert open_at("2026-03-02") == open_at("2026-03-02T23:59:59") == 1


def test_what_was_recorded_later_was_not_known_before(imported: Run) -> None:
    answer = imported("report", "workload", "--known-at", "2026-03-02", "--json")
    assert answer.json == {"Workload": []}
