"""The meaning of the columns of a file, read from a TOML file.

Errors name the key and the fix.
"""

import re
import tomllib
from collections.abc import Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar, get_args

from pydantic import Field, StringConstraints, ValidationError, model_validator

from api.importing.columns import missing_column
from api.importing.comments import Comments
from api.importing.file_format import FileFormat
from api.importing.sections import (
    Assignment,
    Channel,
    Effort,
    Received,
    Resolution,
    Satisfaction,
    State,
    StateKind,
    Translated,
)
from api.importing.times import Alternatives, Column, Time, TimeColumn
from domain.errors import LedgerError, message_of
from domain.text_folding import fold_code
from domain.toml_text import LARGEST_FILE, TooMuchTOML, read_toml

SHIPPED = Path(__file__).with_name("mappings")
"""The mappings of tickets."""
RECORDS = SHIPPED / "records"
"""The mappings of customers and of what belongs to them."""
Source = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]
AnyMapping = TypeVar("AnyMapping", bound=FileFormat)
_REQUIRED = frozenset({"ticket", "time.column", "time.created"})


class MappingError(LedgerError):
    """The mapping cannot be used. The message names the key and the fix."""

    kind = "malformed"


class ImportMapping(FileFormat):
    """``source`` is part of every id: the same file under another source is another history.

    A row is one change of a ticket, or one ticket when ``time.created`` is named. ``order``: "file", or the column
    whose values (times, numbers, or else texts) order the rows of a ticket. ``missing``: cells that say nothing.
    ``revision``: the column with the row's name in the source, which becomes the cause of its events. ``truth``:
    columns that the source computed, for comparison, never read. ``ignored``: never read. ``optional``: columns that
    a file may lack; their keys then have no effect. All other columns are kept as details.
    """

    source: Source
    missing: list[str] = Field(default_factory=lambda: [""])
    ticket: Column
    order: Column = "file"
    actor: Column | None = None
    revision: Column | None = None
    customer: Column | None = None
    ignored: list[Column] = Field(default_factory=list)
    truth: list[Column] = Field(default_factory=list)
    optional: list[Column] = Field(default_factory=list)
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
            raise ValueError("`state` is missing: a row that is one change has the state after it")
        return self

    def columns(self) -> dict[str, Alternatives]:
        """The columns that the mapping reads, by the key that names them."""
        single: dict[str, str | None] = {
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
            "effort.column": self.effort.column if self.effort else None,
            "satisfaction.column": self.satisfaction.column if self.satisfaction else None,
            "satisfaction.comment": self.satisfaction.comment if self.satisfaction else None,
        }
        single |= {f"comments.{number}.column": comment.column for number, comment in enumerate(self.comments)}
        named = {key: [[column]] for key, column in single.items() if column is not None}
        if self.state:
            named["state.column" if self.state.column else "state.columns"] = [self.state.read()]
        return named | {key: time.column for key, time in self.times().items()}

    def times(self) -> dict[str, TimeColumn]:
        """The columns that hold times, by the key that names them."""
        times = {f"time.{key}": column for key, column in self.time.by_key().items()}
        if self.satisfaction and self.satisfaction.time:
            times["satisfaction.time"] = self.satisfaction.time
        return times

    def in_file(self, header: Sequence[str]) -> dict[str, list[list[int]]]:
        """The indexes of the columns by key: of each alternative that the file has.

        Raises MappingError for a key whose columns the file lacks, unless they are ``optional``.
        """
        indexes = {fold_code(column): index for index, column in enumerate(header)}
        optional = set(map(fold_code, self.optional))
        by_key: dict[str, list[list[int]]] = {}
        for key, alternatives in self.columns().items():
            whole = [[fold_code(name) for name in joined] for joined in alternatives]
            present = [joined for joined in whole if all(name in indexes for name in joined)]
            if present:
                by_key[key] = [[indexes[name] for name in joined] for joined in present]
            elif key in _REQUIRED or not all(name in optional for joined in whole for name in joined):
                column = next(name for name in alternatives[0] if fold_code(name) not in indexes)
                raise MappingError(missing_column(key, column, header))
        return by_key


def read_mapping(name: Path) -> ImportMapping:
    """The mapping of a TOML file, or of a shipped one named without its suffix. Raises MappingError."""
    return validated(ImportMapping, read_keys(name), name)


def read_keys(name: Path) -> dict[str, Any]:
    """The keys of a mapping in a TOML file, or of a shipped one named without its suffix. Raises MappingError."""
    path = name
    if not name.exists() and re.fullmatch(r"[a-z_]+", str(name)):
        path = next(SHIPPED.rglob(f"{name}.toml"), name)
    try:
        with path.open(encoding="utf-8") as opened:
            return read_toml(opened.read(LARGEST_FILE + 1))
    except FileNotFoundError:
        of_tickets, of_others = map(_names, (SHIPPED, RECORDS))
        raise MappingError(
            f"There is no mapping {name}: name a TOML file, or one that ships: of tickets {of_tickets};"
            f" of others {of_others}."
        ) from None
    except TooMuchTOML as error:
        raise MappingError(f"The mapping {name} cannot be read: {error}.") from None
    except tomllib.TOMLDecodeError as error:
        raise MappingError(
            f"The mapping {name} cannot be read as TOML: {error}. A name with blanks, or with other letters than a to"
            " z, stands in quotes."
        ) from None
    except UnicodeDecodeError:
        raise MappingError(f"The mapping {name} is not in UTF-8: save it in UTF-8.") from None
    except OSError as error:
        raise MappingError(f"The mapping {name} cannot be read: {error.strerror}.") from None


def _names(folder: Path) -> str:
    return ", ".join(sorted(file.stem for file in folder.glob("*.toml")))


def validated(model: type[AnyMapping], written: dict[str, Any], name: Path) -> AnyMapping:
    """The keys as a mapping of a kind. Raises MappingError."""
    try:
        mapping = model.model_validate(written)
    except ValidationError as error:
        wrong = " ".join(_sentence(details, model) for details in error.errors())
        raise MappingError(f"The mapping {name} is wrong. {wrong}") from None
    if isinstance(mapping, ImportMapping):
        _check(mapping, name)
    return mapping


def _check(mapping: ImportMapping, name: Path) -> None:
    never = {fold_code(column) for column in (*mapping.truth, *mapping.ignored)}
    for key, alternatives in mapping.columns().items():
        for column in chain.from_iterable(alternatives):
            if fold_code(column) in never:
                raise MappingError(
                    f"The mapping {name} is wrong. `{key}` reads the column {column!r}, which `truth` or `ignored` says"
                    " is never read; take it out of one of them."
                )


def _sentence(error: object, model: type[FileFormat]) -> str:
    details = dict(error)  # type: ignore[call-overload]  # pydantic's ErrorDetails
    location = list(details["loc"])
    while location and isinstance(location[-1], int):  # the number in a list; the value is shown
        del location[-1]
    key = ".".join(map(str, location))
    match details["type"]:
        case "missing":
            return f"`{key}` is missing: add it."
        case "extra_forbidden":
            known = ", ".join(model.model_fields)
            return f"`{key}` is no key of a mapping: remove it or correct its name (the first level has: {known})."
        case "literal_error" if details["loc"][0] == "state":
            return f"`{key}` is {details['input']!r}: write one of {', '.join(get_args(StateKind))}."
        case _:
            written = "" if isinstance(details["input"], dict) else f" is {details['input']!r}"
            message = message_of(details)
            return f"`{key}`{written}: {message}." if key else f"{message[:1].upper()}{message[1:]}."
