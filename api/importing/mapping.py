"""What the columns of a file mean: read from a TOML file, checked, and refused with the key and the fix."""

import re
import tomllib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from domain.message import Message

SHIPPED = Path(__file__).with_name("mappings")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

Kind = Literal[
    "received",
    "assigned",
    "in_progress",
    "waiting:customer",
    "waiting:third_party",
    "waiting:internal",
    "resolved",
    "closed",
    "cancelled",
]
"""What a state of the source comes to here."""

Column = Annotated[str, StringConstraints(min_length=1)]


class MappingError(Exception):
    """The mapping cannot be used; the message names the key and the fix."""


def _without_case(values: dict[str, str]) -> dict[str, str]:
    return {name.strip().casefold(): value for name, value in values.items()}


def _readable(form: str) -> str:
    if form not in {"iso", "epoch", "epoch_ms"}:
        try:
            datetime.strptime(EPOCH.strftime(form), form)  # noqa: DTZ007 -- only whether the format can be read at all
        except (ValueError, re.error) as error:
            fix = 'write "iso", "epoch", "epoch_ms" or a format of strptime, like %d/%m/%Y %H:%M'
            raise ValueError(f"{error}; {fix}") from None
    return form


Translations = Annotated[dict[str, str], AfterValidator(_without_case)]
"""From the words of the source (compared without case) to ours; words that are not named are kept as written."""


class Translated(Message):
    """A column, what its words mean here, and what is taken where it is missing or no column is named."""

    column: Column | None = None
    values: Translations = Field(default_factory=dict)
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "unknown"

    def word(self, written: str | None) -> str:
        """Our word for what is written."""
        if written is None:
            return self.default
        return self.values.get(written.casefold(), written)


class Channel(Translated):
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "other"


class State(Message):
    column: Column
    values: Annotated[dict[str, Kind], AfterValidator(_without_case)]

    def kind(self, written: str | None) -> str | None:
        """What the state comes to; None for one that the mapping does not name."""
        return None if written is None else self.values.get(written.casefold())


class Time(Message):
    """``column``: when a row happened. ``received``: when its ticket was received, where a column says so.

    ``format``: as strptime takes it, or "iso", "epoch" or "epoch_ms". ``zone``: of times that name none; a wall time
    that does not exist moves forward by the gap, one that exists twice is the first.
    """

    column: Column
    received: Column | None = None
    format: Annotated[str, AfterValidator(_readable)] = "iso"
    zone: str = "UTC"

    def instant(self, written: str, zone: ZoneInfo) -> datetime:
        """The instant in UTC. Raises ValueError or OverflowError for what does not fit the format."""
        if self.format in {"epoch", "epoch_ms"}:
            return EPOCH + timedelta(seconds=float(written) / (1000 if self.format == "epoch_ms" else 1))
        iso = self.format == "iso"
        time = datetime.fromisoformat(written) if iso else datetime.strptime(written, self.format)  # noqa: DTZ007 -- next
        return (time if time.tzinfo else time.replace(tzinfo=zone)).astimezone(UTC)


class Assignment(Message):
    """``blank``: whether an empty cell means that nobody holds the ticket, or that nothing changed."""

    team: Column | None = None
    agent: Column | None = None
    blank: Literal["nobody", "unchanged"] = "nobody"


class Received(Message):
    """Columns that tell more about the receipt than the row itself."""

    actor: Column | None = None
    subject: Column | None = None
    body: Column | None = None


class Resolution(Message):
    text: Column | None = None
    code: Column | None = None


class Mapping(Message):
    """``source`` is part of every identifier: a history imported under another source is another history.

    ``order``: "file", or the column whose values (times or numbers) order the rows of a ticket. ``missing``: cells that
    mean nothing is known. ``revision``: a column that names the row in the source; it becomes the cause of the row's
    events. ``truth``: columns the source computed, to compare with, never read. ``ignored``: never read
    either. All columns that are named nowhere are kept as details.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    delimiter: Annotated[str, StringConstraints(min_length=1, max_length=1)] = ","
    encoding: str = "utf-8-sig"
    missing: list[str] = Field(default_factory=lambda: [""])
    ticket: Column
    order: Column = "file"
    actor: Column | None = None
    revision: Column | None = None
    customer: Column | None = None
    ignored: list[Column] = Field(default_factory=list)
    truth: list[Column] = Field(default_factory=list)
    time: Time
    state: State
    assignment: Assignment = Assignment()
    received: Received = Received()
    resolution: Resolution = Resolution()
    channel: Channel = Channel()
    category: Translated = Translated()
    priority: Translated = Translated()

    def columns(self) -> dict[str, str]:
        """Every column that the mapping reads, by the key that names it."""
        named = {
            "ticket": self.ticket,
            "order": None if self.order == "file" else self.order,
            "actor": self.actor,
            "revision": self.revision,
            "customer": self.customer,
            "time.column": self.time.column,
            "time.received": self.time.received,
            "state.column": self.state.column,
            "assignment.team": self.assignment.team,
            "assignment.agent": self.assignment.agent,
            "received.actor": self.received.actor,
            "received.subject": self.received.subject,
            "received.body": self.received.body,
            "resolution.text": self.resolution.text,
            "resolution.code": self.resolution.code,
            "channel.column": self.channel.column,
            "category.column": self.category.column,
            "priority.column": self.priority.column,
        }
        return {key: column for key, column in named.items() if column is not None}


def read_mapping(name: Path) -> Mapping:
    """The mapping of a TOML file, or of a shipped one named without its suffix. Raises MappingError."""
    path = SHIPPED / f"{name}.toml" if not name.exists() and re.fullmatch(r"[a-z_]+", str(name)) else name
    try:
        written = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        shipped = ", ".join(sorted(file.stem for file in SHIPPED.glob("*.toml")))
        raise MappingError(f"There is no mapping {name}: name a TOML file, or one that ships: {shipped}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MappingError(f"The mapping {name} cannot be read as TOML: {error}.") from None
    try:
        mapping = Mapping.model_validate(written)
    except ValidationError as error:
        raise MappingError(f"The mapping {name} is wrong. " + " ".join(map(_sentence, error.errors()))) from None
    _check(mapping, name)
    return mapping


def zone_of(mapping: Mapping) -> ZoneInfo:
    """The zone of times that name none."""
    return ZoneInfo(mapping.time.zone)


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Raises MappingError when the mapping reads a column that the file does not have, or the file has one twice."""
    for key, column in mapping.columns().items():
        if header.count(column) != 1:
            found = "is there more than once" if column in header else "the file does not have"
            columns = ", ".join(header)
            raise MappingError(
                f"The mapping's key `{key}` names the column {column!r}, which {found}; it has: {columns}."
            )


def _check(mapping: Mapping, name: Path) -> None:
    try:
        zone_of(mapping)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise MappingError(
            f"The mapping {name} is wrong. `time.zone`: {mapping.time.zone!r} is no IANA time zone;"
            " write one like Asia/Ho_Chi_Minh."
        ) from None
    try:
        "".encode(mapping.encoding)
    except LookupError:
        raise MappingError(
            f"The mapping {name} is wrong. `encoding`: {mapping.encoding!r} is not known; write one like utf-8."
        ) from None
    never = set(mapping.truth) | set(mapping.ignored)
    for key, column in mapping.columns().items():
        if column in never:
            raise MappingError(
                f"The mapping {name} is wrong. `{key}` reads the column {column!r}, which `truth` or `ignored` says is"
                " never read; take it out of one of them."
            )


def _sentence(error: object) -> str:
    details = dict(error)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    key = ".".join(str(part) for part in details["loc"])
    match details["type"]:
        case "missing":
            return f"`{key}` is missing: add it."
        case "extra_forbidden":
            known = ", ".join(Mapping.model_fields)
            return f"`{key}` is no key of a mapping: remove it or correct its name (the first level has: {known})."
        case "literal_error" if details["loc"][0] == "state":
            return f"`{key}` is {details['input']!r}: write one of {', '.join(get_args(Kind))}."
        case _:
            return f"`{key}` is {details['input']!r}: {details['msg']}."
