"""Nothing gets slower with the years: a large log beside a small one, a long ticket beside a short one, and memory."""

from functools import partial

import psycopg
import uvloop

from api.migrations import migrate
from benchmarks import long_ticket, memory
from benchmarks.commands import commands_a_second
from benchmarks.figure import Figure
from benchmarks.follower import catch_up
from benchmarks.log_filling import fill, tidy
from benchmarks.rounds import medians, say
from domain.event_log import reader
from projections.engine.rebuild import rebuild
from projections.registry import PROJECTIONS
from projections.reporting.registry import VIEWS

SMALL = 10_000


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Two tenants of one database, the one with SMALL events, the other with many more."""
    sizes = {"small": SMALL, "large": 40_000 if quick else 2_000_000}
    for tenant, events in sizes.items():
        migrate(dsn, tenant)
        fill(dsn, tenant, events)
        say(f"  {tenant}: {events:,} events filled")
        rebuild(dsn, tenant, PROJECTIONS, views=VIEWS)
    tidy(dsn)
    tickets = 120 if quick else 1_000
    commands = medians(
        {tenant: partial(_commands_a_second, dsn, tenant, tickets) for tenant in sizes}, 3 if quick else 5
    )
    for tenant in sizes:
        catch_up(dsn, tenant, 0)
    follower = medians({tenant: partial(_follow_more, dsn, tenant, 5_000) for tenant in sizes}, 2 if quick else 5)
    beside = f"with {SMALL:,} events"
    note = f"with {sizes['large']:,} events in the log"
    return [
        Figure("command cost stays", commands["large"], "commands/s", beside, commands["small"], 0.8, note=note),
        Figure("follower speed stays", follower["large"], "events/s", beside, follower["small"], 0.8, note=note),
        *long_ticket.measure(dsn, "small", rounds=25 if quick else 200),
        memory.measure(dsn, "small", commands=18_000 if quick else 1_000_000, quick=quick),
    ]


def _commands_a_second(dsn: str, tenant: str, tickets: int) -> float:
    return uvloop.run(commands_a_second(dsn, 1, tickets, tenant))


def _follow_more(dsn: str, tenant: str, events: int) -> float:
    """Events a second for those that were added behind what the projections have read."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        before = reader.head(connection, tenant)
        fill(dsn, tenant, events)
        return catch_up(dsn, tenant, reader.head(connection, tenant) - before)
