"""Numbers and durations are read as exports write them."""

import pytest

from api.importing.durations import Unit, plain_number, seconds


@pytest.mark.parametrize(
    ("written", "number"),
    [
        ("2 553", "2553"),
        ("2\u00a0553", "2553"),
        ("1\u202f002\u202f553", "1002553"),
        ("25 53", "25 53"),
        ("A 100", "A 100"),
    ],
)
def test_blanks_between_thousands_are_no_part_of_a_number(written: str, number: str) -> None:
    assert plain_number(written) == number


@pytest.mark.parametrize(
    ("written", "unit", "expected"),
    [
        ("90", "seconds", 90),
        ("1 440", "minutes", 86_400),
        ("1,5", "hours", 5_400),
        ("0,125", "hours", 450),
        ("1:30", "seconds", 5_400),
        ("0:01:30", "hours", 90),
        ("2h 5m", "seconds", 7_500),
        ("2 hours, 5 minutes", "seconds", 7_500),
        ("1d", "seconds", 86_400),
    ],
)
def test_a_duration_is_read(written: str, unit: Unit, expected: int) -> None:
    assert seconds(written, unit) == expected


@pytest.mark.parametrize(
    "written",
    [
        *("", "soon", "-5", "inf", "nan", "1:75", "2h soon", "1,440"),
        *("3162240001", "99999999999999:00", f"{'9' * 400}h", "9" * 5_000),
    ],
)
def test_what_is_no_duration_is_refused(written: str) -> None:
    with pytest.raises(ValueError, match=r"is no duration|before thousands or before a fraction"):
        seconds(written, "seconds")
