"""A country is one that the library lists, not whatever its module holds; who misspells it is told the code."""

import holidays
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.sla.calendar.public_holidays import PublicHolidays

LISTED = holidays.list_supported_countries()


def refusal(**written: str) -> str:
    with pytest.raises(ValidationError) as refused:
        PublicHolidays.model_validate(written)
    return refused.value.errors()[0]["msg"]


@given(st.sampled_from(sorted(set(dir(holidays)) - LISTED.keys())) | st.text(max_size=12))
def test_no_other_name_of_the_library_is_a_country(name: str) -> None:
    if name not in LISTED:
        assert f"no public holidays known for {name!r}: write an ISO 3166 country code, such as" in refusal(
            country=name
        )


@given(st.sampled_from(sorted(LISTED)))
def test_every_listed_country_has_holidays_in_its_parts_too(country: str) -> None:
    for part in (None, *LISTED[country][:1]):
        assert isinstance(PublicHolidays(country=country, subdivision=part).in_years(2026), dict)


@pytest.mark.parametrize("name", ["__class__", "__dict__", "registry", "HolidayBase", "HolidaySum", "NYSE", "utils"])
def test_what_was_taken_for_a_country_once_is_refused(name: str) -> None:
    assert "no public holidays known" in refusal(country=name)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("VIE", "VN"), ("Vietnam", "VN"), ("Việt Nam", "VN"), ("vn", "VN"), ("germany", "DE"), ("Untied States", "US")],
)
def test_a_near_miss_is_told_the_code(written: str, meant: str) -> None:
    assert refusal(country=written).endswith(f"such as {meant}")


def test_an_unknown_part_is_refused_with_the_parts_there_are() -> None:
    assert "Write one of BB, BE, BW, BY" in refusal(country="DE", subdivision="XX")
    assert "VN has no parts: leave `subdivision` out" in refusal(country="VN", subdivision="HN")
