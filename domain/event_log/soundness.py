"""Whether a tenant's log is sound: its head, its end and its projections agree, and no position is missing."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from psycopg import Connection, sql

from domain.errors import LedgerError
from domain.event_log.sql_files import sql_file

_QUERIES = sql_file("domain.event_log", "queries.sql")
DamageKind = Literal[
    "head_missing", "head_doubled", "head_behind", "head_ahead", "log_shortened", "times_fall", "events_missing"
]

RESTORE = "stop the servers and restore the database from its newest backup"
SHORTENED = (
    f"What to do: {RESTORE}; if the later events are given up for good, run `rebuild`, which makes the projections anew"
    " from the log as it is."
)


class Damage(NamedTuple):
    """A fault of a log, and a sentence that says what to do."""

    kind: DamageKind
    sentence: str


class LogDamaged(LedgerError):  # noqa: N818 -- names the state of things
    """The log is damaged: nothing is recorded until it is repaired."""

    kind = "log_damaged"

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage

    def __str__(self) -> str:
        return f"Nothing was recorded, for the log is damaged: {self.damage.sentence}"

    @property
    def detail(self) -> str:
        return self.damage.sentence

    @property
    def facts(self) -> Mapping[str, object]:
        return {"code": self.damage.kind}


class Ends(NamedTuple):
    """The positions of the head, of the newest event and of the projection that is furthest; None where there is none.

    ``heads`` is how many rows log_head has; ``head`` and ``falls`` are of any one of them. ``falls``: the newest event
    was recorded before the event before it or after the head's time, or the head's time is infinity.
    """

    heads: int
    head: int | None
    last: int | None
    furthest: int | None
    falls: bool | None


def select_ends(tenant: str) -> sql.SQL:
    """The statement whose row is an Ends."""
    return _QUERIES["ends"].of(tenant)


class HoleSearch:
    """Compares the positions of a log with the number of its events, a part of the log at each look.

    A part that is dense is not counted again: a later hole in it is found by `doctor`, and by the next process.
    """

    def __init__(self, part: int = 10_000) -> None:
        """``part`` is how many positions are counted at each look; 10,000 take a few milliseconds."""
        self._part = part
        self._dense_up_to = 0

    def look(self, connection: Connection, tenant: str) -> Damage | None:
        """The hole in the next part of the log, None when there is none."""
        parameters = {"after": self._dense_up_to, "part": self._part}
        row = connection.execute(_QUERIES["events_up_to"].of(tenant), parameters).fetchone()
        end, count = row or (self._dense_up_to, 0)
        missing = end - self._dense_up_to - count
        if missing > 0:
            return Damage(
                "events_missing",
                f"{missing} events are missing at positions {self._dense_up_to + 1} to {end}: {RESTORE}.",
            )
        self._dense_up_to = end
        return None


def damage_of(connection: Connection, tenant: str) -> Damage | None:
    """The damage of the log, None when its end is sound. A few index look-ups, whatever the size of the log."""
    return judge(ends_of(connection, tenant))


def ends_of(connection: Connection, tenant: str) -> Ends:
    """The ends of the log."""
    return Ends._make(connection.execute(select_ends(tenant)).fetchone() or ())


def judge(ends: Ends) -> Damage | None:
    """The damage that the ends show, None when they are sound."""
    last = ends.last or 0
    if damage := _of_head(ends, last):
        return damage
    if (ends.furthest or 0) > last:
        return Damage(
            "log_shortened",
            f"the log ends at {last}, but projections have read up to {ends.furthest}. {SHORTENED}",
        )
    if ends.falls:
        return Damage(
            "times_fall",
            "the newest event is dated before the event that precedes it or after the head's time, or the head's time"
            f" is infinite: {RESTORE}.",
        )
    return None


def _of_head(ends: Ends, last: int) -> Damage | None:
    if ends.head is None:
        return Damage("head_missing", f"the row of log_head is gone: {RESTORE}.")
    if ends.heads > 1:
        return Damage("head_doubled", f"log_head has {ends.heads} rows, and one is right: {RESTORE}.")
    if ends.head < last:
        return Damage("head_behind", f"the head says {ends.head}, but there are events up to {last}: {RESTORE}.")
    if ends.head > last:
        return Damage("head_ahead", f"the head says {ends.head}, but the last event is at {last}: {RESTORE}.")
    return None
