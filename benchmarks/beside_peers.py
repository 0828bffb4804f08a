"""Commands a second beside other event stores and history keepers, each in the way its users would run it."""

from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import uvloop

from api.migrations import migrate
from benchmarks.callers import COMMANDS_A_TICKET
from benchmarks.commands import commands_a_second
from benchmarks.databases import empty_database
from benchmarks.figure import Figure
from benchmarks.peers.catalogue import PEERS, Ask, Peer, started
from benchmarks.peers.installing import UnavailableError
from benchmarks.rounds import medians, say

OURS = "ours"
FLOORS = {1: {"message-db": 1.0}, 8: {peer.name: 3.0 for peer in PEERS}}
"""By callers: above message-db, and three times the best of them, which is three times each."""
TRIAL_TICKETS, TURN_SECONDS = 10, 0.4
"""A fraction of a second, so that many rounds share a bad minute fairly."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Ours and every peer that can be had here take turns, on one server; a figure says why one cannot be had."""
    migrate(dsn)
    missing: dict[Peer, str] = {}
    with ExitStack() as stack:
        turns = _turns(OURS, lambda callers, tickets: uvloop.run(commands_a_second(dsn, callers, tickets)))
        for peer in PEERS:
            try:
                ask = stack.enter_context(started(peer, stack.enter_context(empty_database(dsn))))
                turns |= _turns(peer.name, ask)
            except UnavailableError as error:
                missing[peer] = str(error)
                say(f"  {peer.name}: {error}")
        rates = medians(turns, 5 if quick else 15)
    return [
        Figure(
            f"commands, {callers} caller{'s' if callers > 1 else ''}",
            rates[f"{OURS} {callers}"],
            "commands/s",
            f"{peer.name} {peer.version}",
            rates.get(f"{peer.name} {callers}"),
            floors.get(peer.name),
            note=missing.get(peer, ""),
        )
        for callers, floors in FLOORS.items()
        for peer in PEERS
    ]


def _turns(name: str, ask: Ask) -> dict[str, Callable[[], float]]:
    """A turn for each number of callers, of so many tickets that by a short trial it lasts about TURN_SECONDS."""
    turns: dict[str, Callable[[], float]] = {}
    for callers in FLOORS:
        tickets = max(1, round(ask(callers, TRIAL_TICKETS) * TURN_SECONDS / COMMANDS_A_TICKET / callers))
        turns[f"{name} {callers}"] = partial(ask, callers, tickets)
    return turns
