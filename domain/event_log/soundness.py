"""Whether the end of a tenant's log, its head and its readers fit together: a look at a few rows, whatever its size."""

from typing import Literal, NamedTuple

from psycopg import Connection, sql

from domain.event_log.sql_files import sql_file

_QUERIES = sql_file("domain.event_log", "queries.sql")
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


class LogDamaged(Exception):  # noqa: N818 -- names the state of things
    """The log is not as it must be: nothing is recorded until it is mended."""

    def __init__(self, damage: Damage) -> None:
        super().__init__(damage)
        self.damage = damage

    def __str__(self) -> str:
        return self.damage.sentence


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
    """The statement whose row is an Ends."""
    return _QUERIES["ends"].of(tenant)


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
