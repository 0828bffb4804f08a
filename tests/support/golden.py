"""What folds give of a fixed history, kept in files: a fold that gives something else needs another version.

`python -m tests.support.golden` records. It refuses when a recorded stream's part changed and the version did not rise.
A line that is added to ``history.jsonl`` for a new stream needs no new version.
"""

import json
import sys
from collections.abc import Collection, Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from functools import partial
from inspect import get_annotations
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import Any
from uuid import UUID

from pydantic_core import to_jsonable_python

from domain.command_handling import state_snapshots
from domain.command_handling.aggregates import AGGREGATES
from domain.command_handling.decide import EMPTY
from domain.command_handling.decide import fold as fold_state
from domain.command_handling.state_snapshots import folded_from, snapshot_of
from domain.envelope import RecordedEvent
from domain.event_log.reader import CODEC
from domain.event_types import register_event_types
from projections.engine.fold_inputs import load_related
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.registry import PROJECTIONS
from tests.support.folded import fold, values

TESTS = Path(__file__).parents[1]
HISTORY = TESTS / "projections" / "golden" / "history.jsonl"
Log = Sequence[RecordedEvent]


@dataclass(frozen=True)
class Golden:
    """What a fold of some version gives: ``heading`` is what holds for all streams, ``parts`` is by stream."""

    path: Path
    version: int
    heading: str
    parts: dict[str, str]

    def text(self) -> str:
        sections = [f"version {self.version}\n{self.heading}", *self.parts.values()]
        return "\n\n".join(section.strip() for section in sections) + "\n"

    def recorded(self) -> "Golden | None":
        """What the file says; None when there is none."""
        if not self.path.exists():
            return None
        first, *sections = self.path.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
        version, _, heading = first.partition("\n")
        parts = {section.partition("\n")[0]: section for section in sections}
        return Golden(self.path, int(version.removeprefix("version ")), heading, parts)

    def problem(self) -> str | None:
        """What is wrong with the file, or with the version; None when the fold gives what is recorded."""
        recorded = self.recorded()
        if recorded is not None and recorded.text() == self.text():
            return None
        name = self.path.stem
        if recorded is not None and self.version <= recorded.version and not self.only_adds_to(recorded):
            return f"{name}: it gives something else than version {recorded.version} gave: raise its version"
        return f"{name}: version {self.version} is not recorded: run `python -m tests.support.golden`"

    def only_adds_to(self, recorded: "Golden") -> bool:
        same = (self.version, self.heading.strip()) == (recorded.version, recorded.heading.strip())
        return same and recorded.parts.items() <= self.parts.items()


def stored_history() -> list[RecordedEvent]:
    """The fixed history, read as the log reads its rows."""
    rows = map(json.loads, HISTORY.read_text(encoding="utf-8").splitlines())
    return [
        CODEC.decode(
            row["position"],
            UUID(row["stream"]),
            row["version"],
            row["topic"],
            datetime.fromisoformat(row["recorded_at"]),
            json.dumps(row["state"], ensure_ascii=False, separators=(",", ":")),
        )
        for row in rows
    ]


def rows_of(projection: Projection, log: Log) -> Golden:
    """The tables of a projection and the rows of each stream; columns that hold nothing are left out."""
    tables = {table.row: table.name for table in projection.tables}
    return Golden(
        path=HISTORY.with_name(f"{projection.name}.txt"),
        version=projection.version,
        heading=projection.ddl("golden").as_string(),
        parts={
            f"stream {events[0].stream}": "\n".join(
                [f"stream {events[0].stream}", *(_line(tables[type(row)], values(row)) for row in rows)]
            )
            for events in streams_of(log)
            if projection.reads(events[0].topic.partition(".")[0])
            and (rows := fold(projection, events, inputs=inputs_of(projection, events, log)))
        },
    )


def states(log: Log) -> Golden:
    """The state of each stream after it was kept and read back.

    The heading names the fields in order: a snapshot holds the values of most states without the names.
    """
    return Golden(
        path=TESTS / "domain" / "golden" / "states.txt",
        version=state_snapshots.VERSION,
        heading="\n".join(f"{kind} {_fields(aggregate.initial)}" for kind, aggregate in AGGREGATES.items()),
        parts={
            f"stream {events[0].stream}": f"stream {events[0].stream}\n"
            + _line(events[0].topic.partition(".")[0], _plain(_kept(events)))
            for events in streams_of(log)
        },
    )


def every_golden() -> list[Golden]:
    log = stored_history()
    return [states(log), *(rows_of(projection, log) for projection in PROJECTIONS)]


def _fields(state: Any) -> str:
    """The names of the fields in order, with those of states within the state."""
    names = [
        f"{name} {_fields(inner)}" if hasattr(inner := getattr(state, name), "_fields") else name
        for name in get_annotations(type(state))
    ]
    return f"({', '.join(names)})"


def _kept(events: Log) -> Any:
    """The state after it was kept and read back."""
    return folded_from(snapshot_of(events[0].stream, fold_state(EMPTY, list(events)))).state


def _line(table: str, columns: dict[str, object]) -> str:
    plain = {name: to_jsonable_python(value) for name, value in columns.items() if value is not None}
    return f"{table} {json.dumps(plain, ensure_ascii=False)}"


def _plain(value: Any) -> Any:
    """Named tuples and dataclasses as objects, and sets in an order."""
    if hasattr(value, "_asdict"):
        return {name: _plain(field) for name, field in value._asdict().items()}
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, AbstractSet):
        return sorted((_plain(element) for element in value), key=str)
    return [_plain(element) for element in value] if isinstance(value, tuple | list) else to_jsonable_python(value)


def streams_of(log: Log) -> Iterator[list[RecordedEvent]]:
    for _, events in groupby(sorted(log, key=attrgetter("stream", "version")), key=attrgetter("stream")):
        yield list(events)


def inputs_of(projection: Projection, events: Log, log: Log) -> FoldInputs:
    if projection.enrichment is None:
        return NO_INPUTS
    rules = [event for event in log if event.topic in {"policy.published", "calendar.published"}]
    related = partial(projection.enrichment.related, rules)
    definitions = [event for event in log if event.topic == "definition.published"]
    return FoldInputs(rules, load_related(related, [events], partial(_streams_of, log)), definitions)


def _streams_of(log: Log, ids: Collection[UUID]) -> dict[UUID, list[RecordedEvent]]:
    return {stream: [event for event in log if event.stream == stream] for stream in ids}


def record() -> int:
    """Writes what is not recorded yet; the exit code is 1 when a version must rise first."""
    problems = []
    for golden in every_golden():
        problem = golden.problem()
        if problem is not None and problem.endswith("raise its version"):
            problems.append(problem)
        elif problem is not None:
            golden.path.write_text(golden.text(), encoding="utf-8")
    sys.stderr.writelines(f"{problem}\n" for problem in problems)
    return 1 if problems else 0


if __name__ == "__main__":
    register_event_types()
    sys.exit(record())
