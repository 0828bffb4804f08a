"""Times are read in the formats and languages of the country that wrote them."""

from datetime import UTC, datetime

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.importing.column_binding import ColumnBinding
from api.importing.month_names import MONTHS, in_english
from api.importing.rows import RowRejected
from api.importing.times import Time, TimeReader
from tests.support.importing.histories import mapping

LANGUAGES = ("de", "en", "es", "fr", "it", "pl", "pt", "pt_BR", "ru", "vi")


@pytest.mark.parametrize(
    ("language", "written", "form", "hour"),
    [
        ("vi", "02/03/2026 8:05:00 SA", "%d/%m/%Y %I:%M:%S %p", 8),
        ("vi", "02/03/2026 8:05:00 CH", "%d/%m/%Y %I:%M:%S %p", 20),
        ("vi", "2 thg 3, 2026 08:05", "%d %b, %Y %H:%M", 8),
        ("vi", "2 tháng 3, 2026 08:05", "%d %B, %Y %H:%M", 8),
        ("es", "02/mar/26 8:05 AM", "%d/%b/%y %I:%M %p", 8),
        ("es", "02/mar./26 8:05 p.\u00a0m.", "%d/%b/%y %I:%M %p", 20),
        ("pt", "2 de mar. de 2026 08:05", "%d de %b de %Y %H:%M", 8),
        ("ru", "02/мар/26 08:05", "%d/%b/%y %H:%M", 8),
        ("ru", "2 марта 2026 08:05", "%d %B %Y %H:%M", 8),
        ("fr", "2 mars 2026 08:05", "%d %b %Y %H:%M", 8),
        ("de", "2. März 2026 08:05", "%d. %B %Y %H:%M", 8),
        (None, "2 March 2026 8:05\u202fPM", "%d %B %Y %I:%M %p", 20),
    ],
)
def test_a_time_is_read_in_the_language_that_it_is_written_in(
    language: str | None, written: str, form: str, hour: int
) -> None:
    reader = TimeReader([form], language, "UTC")
    assert reader.read(written).first == datetime(2026, 3, 2, hour, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("written", "month"), [("ago", 8), ("sept", 9), ("sep", 9), ("dic", 12), ("ene", 1), ("abr", 4)]
)
def test_short_names_of_months_are_known_with_and_without_a_dot(written: str, month: int) -> None:
    assert in_english(f"02/{written}/26", "es") == in_english(f"02/{written}./26", "es") == f"02/{MONTHS[month - 1]}/26"


@given(
    st.sampled_from(LANGUAGES),
    st.integers(1, 12),
    st.sampled_from(["format", "stand-alone"]),
    st.sampled_from(["wide", "abbreviated"]),
)
def test_every_name_of_a_month_in_cldr_is_that_month(language: str, month: int, form: str, width: str) -> None:
    name = Locale.parse(language).months[form][width][month]
    assert in_english(f"2 {name} 2026", language) == f"2 {MONTHS[month - 1]} 2026"


def test_what_is_no_month_stays_as_it_is() -> None:
    assert in_english("2 ma 2026 at noon", "es") == "2 ma 2026 at noon"  # marzo or mayo
    assert in_english("x 2026", "vi") == "x 2026"


def test_formats_are_tried_in_their_order() -> None:
    reader = TimeReader(["%d/%m/%Y", "%m/%d/%Y", "iso"], None, "UTC")
    days = [reader.read(written).first.strftime("%m-%d") for written in ("02/03/2026", "02/13/2026", "2026-04-05")]
    assert days == ["03-02", "02-13", "04-05"]
    with pytest.raises(ValueError, match="is not written as %d/%m/%Y or %m/%d/%Y or iso"):
        reader.read("noon")


def test_each_column_may_have_a_format_a_language_and_a_zone_of_its_own() -> None:
    time = {
        "created": {"column": "made", "zone": "Asia/Ho_Chi_Minh"},
        "updated": {"column": [["day", "hour"], "seen"], "format": ["%d/%m/%Y %H:%M", "%d/%m/%Y"]},
        "resolved": {"column": "done", "format": "%d/%b/%y", "language": "es"},
    }
    binding = ColumnBinding(mapping(ticket="id", actor=None, customer=None, assignment={}, category={}, priority={},
                        channel={}, state=None, time=time), ["id", "made", "day", "hour", "seen", "done"])  # fmt: skip

    def read(**cells: str) -> list[str | None]:
        values = tuple(cells.get(column) for column in binding.header)
        times = (binding.times.read(values, f"time.{key}") for key in ("created", "updated", "resolved"))
        return [at.strftime("%m-%d %H:%M") if at else None for at in times]

    assert read(made="2026-03-02 08:00", day="03/03/2026", hour="09:30", done="4/ago/26") == [
        "03-02 01:00", "03-03 09:30", "08-04 00:00",
    ]  # fmt: skip
    assert read(made="2026-03-02T08:00Z", hour="09:30", seen="05/03/2026") == ["03-02 08:00", "03-05 00:00", None]
    with pytest.raises(RowRejected, match="the time 'soon' in day is not written as"):
        read(day="soon")


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ({}, "name either `column`"),
        ({"column": "a", "created": "b"}, "name either `column`"),
        ({"column": "a", "resolved": "b"}, "`resolved` does not go with `column`"),
        ({"created": "a", "received": "b"}, "`received` does not go with `created`"),
        ({"column": "a", "language": "klingon"}, "no language of CLDR"),
        ({"column": []}, "at least 1"),
    ],
)
def test_times_that_do_not_go_together_are_refused(written: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Time.model_validate(written)
