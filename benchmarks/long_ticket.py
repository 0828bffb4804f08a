"""A command on a ticket with a long history beside one on a ticket with a short one."""

import time
from statistics import median
from uuid import UUID

import uvloop

from benchmarks.commands import command_context, open_desk, register_customers
from benchmarks.figure import Figure
from domain.command_handling.service_desk import ServiceDesk
from domain.ids import new_id
from domain.ticket import commands as c

LONG, SHORT = 1_000, 10
NOTE = c.AddNote(body="Called back; nobody there.")


def measure(dsn: str, tenant: str, rounds: int) -> list[Figure]:
    """Warm: the desk has the ticket in its memory. Cold: it was just started."""
    times = uvloop.run(_times(dsn, tenant, rounds))
    beside = f"on a ticket with {SHORT} events"
    return [
        Figure(
            f"command on a ticket with {LONG:,} events, {how}",
            median(times[LONG, how]), "ms", beside, median(times[SHORT, how]), 2, at_most=True,
        )
        for how in ("warm", "cold")
    ]  # fmt: skip


async def _times(dsn: str, tenant: str, rounds: int) -> dict[tuple[int, str], list[float]]:
    """Milliseconds of each command, the four kinds in turn."""
    warm = open_desk(dsn, tenant)
    await register_customers(warm, [RECEIVE.customer_id])
    kinds = [(size, how) for size in (LONG, SHORT) for how in ("warm", "cold")]
    tickets = {kind: await _ticket(warm, kind[0]) for kind in kinds}
    times: dict[tuple[int, str], list[float]] = {kind: [] for kind in kinds}
    for _ in range(rounds):
        cold = open_desk(dsn, tenant)
        await cold.handle(new_id(), RECEIVE, command_context())  # connects
        for kind in kinds:
            desk = warm if kind[1] == "warm" else cold
            start = time.perf_counter()
            await desk.handle(tickets[kind], NOTE, command_context())
            times[kind].append((time.perf_counter() - start) * 1000)
        await cold.close()
    await warm.close()
    return times


RECEIVE = c.ReceiveTicket(customer_id=UUID(int=1), channel="zalo", subject="OTP", category="login", priority="P2")


async def _ticket(desk: ServiceDesk, events: int) -> UUID:
    ticket = new_id()
    await desk.handle(ticket, RECEIVE, command_context())
    for _ in range(events - 1):
        await desk.handle(ticket, NOTE, command_context())
    return ticket
