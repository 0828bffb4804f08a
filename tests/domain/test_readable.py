"""Numbers as people read them."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import readable
from domain.readable import day, duration, minute, money, number, percentage, share


@pytest.mark.parametrize(
    ("seconds", "en", "vi"),
    [
        (0, "0 s", "0 giây"),
        (0.4, "less than 1 s", "chưa đến 1 giây"),
        (45, "45 s", "45 giây"),
        (59.6, "1 min", "1 phút"),
        (65, "1 min 5 s", "1 phút 5 giây"),
        (4_800, "1 h 20 min", "1 giờ 20 phút"),
        (3_599, "59 min 59 s", "59 phút 59 giây"),
        (7_199, "2 h", "2 giờ"),
        (86_400, "1 day", "1 ngày"),
        (183_600, "2 days 3 h", "2 ngày 3 giờ"),
        (86_399, "1 day", "1 ngày"),
        (172_799, "2 days", "2 ngày"),
        (-4_800, "-1 h 20 min", "-1 giờ 20 phút"),
        (-0.2, "0 s", "0 giây"),
        (86_400 * 1_200, "1,200 days", "1.200 ngày"),
    ],
)
def test_a_duration_has_its_two_greatest_units(seconds: float, en: str, vi: str) -> None:
    assert (duration(seconds, "en"), duration(seconds, "vi")) == (en, vi)


@given(st.integers(0, 10**9))
def test_a_duration_differs_from_its_text_by_less_than_a_part_in_twenty(seconds: int) -> None:
    sizes = {"day": 86_400, "days": 86_400, "h": 3_600, "min": 60, "s": 1}
    words = duration(seconds).replace(",", "").split()
    rounded = sum(int(amount) * sizes[unit] for amount, unit in zip(words[::2], words[1::2], strict=True))
    assert abs(rounded - seconds) <= seconds / 20
    assert len(words) <= 4


@pytest.mark.parametrize(
    ("numerator", "denominator", "en", "vi"),
    [
        (22, 24, "92 % (22 of 24)", "92 % (22 trên 24)"),
        (0, 0, "- (0 of 0)", "- (0 trên 0)"),
        (0, 5, "0 % (0 of 5)", "0 % (0 trên 5)"),
        (5, 5, "100 % (5 of 5)", "100 % (5 trên 5)"),
        (1_999, 2_000, "99.9 % (1,999 of 2,000)", "99,9 % (1.999 trên 2.000)"),
        (1, 2_000, "0.1 % (1 of 2,000)", "0,1 % (1 trên 2.000)"),
        (1, 200, "0.5 % (1 of 200)", "0,5 % (1 trên 200)"),
        (-1, 2, "-50 % (-1 of 2)", "-50 % (-1 trên 2)"),
        (3.2, 4.0, "80 % (3.20 of 4)", "80 % (3,20 trên 4)"),
    ],
)
def test_a_share_tells_both_counts(numerator: float, denominator: float, en: str, vi: str) -> None:
    assert (share(numerator, denominator, "en"), share(numerator, denominator, "vi")) == (en, vi)


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_only_nothing_reads_0_per_cent_and_only_all_reads_100(counts: tuple[int, int]) -> None:
    part, whole = counts
    assert (percentage(part / whole) in {"0 %", "0.0 %"}) == (part == 0)
    assert (percentage(part / whole) in {"100 %", "100.0 %"}) == (part == whole)


def test_numbers_money_and_days_are_written_as_in_the_language() -> None:
    assert (number(1_234_567), number(1_234.5, "vi")) == ("1,234,567", "1.234,50")
    assert (money(5_490_000, "VND", "vi"), money(1_250, "USD")) == ("5.490.000 VND", "12.50 USD")
    assert (day(date(2026, 11, 28)), day(date(2026, 11, 28), "vi")) == ("2026-11-28", "28/11/2026")
    assert minute(datetime(2026, 11, 28, 7, 5), "vi") == "07:05 28/11/2026"  # noqa: DTZ001 -- a local time


@pytest.mark.parametrize(
    ("written", "text"),
    [
        (readable.exact(1234.56789), "1,234.56789"),
        (readable.exact(1234.56789, "vi"), "1.234,56789"),
        (readable.exact(1e-7), "0.0000001"),
        (readable.exact(20_000.0), "20,000"),
        (readable.exact(20_000), "20,000"),
        (readable.exact_percentage(0.07), "7 %"),
        (readable.exact_percentage(0.875, "vi"), "87,5 %"),
        (readable.exact_duration(3675), "1 h 1 min 15 s"),
        (readable.exact_duration(90_061, "vi"), "1 ngày 1 giờ 1 phút 1 giây"),
        (readable.exact_duration(0), "0 s"),
        (readable.working_duration(95_400), "26 h 30 min"),
        (readable.working_duration(3_599.7, "vi"), "1 giờ"),
        (readable.working_duration(0.255861, "vi"), "chưa đến 1 giây"),
        (readable.working_duration(0), "0 s"),
    ],
)
def test_what_was_recorded_is_written_with_all_its_parts(written: str, text: str) -> None:
    assert written == text


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("the ticket is closed", "The ticket is closed."),
        ("đã đóng; hãy mở lại.", "Đã đóng; hãy mở lại."),
        ("there is none!", "There is none!"),
        ("f01a-4b2c is the id of a customer", "f01a-4b2c is the id of a customer."),
        ("ticket_closed is no state", "ticket_closed is no state."),
        ("e2e fails", "e2e fails."),
    ],
)
def test_a_sentence_begins_with_a_large_letter_unless_an_id_or_a_code_stands_there(text: str, sentence: str) -> None:
    assert readable.as_sentence(text) == sentence
