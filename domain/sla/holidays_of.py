"""Which dates a country keeps as public holidays, as the `holidays` library lists them."""

import datetime as dt
from typing import Self

import holidays
from pydantic import model_validator

from domain.message import Message


class PublicHolidays(Message):
    """The public holidays of a country or of a part of it.

    `country` is an ISO 3166 code ("VN"), `subdivision` the library's code for a part of the country ("BY" in "DE"),
    `language` the language of the names ("en_US"), by default the country's own.
    """

    country: str
    subdivision: str | None = None
    language: str | None = None

    @model_validator(mode="after")
    def _must_be_known(self) -> Self:
        known = self._in_years()
        if self.language is not None and self.language not in (*known.supported_languages, known.default_language):
            offered = ", ".join(sorted(known.supported_languages)) or "none"
            raise ValueError(f"no holiday names in language {self.language!r} for {self.country}: there is {offered}")
        return self

    def in_year(self, year: int) -> dict[dt.date, str]:
        """Date and name of every public holiday of one year, in order of date; empty for a year the library lacks."""
        return dict(sorted(self._in_years(year).items()))

    def _in_years(self, *years: int) -> holidays.HolidayBase:
        try:
            of_country = holidays.country_holidays(self.country, self.subdivision, expand=False)
        except NotImplementedError as unknown:
            raise ValueError(f"no public holidays known: {unknown}. Name an ISO 3166 country such as VN") from None
        if not years:
            return of_country
        return holidays.country_holidays(
            self.country,
            self.subdivision,
            years=years,
            expand=False,
            language=self.language or of_country.default_language,
        )
