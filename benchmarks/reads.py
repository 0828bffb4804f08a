"""What people ask, one after the other, of a log with a million events; each question with the plan behind it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial
from random import Random
from statistics import median
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Connection, Cursor, sql

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED, fill, instant_of, tidy
from benchmarks.timing import milliseconds
from domain.event_log import reader
from domain.event_log.schema import schema_of
from projections.audit.queries import HistoryFilter, history_of
from projections.backlog.queries import backlog
from projections.engine.rebuild import rebuild
from projections.point_in_time.readings import rows_as_they_were
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS
from projections.tickets.queries import ticket_in
from projections.tickets.table import TICKETS

TENANT = "default"
SCHEMA = schema_of(TENANT)
FEED_PAGE = 100
Question = Callable[[Connection], object]


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Medians in milliseconds; "single milliseconds" is taken as less than ten."""
    migrate(dsn, TENANT)
    fill(dsn, TENANT, 30_000 if quick else 1_000_000)
    rebuild(dsn, TENANT, PROJECTIONS, views=VIEWS)
    tidy(dsn)
    with psycopg.connect(dsn, autocommit=True) as connection:
        questions = _questions(connection)
        times = {name: [milliseconds(partial(ask, connection)) for _ in range(200)] for name, ask in questions.items()}
        connection.cursor_factory = Explaining
        notes = {name: _plans(connection, ask) for name, ask in questions.items()}
    return [
        Figure(name, median(times[name]), "ms", "asked for", 10, 1, at_most=True, note=notes[name])
        for name in questions
    ]


def _questions(connection: Connection) -> dict[str, Question]:
    """Each asks for something else whenever it is called."""
    random = Random(SEED)
    head = reader.head(connection, TENANT)
    tickets: list[UUID] = [
        row[0]
        for row in connection.execute(
            sql.SQL("select ticket from {}.tickets limit 1000").format(sql.Identifier(SCHEMA))
        )
    ]

    def state(connection: Connection) -> object:
        ticket = random.choice(tickets)
        instant = random.choice(reader.streams(connection, TENANT, [ticket], head)[ticket]).occurred_at
        return ticket_in(
            rows_as_they_were(connection, TENANT, TICKETS, ticket, as_of=instant), lambda customer: customer
        )

    return {
        "a ticket's history": lambda c: history_of(c, SCHEMA, HistoryFilter(ticket=random.choice(tickets))),
        "a ticket's state as of an instant": state,
        f"a page of the feed ({FEED_PAGE} events)": lambda c: reader.page_rows(
            c, TENANT, random.randrange(head - FEED_PAGE), FEED_PAGE
        ),
        "the backlog now, by team": lambda c: backlog(c, SCHEMA, instant_of(head), by=["team"]),
        "the backlog at a past instant, by team": lambda c: backlog(
            c, SCHEMA, instant_of(random.randrange(head)) + timedelta(seconds=1), by=["team"]
        ),
    }


class Explaining(Cursor[Any]):
    """Notes the plan of every statement before it runs."""

    plans: list[dict[str, Any]] = []  # noqa: RUF012 -- one benchmark, one list

    def execute(self, query: Any, params: Any = None, **how: Any) -> "Explaining":
        text = query if isinstance(query, str) else query.as_string(self.connection)
        explained = Cursor(self.connection).execute("explain (format json) " + text, params).fetchall()
        self.plans.append(explained[0][0][0]["Plan"])
        return super().execute(query, params, **how)


def _plans(connection: Connection, ask: Question) -> str:
    """The indexes that answer the question. Stops when a table is read from end to end."""
    Explaining.plans.clear()
    ask(connection)
    nodes = [node for plan in Explaining.plans for node in _nodes(plan)]
    scanned = [node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"]
    scanned = [name for name in scanned if name != "log_head"]  # a table of one row
    indexes = [f"{node['Node Type']} on {node['Index Name']}" for node in nodes if "Index Name" in node]
    assert indexes, nodes
    assert not scanned, nodes
    return ", ".join(dict.fromkeys(indexes))


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]
