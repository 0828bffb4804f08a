"""The public holidays of countries, as the `holidays` library lists them."""

import datetime as dt
import difflib
import warnings
from functools import cache
from typing import Self

import holidays
from holidays.registry import COUNTRIES
from pydantic import field_validator, model_validator

from domain.messages import Message
from domain.text_folding import fold_code

warnings.filterwarnings("ignore", message="Requested Holidays are available only from")
"""The library warns at each use about years of lunar holidays that it lacks; no caller can act on that."""


class PublicHolidays(Message):
    """The public holidays of a country or of a part of it.

    `country` is an ISO 3166 code ("VN") that the library lists, `subdivision` its code for a part of it ("BY" in "DE"),
    `language` the language of the names ("en_US"), by default the country's own.
    """

    country: str
    subdivision: str | None = None
    language: str | None = None

    @field_validator("country")
    @classmethod
    def _must_be_listed(cls, country: str) -> str:
        """The library would call any name of its module as a country."""
        if country in holidays.list_supported_countries():
            return country
        raise ValueError(
            f"no public holidays known for {country!r}: write an ISO 3166 country code, {_similar(country)}"
        )

    @model_validator(mode="after")
    def _must_be_known(self) -> Self:
        known = self._in_years()
        if self.language is not None and self.language not in (*known.supported_languages, known.default_language):
            offered = ", ".join(sorted(known.supported_languages)) or "none"
            raise ValueError(f"no holiday names in language {self.language!r} for {self.country}: there is {offered}")
        return self

    def in_years(self, *years: int) -> dict[dt.date, str]:
        """Date and name of every public holiday of some years, by date; none for a year that the library lacks."""
        return dict(sorted(self._in_years(*years).items()))

    def _parts(self) -> str:
        parts = ", ".join(holidays.list_supported_countries()[self.country])
        return f"Write one of {parts}" if parts else f"{self.country} has no parts: leave `subdivision` out"

    def _in_years(self, *years: int) -> holidays.HolidayBase:
        try:
            of_country = holidays.country_holidays(self.country, self.subdivision, expand=False)
        except NotImplementedError as unknown:
            raise ValueError(f"no public holidays known: {unknown}. {self._parts()}") from None
        if not years:
            return of_country
        return holidays.country_holidays(
            self.country,
            self.subdivision,
            years=years,
            expand=False,
            language=self.language or of_country.default_language,
        )


def _similar(country: str) -> str:
    """Codes of countries with this name, with a name that begins so, or with a similar name."""
    names, folded = _codes_by_name(), fold_code(country)
    begun = [name for name in names if len(folded) > 1 and name.startswith(folded)]
    near = [folded] if folded in names else begun or difflib.get_close_matches(folded, names, n=3, cutoff=0.7)
    return "such as " + ", ".join(dict.fromkeys([names[name] for name in near[:3]] or ["VN"]))


@cache
def _codes_by_name() -> dict[str, str]:
    """The ISO code of two letters of each country by itself, by the code of three, and by its folded English name."""
    by_name: dict[str, str] = {}
    for module, (_, *codes) in COUNTRIES.items():
        by_name |= {fold_code(name): codes[0] for name in (module.replace("_", " "), *codes[:2])}
    return by_name
