"""Who is who: an address looked up among few and many customers, and a merge with many tickets behind."""

import time
from collections.abc import Sequence
from random import Random
from statistics import median
from uuid import UUID

import psycopg
import uvloop
from psycopg import Connection, sql

from api.migrations import migrate
from benchmarks.commands import command_context, open_desk
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED
from benchmarks.rounds import say
from domain.customer import commands as c
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.ids import new_id
from domain.messages import Command
from domain.ticket.commands import ReceiveTicket
from projections.customers.customers_at_address import customers_at
from projections.customers.queries import customers_of

FEW = 10_000

_SQL = sql_file(__package__, "identity.sql")


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Two tenants of one database, the one with FEW customers, the other with many more."""
    sizes = {"few": FEW, "many": 50_000 if quick else 1_000_000}
    for tenant, customers in sizes.items():
        migrate(dsn, tenant)
        _fill(dsn, tenant, customers)
        say(f"  {tenant}: {customers:,} customers filled")
    looked_up = {tenant: _look_ups(dsn, tenant, customers) for tenant, customers in sizes.items()}
    tickets = 500 if quick else 10_000
    merge, undo = uvloop.run(_merges(dsn, tickets, 20 if quick else 100))
    note, behind = f"among {sizes['many']:,} customers", f"{tickets:,} tickets behind"
    return [
        Figure("look-up by address", looked_up["many"], "ms", "asked for", 1, 1, at_most=True, note=note),
        Figure(
            "look-up stays", looked_up["many"], "ms", f"among {FEW:,}", looked_up["few"], 1.5, at_most=True, note=note
        ),
        Figure("merge of a customer", merge, "ms", "asked for", 5, 1, at_most=True, note=behind),
        Figure("undo of the merge", undo, "ms", "asked for", 5, 1, at_most=True, note=behind),
    ]


def _fill(dsn: str, tenant: str, customers: int) -> None:
    """Customers with a telephone number each, in the tables of the projection alone."""
    with psycopg.connect(dsn, autocommit=True) as connection:
        for name in ("customers", "addresses"):
            connection.execute(_SQL[name].of(tenant), {"customers": customers})
        for table in ("customers", "customer_addresses"):
            connection.execute(sql.SQL("vacuum analyze {}").format(sql.Identifier(schema_of(tenant), table)))


def _look_ups(dsn: str, tenant: str, customers: int) -> float:
    """The median of the milliseconds from a written number to the customer's row."""
    random = Random(SEED)
    times = []
    with psycopg.connect(dsn, autocommit=True) as connection:
        for _ in range(500):
            number = random.randint(1, customers)
            times.append(_milliseconds(connection, schema_of(tenant), f"+84 {900_000_000 + number}", number))
    return median(times)


def _milliseconds(connection: Connection, schema: str, handle: str, number: int) -> float:
    began = time.perf_counter()
    customers = customers_at(connection, schema, "phone", handle)
    rows = customers_of(connection, schema, [each.customer for each in customers])
    taken = (time.perf_counter() - began) * 1000
    if [row.customer for row in rows] != [UUID(int=number)]:
        raise AssertionError(f"{handle} finds {rows}")
    return taken


async def _merges(dsn: str, tickets: int, rounds: int) -> tuple[float, float]:
    """The medians of the milliseconds of a merge and of its undo, on disk."""
    desk = open_desk(dsn, "few")

    async def timed(customer: UUID, command: Command) -> float:
        began = time.perf_counter()
        await desk.handle(customer, command, command_context())
        return (time.perf_counter() - began) * 1000

    source, survivor = new_id(), new_id()
    for customer in (source, survivor):
        await timed(customer, c.RegisterCustomer(name="Lan"))
    receive = ReceiveTicket(customer_id=source, channel="zalo", subject="OTP", category="login", priority="P2")
    for _ in range(tickets):
        await timed(new_id(), receive)
    times: Sequence[list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(await timed(source, c.MergeCustomer(into=survivor, reason="the same person")))
        times[1].append(await timed(source, c.UndoCustomerMerge(into=survivor, reason="two persons")))
    await desk.close()
    return median(times[0]), median(times[1])
