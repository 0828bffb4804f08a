"""A draft of a mapping for a file that nobody has described is loadable, and says what it does not know."""

import tomllib
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.importing.draft_lines import MARK
from api.importing.guess import draft
from api.importing.guess_times import guess_times, is_hour
from api.importing.mapping import SHIPPED, ImportMapping
from tests.support.importing.sample_files import lines_of, read, sample

NAMES = sorted(path.stem for path in SHIPPED.glob("*.toml"))


def written(header: list[str], *rows: list[str]) -> tuple[dict[str, Any], str]:
    text = draft(header, rows, "desk", "UTC")
    return tomllib.loads(text), text


@pytest.mark.parametrize("name", NAMES)
def test_the_draft_of_each_sample_reads_it_whole_with_few_doubts(name: str) -> None:
    header, rows = read(sample(name))
    text = draft(header, rows, name.replace("_", "-"), "UTC")
    mapping = ImportMapping.model_validate(tomllib.loads(text))
    lines = lines_of(sample(name), mapping)
    assert [line.reason for line in lines if line.status == "rejected"] == []
    assert [line.unknown_state for line in lines if line.unknown_state] == []
    assert text.count(MARK) <= 4


@pytest.mark.parametrize("name", [name for name in NAMES if name not in {"plain", "servicenow"}])
def test_the_draft_of_each_sample_names_the_columns_that_the_shipped_mapping_names(name: str) -> None:
    header, rows = read(sample(name))
    mapping = ImportMapping.model_validate(tomllib.loads(draft(header, rows, name.replace("_", "-"), "UTC")))
    shipped = tomllib.loads((SHIPPED / f"{name}.toml").read_text(encoding="utf-8"))
    assert mapping.ticket == shipped["ticket"]
    assert mapping.customer == shipped["customer"]
    assert mapping.state
    assert mapping.state.column == shipped["state"]["column"]
    assert mapping.time.created
    assert {mapping.time.created.column[0][0]} <= {*header}
    assert mapping.priority.column == shipped["priority"]["column"]


TICKET = ["1", "2026-03-02", "2026-03-03", "Solved"]


@pytest.mark.parametrize(
    ("header", "rows"),
    [
        (["Ticket ID", "Created at", "Solved at", "Status"], [TICKET, TICKET]),
        (["Ticket ID", "Created at", "Solved at", "Status"], [TICKET, [*TICKET[:3], "Closed"]]),
        (["Ticket ID", "Created at", "Updated at", "Status"], [TICKET, TICKET, ["2", *TICKET[1:]]]),
    ],
)
def test_a_row_that_stands_twice_makes_no_log_of_changes(header: list[str], rows: list[list[str]]) -> None:
    toml, _ = written(header, *rows)
    assert "created" in toml["time"]


def test_rows_of_one_ticket_with_times_of_their_own_are_a_log_of_changes() -> None:
    toml, _ = written(
        ["Ticket ID", "Created at", "Updated at", "Status"], TICKET, [*TICKET[:2], "2026-03-04", "Closed"]
    )
    assert "column" in toml["time"]


def test_a_log_of_changes_that_has_columns_for_the_end_says_which_ticket_repeats() -> None:
    header = ["Ticket ID", "Created at", "Solved at", "Updated at", "Status"]
    _, text = written(header, [*TICKET[:3], "2026-03-04", "Open"], [*TICKET[:3], "2026-03-05", "Closed"])
    assert f'{MARK} No key names these columns of times; their values are kept as details: "Solved at"' in text
    assert '# Several rows name the ticket "1", so that each is read as a change.' in text


def test_a_date_that_fits_both_orders_is_marked_and_another_column_may_tell() -> None:
    toml, text = written(["id", "created", "status"], ["1", "02/03/2026", "New"])
    assert toml["time"]["created"]["format"] == ["%d/%m/%Y"]
    assert "day first or month first" in text
    toml, text = written(["id", "created", "closed", "status"], ["1", "02/03/2026", "03/13/2026", "New"])
    assert toml["time"]["created"]["format"] == ["%m/%d/%Y"]
    assert "day first" not in text


def test_a_word_that_nobody_knows_is_marked_and_says_nothing_of_the_state() -> None:
    toml, text = written(["id", "created", "status"], ["1", "2026-03-02", "Limbo"])
    assert toml["state"]["values"] == {"Limbo": "unchanged"}
    assert f'"Limbo" = "unchanged"  {MARK}' in text


def test_a_file_with_several_rows_of_a_ticket_is_one_row_a_change() -> None:
    toml, _ = written(["id", "time", "status"], ["1", "2026-03-02 08:00", "New"], ["1", "2026-03-02 09:00", "Closed"])
    assert "column" in toml["time"]
    assert "created" not in toml["time"]


def test_columns_with_strange_names_are_found_by_what_they_hold() -> None:
    toml, text = written(
        ["a", "b", "c"],
        ["x1", "2026-03-02 08:00", "New"],
        ["x2", "2026-03-03 08:00", "Closed"],
        ["x3", "2026-03-04", "New"],
    )
    assert (toml["ticket"], toml["time"]["created"]["column"], toml["state"]["column"]) == ("a", "b", "c")
    assert text.count("no column has a name that is known") == 2


def test_a_day_and_an_hour_in_two_columns_are_joined() -> None:
    toml, _ = written(["Mã phiếu", "Ngày", "Giờ", "Trạng thái"], ["1", "13/03/2026", "08:00", "Mới"])
    assert toml["time"]["created"] == {"column": [["Ngày", "Giờ"]], "format": ["%d/%m/%Y", "%d/%m/%Y %H:%M"]}


@pytest.mark.parametrize(
    ("texts", "formats", "language"),
    [
        (["13/ago/26 1:30 PM"], ("%d/%b/%y %I:%M %p",), "es"),
        (["02/03/2026 8:10:00 SA", "02/03/2026 2:30:00 CH"], ("%d/%m/%Y %I:%M:%S %p",), "vi"),
        (["2 мар 2026 08:00"], ("%d %b %Y %H:%M",), "ru"),
        (["1772413200"], ("epoch",), None),
        (["13/03/2026", "2026-03-02T08:00Z"], ("iso", "%d/%m/%Y"), None),
    ],
)
def test_formats_and_language_are_found_by_trying(
    texts: list[str], formats: tuple[str, ...], language: str | None
) -> None:
    guess = guess_times(texts)
    assert guess is not None
    assert (set(guess.formats), guess.language) == (set(formats), language)


@pytest.mark.parametrize("texts", [["hello"], ["1.50", "0.00"], ["2 553"], ["20260302"], ["SUP-1"], ["4 d 2 h"], []])
def test_what_is_no_time_is_not_taken_for_one(texts: list[str]) -> None:
    assert guess_times(texts) is None


def test_an_hour_alone_is_no_date() -> None:
    assert is_hour(["08:00", "9:30:00 SA"])
    assert not is_hour(["08:00", "2026-03-02"])


@given(
    st.lists(st.dates(date(2000, 1, 1), date(2050, 1, 1)), min_size=1),
    st.sampled_from(["%d/%m/%Y", "%m/%d/%Y", "%d.%m.%Y"]),
)
def test_a_guess_reads_every_date_as_it_was_unless_it_says_that_it_may_not(days: list[date], form: str) -> None:
    guess = guess_times([day.strftime(form) for day in days])
    assert guess is not None
    if not guess.ambiguous:
        assert guess.formats == (form,)


@given(
    st.lists(st.text(max_size=12), min_size=1, max_size=5, unique=True),
    st.lists(st.lists(st.text(max_size=12), min_size=5, max_size=5), max_size=4),
)
def test_every_draft_is_toml(header: list[str], rows: list[list[str]]) -> None:
    tomllib.loads(draft(header, [row[: len(header)] for row in rows], "desk", "UTC"))


def test_numbers_of_tickets_that_look_like_seconds_since_1970_are_numbers_of_tickets() -> None:
    rows = [[str(1_000_000_123 + n), "2026-03-02 08:00", state] for n, state in enumerate(["Neu", "Offen", "Gelöst"])]
    toml, _ = written(["Vorgangsnummer", "Erstellt am", "Status"], *rows)
    assert toml["ticket"] == "Vorgangsnummer"


def test_a_column_that_plays_another_role_does_not_name_the_ticket() -> None:
    toml, text = written(["Status", "Datum", "x"], ["Neu", "13.03.2026", "a"], ["Offen", "14.03.2026", "b"])
    assert toml["ticket"] == "x"
    assert MARK in text


@pytest.mark.parametrize(
    ("day", "hour", "form"),
    [("13/03/2026", "8h05", "%d/%m/%Y %Hh%M"), ("13.03.2026", "08:05 Uhr", "%d.%m.%Y %H:%M Uhr")],
)
def test_the_hour_is_joined_in_the_format_that_it_has(day: str, hour: str, form: str) -> None:
    toml, _ = written(["id", "date", "time of day", "status"], ["1", day, hour, "New"])
    assert toml["time"]["created"]["format"][-1] == form


def test_a_column_of_times_in_no_usual_format_is_named_and_marked() -> None:
    toml, text = written(["id", "Created", "status"], ["1", "day 17 of month 3", "New"])
    assert toml["time"]["created"] == "Created"
    assert f'"Created"  {MARK} it holds times in no usual format' in text


def test_french_times_are_read() -> None:
    toml, _ = written(["N°", "Ouvert le", "Statut"], ["1", "13/03/2026 à 08h05", "Nouveau"])
    assert toml["time"]["created"] == {"column": "Ouvert le", "format": ["%d/%m/%Y à %Hh%M"]}


def test_an_impossible_date_is_counted_and_shown_and_does_not_hide_the_format_of_the_others() -> None:
    days = ["13/02/2026", "31/02/2026", "01/03/2026", "17/03/2026", "31/02/2026"]
    toml, text = written(["id", "Created", "status"], *([str(n), day, "New"] for n, day in enumerate(days)))
    assert toml["time"]["created"] == {"column": "Created", "format": ["%d/%m/%Y"]}
    assert f'{MARK} no format reads 2 of 5 cells, such as "31/02/2026"' in text


def test_a_word_among_times_is_counted_and_shown() -> None:
    days = ["unknown", "13/02/2026", "28/02/2026", "01/03/2026"]
    toml, text = written(["id", "Created", "status"], *([str(n), day, "New"] for n, day in enumerate(days)))
    assert toml["time"]["created"]["format"] == ["%d/%m/%Y"]
    assert f'{MARK} no format reads 1 of 4 cells, such as "unknown"' in text


def test_a_column_with_two_of_five_cells_that_are_no_times_holds_no_times() -> None:
    assert guess_times(["13/02/2026", "28/02/2026", "01/03/2026", "31/02/2026", "30/02/2026"]) is None


def test_a_column_of_times_with_a_longer_name_is_read_by_the_known_words_in_it_and_marked() -> None:
    toml, text = written(
        ["id", "Ticket Created Time", "First agent reply date", "statistics.last_close_at", "status"],
        ["1", "2026-03-02 08:00", "2026-03-02 08:10", "2026-03-03 08:00", "Closed"],
    )
    read = {key: toml["time"][key]["column"] for key in ("created", "first_reply", "closed")}
    assert read == {
        "created": "Ticket Created Time", "first_reply": "First agent reply date", "closed": "statistics.last_close_at",
    }  # fmt: skip
    assert text.count(f"{MARK} read as ") == 2


def test_the_owner_of_a_ticket_is_its_agent_and_names_no_ticket() -> None:
    toml, _ = written(["Ticket Owner", "id", "created", "status"], ["Linh", "1", "2026-03-02", "New"])
    assert (toml["ticket"], toml["assignment"]) == ("id", {"agent": "Ticket Owner"})


def test_a_part_of_a_name_shows_no_column_of_states_whose_words_are_no_states() -> None:
    toml, _ = written(["id", "created", "Home state"], ["1", "2026-03-02", "Texas"])
    assert "state" not in toml


def test_times_that_no_key_names_are_marked() -> None:
    _, text = written(["id", "created", "Birth", "x"], ["1", "2026-03-02 08:00", "1990-02-03 00:00", "y"])
    assert f'{MARK} No key names these columns of times; their values are kept as details: "Birth"' in text
    assert '\n# No key names these columns; their values are kept as details: "x"' in text


def test_the_time_of_the_last_change_is_marked_where_no_column_holds_the_end() -> None:
    _, text = written(["id", "created", "updated", "status"], ["1", "2026-03-02 08:00", "2026-03-03 08:00", "Closed"])
    assert f"{MARK} it dates what ended: no column holds times of that" in text


def test_cells_that_only_say_that_there_is_nothing_are_missing() -> None:
    toml, _ = written(
        ["id", "created", "closed", "status", "agent", "priority"],
        ["1", "2026-03-02 08:00", "-", "Unassigned", "Not assigned", "None"],
        ["2", "2026-03-02 09:00", "2026-03-03 09:00", "Closed", "Linh", "High"],
    )
    assert toml["missing"] == ["", "-", "None", "Not assigned"]
    assert toml["time"]["closed"] == {"column": "closed", "format": ["iso"]}
    assert toml["priority"]["values"] == {"High": "P2"}
    assert "Unassigned" in toml["state"]["values"]
