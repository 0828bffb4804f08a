"""Kinds of tampering with the rows of the events and of the access journal; the tree stays as it is."""

from collections.abc import Callable

from domain.event_log.database_connections import ADMINISTRATION, connect
from tests.support.events import at, history, received
from tests.support.key_stores import encrypt, key_store
from tests.support.log import DEFAULT, append_history
from tests.support.tampering.case import Case
from tests.support.tampering.kinds import Tampering

_EVENT = "the line of position 100 is not what was sealed"
_ENTRY = "the line of position 20 is not what was sealed"


def _set(change: str, position: int = 100) -> Callable[[Case], object]:
    """Changes one column of one row."""
    return lambda case: case.sql(f"update {{rows}} set {change} where position = {position}")


def _on_access(do: Callable[[Case], object]) -> Callable[[Case], object]:
    """The same on the access journal."""

    def done(case: Case) -> object:
        case.log = "access"
        return do(case)

    return done


def _insert(case: Case, statement: str) -> None:
    """Adds a row at position 20; later rows move down."""
    case.move(19, 1)
    case.sql(statement)


def _remove_as_if_by_age(case: Case) -> None:
    case.delete(1, 30)
    case.sql("update {schema}.access_head set trimmed = 30")


def _outside(statement: str) -> Callable[[Case], object]:
    """Adds a row outside of the positions that the head counts."""

    def done(case: Case) -> None:
        case.allow_any_position()
        case.sql(statement)

    return done


def _lose_keys(case: Case) -> None:
    """Encrypts the desk, records events, and deletes the data keys of the newest from the key store."""
    store = case.open.enter_context(key_store(case.desk.dsn, case.desk.folder))
    encrypt(case.desk.dsn, DEFAULT, store)
    append_history(case.desk.dsn, history(at(0, received())))
    case.seal()
    with connect(store.url, ADMINISTRATION) as connection:
        connection.execute("delete from ticketledger_keys.keys")


def _take_out(case: Case) -> None:
    """Deletes the row at position 20; later rows move up."""
    case.delete(20, 20)
    case.move(20, -1)


_INSERT_EVENT = """
insert into {rows} select 20, gen_random_uuid(), 1, topic, recorded_at, state from {rows} where position = 19
"""
_INSERT_ENTRY = "insert into {rows} select 20, at, entry from {rows} where position = 19"
_EVENT_OUTSIDE = """
insert into {{rows}} select {}, gen_random_uuid(), 1, topic, recorded_at, state from {{rows}} where position = {}
"""
_ENTRY_OUTSIDE = "insert into {{rows}} select {}, at, entry from {{rows}} where position = {}"
_FLIP = "state = overlay(state placing chr(ascii(substr(state, 30, 1)) # 1) from 30 for 1)"

_OF_BOTH: list[tuple[str, Callable[[Case], object], str]] = [
    ("a row in the middle is deleted", lambda case: case.delete(20, 20), "position 20 is missing"),
    ("the first row is deleted", lambda case: case.delete(1, 1), "position 1 is missing"),
    (
        "a row is deleted, and the later ones move up",
        _take_out,
        "the line of position 20 is what was sealed at position 21",
    ),
    ("the tail is cut off", lambda case: case.cut(30), "position 31 is missing"),
    (
        "two rows change places",
        lambda case: case.swap(10, 25),
        "the line of position 10 is what was sealed at position 25",
    ),
    (
        "ten rows are put into another order",
        lambda case: case.swap(*range(11, 21)),
        "the line of position 11 is what was sealed at position 20",
    ),
]

EVENTS = [
    Tampering("One bit of a stored event is flipped", _set(_FLIP), _EVENT),
    Tampering("What an event says is changed", lambda case: case.forge(), _EVENT),
    Tampering("The text of an event is written anew with the same meaning", _set("state = state || ' '"), _EVENT),
    Tampering("The topic of an event is changed", _set("topic = 'ticket.closed'"), _EVENT),
    Tampering(
        "An event is dated a microsecond later", _set("recorded_at = recorded_at + interval '1 microsecond'"), _EVENT
    ),
    Tampering(
        "An event is dated to no time at all",
        _set("recorded_at = 'infinity'"),
        "A row of the log events holds a value that no line can",
    ),
    Tampering("The version of an event is changed", _set("version = version + 1000"), _EVENT),
    Tampering("An event is moved to another stream", _set("stream = gen_random_uuid()"), _EVENT),
    Tampering(
        "All events of a ticket are deleted",
        lambda case: case.sql("delete from {rows} where stream = (select stream from {rows} where position = 100)"),
        "position 91 is missing: position 121 follows",
    ),
    Tampering(
        "An event is added, and the later ones move down",
        lambda case: _insert(case, _INSERT_EVENT),
        "the line of position 20 is not what was sealed",
    ),
    *(Tampering(f"Events: {name}", do, finding) for name, do, finding in _OF_BOTH),
    Tampering(
        "Events: a row is added before the first position",
        _outside(_EVENT_OUTSIDE.format(0, 1)),
        "positions: 362 events at positions 0 to 361",
    ),
    Tampering(
        "Events: a row is added behind the head",
        _outside(_EVENT_OUTSIDE.format(362, 361)),
        "the head says 361, but there are events up to 362",
    ),
    Tampering(
        "The data keys of events are deleted from the key store",
        _lose_keys,
        "data keys: 1 events name keys that the store does not hold",
    ),
]
ACCESS = [
    Tampering(
        "Entries of the access journal are deleted, and its head says that the retention removed them",
        _on_access(_remove_as_if_by_age),
        "says that positions 1 to 30 were removed by the retention, and the last entry of a removal says 1 to 0",
    ),
    Tampering(
        "The name of who read is changed",
        _on_access(_set("entry = replace(entry, 'agent 19', 'agent 99')", 20)),
        _ENTRY,
    ),
    Tampering(
        "An entry of the access journal is dated otherwise", _on_access(_set("at = at - interval '1 day'", 20)), _ENTRY
    ),
    Tampering(
        "An entry of the access journal is added, and the later ones move down",
        _on_access(lambda case: _insert(case, _INSERT_ENTRY)),
        "the line of position 20 is what was sealed at position 19",
    ),
    *(Tampering(f"Access journal: {name}", _on_access(do), finding) for name, do, finding in _OF_BOTH),
    Tampering(
        "Access journal: a row is added before the first position",
        _on_access(_outside(_ENTRY_OUTSIDE.format(0, 1))),
        "access journal: 41 entries at positions 0 to 40, the head says 40",
    ),
    Tampering(
        "Access journal: a row is added behind the head",
        _on_access(_outside(_ENTRY_OUTSIDE.format(41, 40))),
        "access journal: 41 entries at positions 1 to 41, the head says 40",
    ),
]
