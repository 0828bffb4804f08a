"""Options that several commands have."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from api.cli.usage_error import UsageError
from domain.zones import TimeZone, UnknownZone, zone_named

DEFAULT_TENANT = "default"
DAY = ["%Y-%m-%d"]
INSTANT = [*DAY, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%S%z"]

Data = Annotated[
    Path | None,
    typer.Option(
        "--data",
        envvar="TICKETLEDGER_DATA",
        file_okay=False,
        help="Folder of the database that the program brings along; DATABASE_URL wins over it.",
    ),
]
Tenant = Annotated[str, typer.Option("--tenant", help="Whose log; letters, digits and underscores.")]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, for programs.")]
KnownAt = Annotated[
    datetime | None,
    typer.Option("--known-at", formats=INSTANT, help="As it was known then: ignore what was recorded later."),
]
AsOf = Annotated[
    datetime | None,
    typer.Option("--as-of", formats=INSTANT, help="As it stood then: ignore what happened later."),
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
        raise UsageError(f"--zone {name!r} is no IANA time zone; write one like {error.meant}.") from None


def in_zone(time: datetime | None, zone: TimeZone) -> datetime | None:
    """The instant of a time given by a person."""
    return time if time is None or time.tzinfo else time.replace(tzinfo=zone)


def in_order(first: datetime | None, last: datetime | None) -> None:
    """Raises UsageError for days in the wrong order."""
    if first and last and last < first:
        raise UsageError(f"--to {last.date()} lies before --from {first.date()}: exchange them.")
