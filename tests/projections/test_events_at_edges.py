"""No event that a log can hold stops a projection, and no number in it is cut off on its way into a column."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, cycle
from uuid import UUID

import psycopg
import pytest

from domain.definitions.definition_file import read_definition_file
from domain.definitions.events import DefinitionPublished
from domain.definitions.shipped import shipped_files
from domain.definitions.state import definition_stream
from domain.event_log.append import Batch
from domain.event_types import register_event_types
from domain.ids import new_id
from domain.messages import Event
from domain.ticket.events import TicketReceived
from projections.engine.projection import NO_INPUTS, Projection
from projections.registry import PROJECTIONS
from tests.support.catching_up import catch_up
from tests.support.edges import INSTANTS, UNJUDGED, at_edges, plain
from tests.support.events import NOON, at, history, new_event
from tests.support.folded import fold
from tests.support.log import DEFAULT, append
from tests.support.settings import LONG_AGO, settings_published

CLASSES = register_event_types()
JUDGED = [cls for topic, cls in CLASSES.items() if topic not in UNJUDGED]
BOUNDS = {"integer": 2**31, "bigint": 2**63}


def streams() -> Iterator[list[Event]]:
    """For each class a stream that begins as its kind does and holds the edges of the class."""
    for cls in JUDGED:
        yield [beginning(cls), *at_edges(cls)]


def beginning(cls: type[Event]) -> Event:
    kind = cls.topic.partition(".")[0]
    if kind == "ticket":
        return plain(TicketReceived)
    return plain(next(each for each in JUDGED if each.topic.startswith(f"{kind}.")))


def the_customer() -> list[Event]:
    """Everything that can be said of the customer whom plain events name."""
    return list(chain.from_iterable(at_edges(cls) for cls in JUDGED if cls.topic.startswith("customer.")))


def rules() -> Iterator[tuple[UUID, Event]]:
    """Every rule that ships, published."""
    for text in shipped_files("automation").values():
        file = read_definition_file(text)
        body = file.body.model_dump(mode="json")
        payload = DefinitionPublished(kind="automation", name=file.name, version=1, effective_from=LONG_AGO, body=body)
        yield definition_stream("automation", file.name), payload


def record(connection: psycopg.Connection, stream: UUID, payloads: list[Event], instants: Iterator[datetime]) -> None:
    command = str(new_id())
    made = Batch({stream: 0}, [command])
    events = [
        new_event(payload, stream, version, occurred_at=next(instants), command_id=command)
        for version, payload in enumerate(payloads, start=1)
    ]
    made.add_decided(command, "recorded", stream, len(events), events)
    assert append(connection, made, DEFAULT).recorded


def test_no_event_at_an_edge_stops_a_projection(database_url: str) -> None:
    """The zone is west of UTC at the first instant of the calendar, and east of it at the last one."""
    instants = cycle(INSTANTS)
    zones = settings_published((LONG_AGO, "America/New_York"), (NOON, "Pacific/Kiritimati"))
    with psycopg.connect(database_url, autocommit=True) as connection:
        record(connection, zones[0].stream, [event.payload for event in zones], cycle([LONG_AGO]))
        for stream, payload in rules():
            record(connection, stream, [payload], cycle([LONG_AGO]))
        record(connection, UUID(int=7), the_customer(), instants)
        for payloads in streams():
            record(connection, new_id(), payloads, instants)
        catch_up(database_url)
        stopped = connection.execute(
            "select name, stopped_at, error, (select topic from tenant_default.events where position = stopped_at)"
            " from tenant_default.projection_positions where stopped_at is not null"
        ).fetchall()
        assert stopped == []


def has_a_giant(payload: Event) -> bool:
    """Whether a number of the event is behind the end of a column."""
    return re.search(r"\d{10}", payload.model_dump_json()) is not None


@pytest.mark.parametrize("projection", PROJECTIONS, ids=lambda projection: projection.name)
def test_every_number_fits_into_its_column(projection: Projection) -> None:
    tables = {table.row: table for table in projection.tables}
    for payloads in streams():
        if not projection.reads(payloads[0].topic.partition(".")[0]):
            continue
        for last in filter(has_a_giant, payloads[1:]):
            for row in fold(projection, history(at(0, payloads[0]), at(1, last)), inputs=NO_INPUTS):
                table = tables[type(row)]
                for column, value in zip(table.columns, table.values_of(row), strict=True):
                    bound = BOUNDS.get(column.type.copied_as)
                    assert bound is None or value is None or -bound <= value < bound, f"{table.name}.{column.name}"
