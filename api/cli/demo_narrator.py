"""Says what happens by itself at the desk of the demo, a line for each event."""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress

import psycopg
from psycopg import Connection

from api.cli.tenant_database import connected
from api.history.lines import subject_of
from api.simulation.schedule import ZONE
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.audit.names import names_of_entries
from projections.audit.queries import HistoryEntry, HistoryFilter, history_of
from projections.audit.sentences import NAMELESS, sentence

BY_ITSELF = ("automation", "assigner", "due-watch", "sender", "sla-watch")
"""The channels of the programs that act by themselves."""
EVERY = 0.25
"""Seconds between two looks at the audit history."""


@contextmanager
def narrating(dsn: str, tenant: str, say: Callable[[str], None], language: Language) -> Iterator[None]:
    """Says what is recorded through BY_ITSELF while the block lasts."""
    stop = threading.Event()

    def narrate() -> None:
        with suppress(psycopg.Error), connected(dsn) as connection:
            position = reader.head(connection, tenant)
            while not stop.wait(EVERY):
                position = say_page(connection, tenant, position, say, language)

    thread = threading.Thread(target=narrate, name="narrator")
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join()


def say_page(connection: Connection, tenant: str, after: int, say: Callable[[str], None], language: Language) -> int:
    """Says the next entries; returns the position up to which it has looked."""
    page = history_of(connection, schema_of(tenant), HistoryFilter(channels=BY_ITSELF), after=after)
    names = names_of_entries(connection, tenant, page.entries)
    for entry in page.entries:
        say(line(entry, language, names))
    return page.next_after or (page.entries[-1].position if page.entries else after)


def line(entry: HistoryEntry, language: Language, names: Mapping[str, str] = NAMELESS) -> str:
    """The hour of the desk's zone, the ticket, and what happened; customers are called by their ``names``."""
    text = sentence(entry, language, zone=ZONE, names=names)
    return f"{entry.recorded_at.astimezone(ZONE):%H:%M:%S}  {subject_of(entry, language)}: {text}"
