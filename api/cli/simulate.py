"""Simulating, seen from the terminal."""

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from api.cli.printing import bars, say, show_json, show_table
from api.cli.tenant_database import connected, open_or_create
from api.database_roles import under
from api.settings import utc_now
from api.simulation.desk import MadeUpDesk
from api.simulation.replay import Replayer
from api.simulation.schedule import ZONE
from api.workers.projection_lag import wait_until_projected
from api.workers.projection_workers import FollowerProcess
from api.workers.sla_alerting import watches_resting
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.roles import DESK
from domain.event_log.store import LogConnection


def simulate(
    days: int, tickets_per_day: int, seed: int, data: Path | None, tenant: str, *, live: bool, as_json: bool
) -> None:
    """Plays the past days, waits for the projections, shows what was played, and goes on if asked to."""
    made_up = MadeUpDesk(seed, first_day(days), tickets_per_day)
    until_ctrl_c = suppress(KeyboardInterrupt) if live else nullcontext()
    with open_or_create(data, tenant) as dsn, FollowerProcess(dsn, [tenant]), until_ctrl_c:
        asyncio.run(_play(under(dsn, DESK), tenant, made_up, live=live, as_json=as_json))


def first_day(days: int) -> date:
    """The first of so many days, of which the last is today."""
    return datetime.now(ZONE).date() - timedelta(days=days - 1)


async def play_past(player: Replayer, made_up: MadeUpDesk, dsn: str, tenant: str) -> None:
    """Plays up to now and waits for the projections, with a bar for each."""
    now = datetime.now(UTC)
    days = (now.astimezone(ZONE).date() - made_up.first).days + 1
    with bars() as shown:

        def tell(at: datetime) -> None:
            shown.show("days simulated", (at.astimezone(ZONE).date() - made_up.first).days, days)

        with connected(dsn) as connection, watches_resting(connection, tenant):
            await player.past(now, tell)
        shown.show("days simulated", days, days)
        await asyncio.to_thread(
            wait_until_projected, dsn, tenant, lambda done, total: shown.show("events projected", done, total)
        )


async def _play(dsn: str, tenant: str, made_up: MadeUpDesk, *, live: bool, as_json: bool) -> None:
    service = ServiceDesk(LogConnection(dsn, tenant))
    try:
        player = Replayer(made_up, service, utc_now)
        await play_past(player, made_up, dsn, tenant)
        if as_json:
            show_json(asdict(player.played))
        else:
            show_table("Simulation", [asdict(player.played)])
        if live:
            say("The desk is live. Ctrl-C ends it.")
            await player.present()
    finally:
        await service.close()
