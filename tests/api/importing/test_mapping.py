"""A mapping that is wrong says which key and what to write instead."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from api.importing.mapping import SHIPPED, MappingError, read_mapping
from api.importing.sections import State
from api.importing.times import Time, TimeReader
from tests.support.mapping_texts import GOOD, refused


def state_of(path: Path) -> State:
    state = read_mapping(path).state
    assert state is not None
    return state


def test_a_small_mapping_is_enough(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert state_of(path).kind("new") == "received"


@pytest.mark.parametrize("name", [path.stem for path in SHIPPED.glob("*.toml")])
def test_a_mapping_that_ships_is_found_by_its_name(name: str) -> None:
    assert read_mapping(Path(name)).source == name


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('ticket = "id"', "", "`ticket` is missing: add it"),
        ('ticket = "id"', 'tikcet = "id"', "`tikcet` is no key of a mapping"),
        ('New = "received"', 'New = "opened"', "`state.values.New` is 'opened': write one of received, assigned"),
        ('source = "desk"', 'source = "Our Desk"', "`source` is 'Our Desk'"),
        ('column = "at"', 'column = "at"\nzone = "Saigon"', "`time.zone` is 'Saigon': no IANA time zone has this name"),
        (
            'ticket = "id"',
            'ticket = "id"\ntruth = ["status"]',
            "`state.column` reads the column 'status', which `truth`",
        ),
        ('column = "at"', 'column = "at"\nformat = "%Q"', "`time.format` is '%Q'"),
        (
            'column = "at"',
            'column = "at"\nformat = "DD/MM/YYYY"',
            "`time.format` is 'DD/MM/YYYY': it has no whole date",
        ),
        ('column = "at"', 'column = "at"\nformat = "%H:%M"', "it has no whole date"),
        ('column = "at"', 'column = "at"\nformat = "%d/%m %H:%M"', "it has no whole date"),
        ('column = "at"', 'column = "at"\nformat = "%d/%m/%Y %I:%M"', "%I without %p"),
        ('column = "at"', 'column = "at"\nformat = "%d/%m/%Y %H:%M %Z"', "%Z is read and not used"),
        (
            'New = "received"',
            'New = "received"\n" NEW" = "closed"',
            "`state.values`: 'New' and ' NEW' are the same word",
        ),
        ("[time]", "[time", "cannot be read as TOML"),
        ('New = "received"', 'Mới = "received"', "(at line 9, column 2). A name with blanks"),
    ],
)
def test_a_mistake_is_named_with_its_key_and_its_fix(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert says in refused(tmp_path, GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    "form", ["%d/%m/%Y", "%d.%m.%y %I:%M %p", "%Y-%j", "%c", "%Y-%m-%dT%H:%M:%S.%f%z", "%G-W%V-%u"]
)
def test_a_format_that_says_the_date_is_taken(form: str) -> None:
    assert Time.model_validate({"column": "at", "format": form}).format == [form]


def test_the_same_word_twice_with_one_meaning_is_one_word(tmp_path: Path) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(f'{GOOD}" new " = "received"\n', encoding="utf-8")
    assert state_of(path).values == {"new": "received"}


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_a_state_is_known_however_its_accents_are_encoded(tmp_path: Path, form: Literal["NFC", "NFD"]) -> None:
    path = tmp_path / "mapping.toml"
    path.write_text(f'{GOOD}"Đã giải quyết" = "resolved"\n', encoding="utf-8")
    assert state_of(path).kind(normalize(form, "ĐÃ GIẢI QUYẾT")) == "resolved"


def test_a_mapping_that_is_not_there_names_those_that_ship() -> None:
    with pytest.raises(MappingError, match="plain, redmine, servicenow"):
        read_mapping(Path("elsewhere"))


@pytest.mark.parametrize(
    ("written", "form", "zone", "utc"),
    [
        ("2026-03-02T08:00:00+07:00", "iso", "UTC", (2026, 3, 2, 1)),
        ("2026-03-02 08:00", "iso", "Asia/Ho_Chi_Minh", (2026, 3, 2, 1)),
        ("2/3/2026 08:00", "%d/%m/%Y %H:%M", "Asia/Ho_Chi_Minh", (2026, 3, 2, 1)),
        ("1772413200", "epoch", "Asia/Ho_Chi_Minh", (2026, 3, 2, 1)),
        ("1772413200000", "epoch_ms", "UTC", (2026, 3, 2, 1)),
        ("46083.3333333333", "excel", "Asia/Ho_Chi_Minh", (2026, 3, 2, 1)),
        ("46083", "excel", "UTC", (2026, 3, 2)),
        ("2026-03-29 02:30", "iso", "Europe/Berlin", (2026, 3, 29, 1, 30)),  # does not exist: moves forward by the gap
        ("2026-10-25 02:30", "iso", "Europe/Berlin", (2026, 10, 25, 0, 30)),  # exists twice: the first
    ],
)
def test_a_time_is_read_in_its_format_and_zone(written: str, form: str, zone: str, utc: tuple[int, ...]) -> None:
    reader = TimeReader([form], None, zone)
    assert reader.read(written).first == datetime(*utc, tzinfo=UTC)  # type: ignore[misc, arg-type]  # year to minute
