"""What the columns of a file mean: read from a TOML file, checked, and refused with the key and the fix."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, get_args
from unicodedata import normalize

from pydantic import AfterValidator, Field, StringConstraints, ValidationError

from api.importing.file_format import FileFormat
from api.importing.times import Column, Time
from domain.message import Message
from domain.zones import TimeZone, UnknownZone, zone_named

SHIPPED = Path(__file__).with_name("mappings")

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


class MappingError(Exception):
    """The mapping cannot be used; the message names the key and the fix."""


def _folded(word: str) -> str:
    """What words have in common that differ only by case, blanks around them, or how accents are encoded."""
    return normalize("NFC", word).strip().casefold()


def _without_case(values: dict[str, str]) -> dict[str, str]:
    written: dict[str, str] = {}
    for name, value in values.items():
        other = written.setdefault(_folded(name), name)
        if values[other] != value:
            raise ValueError(f"{other!r} and {name!r} are the same word, so they cannot mean two things")
    return {word: values[name] for word, name in written.items()}


Translations = Annotated[dict[str, str], AfterValidator(_without_case)]
"""From the words of the source (compared as they are folded) to ours; words that are not named are kept as written."""


class Translated(Message):
    """A column, what its words mean here, and what is taken where it is missing or no column is named."""

    column: Column | None = None
    values: Translations = Field(default_factory=dict)
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "unknown"

    def word(self, written: str | None) -> str:
        """Our word for what is written."""
        if written is None:
            return self.default
        return self.values.get(_folded(written), written)


class Channel(Translated):
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "other"


class State(Message):
    column: Column
    values: Annotated[dict[str, Kind], AfterValidator(_without_case)]

    def kind(self, written: str | None) -> str | None:
        """What the state comes to; None for one that the mapping does not name."""
        return None if written is None else self.values.get(_folded(written))


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


class Mapping(FileFormat):
    """``source`` is part of every identifier: a history imported under another source is another history.

    ``order``: "file", or the column whose values (times or numbers) order the rows of a ticket. ``missing``: cells that
    mean nothing is known. ``revision``: a column that names the row in the source; it becomes the cause of the row's
    events. ``truth``: columns the source computed, to compare with, never read. ``ignored``: never read
    either. All columns that are named nowhere are kept as details.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
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
    except tomllib.TOMLDecodeError as error:
        fix = "A name with blanks, or with other letters than a to z, stands in quotes."
        raise MappingError(f"The mapping {name} cannot be read as TOML: {error}. {fix}") from None
    except (UnicodeDecodeError, OSError) as error:
        raise MappingError(f"The mapping {name} cannot be read: {error}.") from None
    try:
        mapping = Mapping.model_validate(written)
    except ValidationError as error:
        raise MappingError(f"The mapping {name} is wrong. " + " ".join(map(_sentence, error.errors()))) from None
    _check(mapping, name)
    return mapping


def zone_of(mapping: Mapping) -> TimeZone:
    """The zone of times that name none."""
    return zone_named(mapping.time.zone)


def _check(mapping: Mapping, name: Path) -> None:
    try:
        zone_of(mapping)
    except UnknownZone as error:
        raise MappingError(
            f"The mapping {name} is wrong. `time.zone`: {mapping.time.zone!r} is no IANA time zone;"
            f" write one like {error.meant}."
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
            written = "" if isinstance(details["input"], dict) else f" is {details['input']!r}"
            return f"`{key}`{written}: {details['msg'].removeprefix('Value error, ')}."
