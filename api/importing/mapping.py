"""What the columns of a file mean: read from a TOML file, checked, and refused with the key and the fix."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Literal, Self, TypeVar, get_args

from pydantic import AfterValidator, Field, StringConstraints, ValidationError, model_validator

from api.importing.comments import Comments
from api.importing.durations import Unit
from api.importing.times import Column, Time, TimeKey
from domain.message import EffortKind, Message
from domain.text_folding import fold_code

SHIPPED = Path(__file__).with_name("mappings")
JOINED_BY = " / "

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
    "unchanged",
]
"""What a state of the source comes to here; "unchanged": the word says nothing of the state."""

T = TypeVar("T")
Score = Annotated[int, Field(ge=1, le=5)]


class MappingError(Exception):
    """The mapping cannot be used; the message names the key and the fix."""


def _without_case(values: dict[str, T]) -> dict[str, T]:
    written: dict[str, str] = {}
    for name, value in values.items():
        other = written.setdefault(fold_code(name), name)
        if values[other] != value:
            raise ValueError(f"{other!r} and {name!r} are the same word, so they cannot mean two things")
    return {word: values[name] for word, name in written.items()}


def _separating(delimiter: str) -> str:
    if len(delimiter) != 1 or delimiter in '"\r\n\0':
        raise ValueError("write one character, other than a quote, the end of a line or NUL")
    return delimiter


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
        return self.values.get(fold_code(written), written)


class Channel(Translated):
    default: Annotated[str, StringConstraints(min_length=1, max_length=200)] = "other"


class State(Message):
    """``column``, or ``columns`` whose words are read together as "word / word"; where no such pair is named in
    ``values``, the word of the first column counts alone. ``unheld``: what a word means while no agent holds the ticket.
    """

    column: Column | None = None
    columns: list[Column] = Field(default_factory=list)
    values: Annotated[dict[str, Kind], AfterValidator(_without_case)]
    unheld: Annotated[dict[str, Kind], AfterValidator(_without_case)] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _names_one_way(self) -> Self:
        if (self.column is None) == (not self.columns):
            raise ValueError("name either `column` or `columns`")
        return self

    def read(self) -> list[Column]:
        """The columns, the first one first."""
        return self.columns or [self.column or ""]

    def kind(self, written: str | None, *, held: bool = True) -> str | None:
        """What the state comes to; None for one that the mapping does not name."""
        if written is None:
            return None
        for word in (written, written.split(JOINED_BY)[0]) if self.columns else (written,):
            folded = fold_code(word)
            kind = None if held else self.unheld.get(folded)
            if kind := kind or self.values.get(folded):
                return kind
        return None


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


class Satisfaction(Message):
    """What the customer says of the service. ``values``: the score, 1 to 5, of a word; a cell may also hold the score.

    ``time``: when it was said; else when the ticket ended.
    """

    column: Column
    values: Annotated[dict[str, Score], AfterValidator(_without_case)] = Field(default_factory=dict)
    comment: Column | None = None
    time: TimeKey | None = None

    def score(self, written: str) -> int | None:
        """None for what is no rating."""
        if written in {"1", "2", "3", "4", "5"}:
            return int(written)
        return self.values.get(fold_code(written))


class Effort(Message):
    """The handling time of the ticket up to its row, all agents together. ``unit``: of a number without one."""

    column: Column
    unit: Unit = "seconds"
    kind: EffortKind = "talk"


class Mapping(Message):
    """``source`` is part of every identifier: a history imported under another source is another history.

    A row is one change of a ticket, or one ticket when ``time.created`` is named. ``order``: "file", or the column
    whose values (times or numbers) order the rows of a ticket. ``missing``: cells that mean nothing is known. ``revision``: a
    column that names the row in the source; it becomes the cause of the row's events. ``truth``: columns the source
    computed, to compare with, never read. ``ignored``: never read either. All columns that are named nowhere are kept
    as details.
    """

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
    delimiter: Annotated[str, AfterValidator(_separating)] = ","
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
    state: State | None = None
    assignment: Assignment = Assignment()
    received: Received = Received()
    resolution: Resolution = Resolution()
    channel: Channel = Channel()
    category: Translated = Translated()
    priority: Translated = Translated()
    comments: list[Comments] = Field(default_factory=list)
    satisfaction: Satisfaction | None = None
    effort: Effort | None = None

    @model_validator(mode="after")
    def _says_the_state(self) -> Self:
        if self.state is None and self.time.column is not None:
            raise ValueError("`state` is missing: a row that is one change says the state after it")
        return self

    def columns(self) -> dict[str, list[str]]:
        """Every column that the mapping reads, by the key that names it."""
        single = {
            "ticket": self.ticket,
            "order": None if self.order == "file" else self.order,
            "actor": self.actor,
            "revision": self.revision,
            "customer": self.customer,
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
            "effort.column": self.effort and self.effort.column,
            "satisfaction.column": self.satisfaction and self.satisfaction.column,
            "satisfaction.comment": self.satisfaction and self.satisfaction.comment,
        }
        named = {key: [column] for key, column in single.items() if column is not None}
        if self.state:
            named["state.column" if self.state.column else "state.columns"] = self.state.read()
        times = {f"time.{key}": column for key, column in self.time.by_key().items()}
        if self.satisfaction and self.satisfaction.time:
            times["satisfaction.time"] = self.satisfaction.time
        named |= {key: [one for joined in time.column for one in joined] for key, time in times.items()}
        return named | {f"comments.{number}.column": [one.column] for number, one in enumerate(self.comments)}


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


def check_columns(mapping: Mapping, header: list[str]) -> None:
    """Raises MappingError when the mapping reads a column that the file does not have, or the file has one twice."""
    folded = [fold_code(column) for column in header]
    for key, columns in mapping.columns().items():
        for column in columns:
            if folded.count(fold_code(column)) != 1:
                found = "is there more than once" if fold_code(column) in folded else "the file does not have"
                has = ", ".join(header)
                raise MappingError(f"The mapping's key `{key}` names the column {column!r}, which {found}; it has: {has}.")


def _check(mapping: Mapping, name: Path) -> None:
    try:
        "id".encode(mapping.encoding).decode(mapping.encoding, "surrogateescape")
    except (LookupError, ValueError):
        raise MappingError(
            f"The mapping {name} is wrong. `encoding`: {mapping.encoding!r} is not known; write one like utf-8."
        ) from None
    never = {fold_code(column) for column in (*mapping.truth, *mapping.ignored)}
    for key, columns in mapping.columns().items():
        for column in columns:
            if fold_code(column) in never:
                raise MappingError(
                    f"The mapping {name} is wrong. `{key}` reads the column {column!r}, which `truth` or `ignored` says"
                    " is never read; take it out of one of them."
                )


def _sentence(error: object) -> str:
    details = dict(error)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    place = list(details["loc"])
    while place and isinstance(place[-1], int):  # which of several: the value says it
        del place[-1]
    key = ".".join(map(str, place))
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
            said = details["msg"].removeprefix("Value error, ")
            return f"`{key}`{written}: {said}." if key else f"{said[:1].upper()}{said[1:]}."
