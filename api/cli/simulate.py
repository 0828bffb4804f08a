"""`simulate`: a made-up history, and the made-up desk live."""

import asyncio
from contextlib import nullcontext, suppress
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Annotated

import typer

from api.cli.demo_words import WORDS, DemoWords
from api.cli.options import DEFAULT_TENANT, AsJson, Data, Tenant
from api.cli.printing import bars, say, show_json, show_table
from api.cli.tenant_database import connected, open_or_create
from api.database_roles import under
from api.settings import utc_now
from api.simulation.desk import MadeUpDesk
from api.simulation.replay import Replayer
from api.simulation.schedule import ZONE
from api.workers.projection_lag import wait_until_projected
from api.workers.worker_process import WorkerProcess
from domain.command_handling.service_desk import ServiceDesk
from domain.event_log.advisory_locks import alerts_lock
from domain.event_log.roles import DESK
from domain.event_log.store import PATIENT_SETTINGS, LogConnection
from domain.local_time import local_day


def simulate(
    days: Annotated[int, typer.Option(min=1, max=3_650, help="How many days, the last one today.")] = 30,
    tickets_per_day: Annotated[
        int, typer.Option(min=1, max=1_000_000, help="How many tickets on an ordinary day.")
    ] = 60,
    seed: Annotated[int, typer.Option(help="The same seed makes the same desk.")] = 1,
    live: Annotated[bool, typer.Option("--live", help="Go on as time passes, until Ctrl-C.")] = False,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Fill a desk with a made-up history.

    The same seed again adds what is missing. With --live the desk then goes on in real time.
    """
    made_up = MadeUpDesk(seed, first_day(days), tickets_per_day)
    until_ctrl_c = suppress(KeyboardInterrupt) if live else nullcontext()
    with open_or_create(data, tenant) as dsn, WorkerProcess(dsn, [tenant]), until_ctrl_c:
        _play(under(dsn, DESK), tenant, made_up, live=live, as_json=as_json)


def first_day(days: int) -> date:
    """The first of so many days, of which the last is today."""
    return datetime.now(ZONE).date() - timedelta(days=days - 1)


def play_past(
    runner: asyncio.Runner, player: Replayer, made_up: MadeUpDesk, dsn: str, tenant: str, words: DemoWords
) -> None:
    """Plays up to now and waits for the projections, with a bar for each. Ctrl-C ends both."""
    now = datetime.now(UTC)
    days = (local_day(now, ZONE) - made_up.first).days + 1
    with bars() as progress:

        def show(at: datetime) -> None:
            progress.show(words.simulated, (local_day(at, ZONE) - made_up.first).days, days)

        with connected(dsn) as connection, alerts_lock(tenant).held(connection):
            runner.run(player.past(now, show))
        progress.show(words.simulated, days, days)
        wait_until_projected(dsn, tenant, lambda done, total: progress.show(words.projected, done, total))


def _play(dsn: str, tenant: str, made_up: MadeUpDesk, *, live: bool, as_json: bool) -> None:
    service = ServiceDesk(LogConnection(dsn, tenant, PATIENT_SETTINGS))
    with asyncio.Runner() as runner:
        try:
            player = Replayer(made_up, service, utc_now)
            play_past(runner, player, made_up, dsn, tenant, WORDS["en"])
            if as_json:
                show_json(asdict(player.played))
            else:
                show_table("Simulation", [asdict(player.played)])
                if player.played.steps == 0:
                    say(f"Nobody has come in since {made_up.first} ({ZONE.key}). Give more --days.")
            if live:
                say("The desk is live. Ctrl-C ends it.")
                runner.run(player.present())
        finally:
            runner.run(service.close())
