"""The settings of a tenant, published as a definition: zone, language, phone region and working week."""

from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from domain.local_time import local_day
from domain.messages import Instant, Message, Word
from domain.readable import Language
from domain.text_by_language import Title
from domain.zones import ZoneName, zone_named

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def _once_each(days: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
    if len(set(days)) < len(days):
        raise ValueError("a day of the week stands in it twice")
    return days


class TenantSettings(Message):
    """``zone`` says which local day an instant belongs to. ``phone_region`` is the ISO country of national numbers.

    ``year_begins`` is the month in which the tenant's year and its first quarter begin. ``business`` is its name in
    messages and letters to customers. ``access_days`` is how long entries of the access journal are kept, and how long
    more than the last signed checkpoint of a day.
    """

    zone: ZoneName = "Asia/Ho_Chi_Minh"
    language: Language = "vi"
    phone_region: Annotated[str, Field(pattern=r"^[A-Z]{2}$")] = "VN"
    year_begins: Annotated[int, Field(strict=True, ge=1, le=12)] = 1
    business: Word | None = None
    access_days: Annotated[int, Field(strict=True, ge=1, le=36_500)] = 400
    working_week: Annotated[tuple[Weekday, ...], AfterValidator(_once_each)] = WEEKDAYS[:5]

    @property
    def business_name(self) -> str:
        """The name of the tenant in messages to customers."""
        return self.business_in(self.language)

    def business_in(self, language: Language) -> str:
        """The name of the tenant in a letter of a language."""
        return self.business or {"vi": "Bộ phận chăm sóc khách hàng", "en": "Customer care"}[language]

    def local_day(self, at: Instant) -> date:
        """The local day of an instant."""
        return local_day(at, zone_named(self.zone))

    def is_working_day(self, day: date) -> bool:
        """Whether the working week has that day; holidays stand in calendars."""
        return WEEKDAYS[day.weekday()] in self.working_week


class SettingsExample(Message):
    """An instant, and its local day under the settings."""

    name: Title
    at: Instant
    local_day: date | None = None
    working_day: bool | None = None

    def differences(self, body: TenantSettings) -> list[str]:
        """Where the day differs from the expected one."""
        day = body.local_day(self.at)
        differences = []
        if self.local_day not in {None, day}:
            differences.append(f"the local day is {day}, not {self.local_day}")
        if self.working_day not in {None, body.is_working_day(day)}:
            differences.append(f"{day} is {'a' if body.is_working_day(day) else 'no'} working day")
        return differences
