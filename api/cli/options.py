"""Options that several commands have."""

from contextlib import suppress
from datetime import datetime, time
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.lazy_command import NEITHER_DAY_NOR_INSTANT
from api.cli.usage_error import UsageError
from domain.zones import TimeZone, UnknownZone, zone_named

DEFAULT_TENANT = "default"
DAY = ["%Y-%m-%d"]
INSTANT = [*DAY, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

DATA_VARIABLE = "TICKETLEDGER_DATA"
Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar=DATA_VARIABLE,
        file_okay=False,
        help="Folder of the database that the program brings along; DATABASE_URL wins over it.",
    ),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose log; letters, digits and underscores.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]


def _last_moment(text: str) -> datetime:
    """The time that a text says; a day means its last microsecond, as on the screen. Raises BadParameter."""
    for form in INSTANT:
        with suppress(ValueError):
            moment = datetime.strptime(text, form)  # noqa: DTZ007 -- the zone comes from another option
            return datetime.combine(moment, time.max) if form in DAY else moment
    raise typer.BadParameter(NEITHER_DAY_NOR_INSTANT.format(repr(text)))


KnownAt = Annotated[
    datetime | None,
    typer.Option(
        "--known-at",
        parser=_last_moment,
        metavar="TIME",
        help="As it was known then: ignore what was recorded later. A day means its end.",
    ),
]
AsOf = Annotated[
    datetime | None,
    typer.Option(
        "--as-of",
        parser=_last_moment,
        metavar="TIME",
        help="As it stood then: ignore what happened later. A day means its end.",
    ),
]
Zone = Annotated[
    str | None,
    typer.Option("--zone", help="The IANA time zone of days and of times that name none; else the tenant's."),
]
EndedFrom = Annotated[datetime | None, typer.Option("--from", formats=DAY, help="What ended from this day on.")]
EndedTo = Annotated[datetime | None, typer.Option("--to", formats=DAY, help="What ended up to this day, included.")]
Lang = Annotated[
    Literal["en", "vi"] | None,
    typer.Option("--language", "--lang", help="The language of sentences and headings; else the tenant's."),
]
LogFormat = Annotated[
    Literal["text", "json"],
    typer.Option("--log-format", help="Lines for people, or one JSON object a line with its correlation id."),
]
LogLevel = Annotated[
    Literal["warning", "info", "debug"],
    typer.Option("--log-level", help="info also logs refused requests with their address; debug, clients who left."),
]


def zone_of(name: str) -> TimeZone:
    """The zone of that name. Raises UsageError."""
    try:
        return zone_named(name)
    except UnknownZone as error:
        raise UsageError(
            f"--zone {name!r} is no IANA time zone; write one like {error.meant}.",
            f"--zone {name!r} không phải là múi giờ IANA; hãy ghi dạng {error.meant}.",
        ) from None


def in_zone(time: datetime | None, zone: TimeZone) -> datetime | None:
    """The instant of a time given by a person."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=zone)


def in_order(first: datetime | None, last: datetime | None) -> None:
    """Raises UsageError for days in the wrong order."""
    if first and last and last < first:
        raise UsageError(
            f"--to {last.date()} lies before --from {first.date()}: exchange them.",
            f"--to {last.date()} ở trước --from {first.date()}: hãy đổi chỗ hai ngày.",
        )
