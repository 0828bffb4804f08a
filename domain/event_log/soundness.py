"""Whether the end of a tenant's log, its head and its readers fit together: a look at a few rows, whatever its size."""

from collections.abc import Mapping
from typing import Literal, NamedTuple

from psycopg import Connection, sql

from domain.errors import LedgerError
from domain.event_log.schema import schema_of

Kind = Literal["head_missing", "head_doubled", "head_behind", "head_ahead", "log_shortened", "times_fall"]

RESTORE = "stop the servers and restore the database from its newest backup"
SHORTENED = (
    f"What to do: {RESTORE}; if the later events are given up for good, run `rebuild`, which makes the projections anew"
    " from the log as it is."
)


class Damage(NamedTuple):
    """What is wrong with a log, and a sentence that says what to do."""

    kind: Kind
    sentence: str


class LogDamaged(LedgerError):  # noqa: N818 -- names the state of things
    """The log is not as it must be: nothing is recorded until it is mended."""

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
    """Where the head, the newest event and the reader that is furthest stand; None where there is none.

    ``heads``: how many rows log_head has. ``falls``: the newest event was recorded before the one before it, or after
    the head's time, or the head's time is infinity. ``head`` and ``falls`` are of any one of the heads.
    """

    heads: int
    head: int | None
    last: int | None
    furthest: int | None
    falls: bool | None


def select_ends(tenant: str) -> sql.Composed:
    """The row is an Ends: a few index look-ups."""
    return sql.SQL(
        "select (select count(*) from {0}.log_head), h.position, e.position,"
        " (select max(position) from {0}.projection_positions),"
        " h.recorded_at = 'infinity' or h.recorded_at < e.recorded_at or e.recorded_at <"
        " (select b.recorded_at from {0}.events b where b.position < e.position order by b.position desc limit 1)"
        " from (values (1)) one(row) left join {0}.log_head h on true"
        " left join (select position, recorded_at from {0}.events order by position desc limit 1) e on true"
    ).format(sql.Identifier(schema_of(tenant)))


def damage_of(connection: Connection, tenant: str) -> Damage | None:
    """What is wrong with the log now, None when nothing is."""
    return judge(ends_of(connection, tenant))


def ends_of(connection: Connection, tenant: str) -> Ends:
    """How the log ends now."""
    return Ends._make(connection.execute(select_ends(tenant)).fetchone() or ())


def judge(ends: Ends) -> Damage | None:
    """What is wrong with a log that ends so, None when nothing is."""
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
            "the newest event was recorded before the one before it, or after the head's time, or that has no end:"
            f" {RESTORE}.",
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
