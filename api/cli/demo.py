"""`demo`: a made-up desk with thirty days of work, its figures, and then the desk live."""

import asyncio
import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext, suppress
from datetime import date
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer
from psycopg import Connection, sql

from api.channels.configuration import VARIABLE as CHANNELS
from api.cli.definitions.shipped import ALL, publish_shipped
from api.cli.demo_narrator import narrating
from api.cli.demo_words import WORDS, DemoWords
from api.cli.locale import locale_of
from api.cli.options import DATA_VARIABLE, Data, Lang, Tenant
from api.cli.printing import say
from api.cli.report.question import Question
from api.cli.report.tables import show_report
from api.cli.simulate import first_day, play_past
from api.cli.system_user import system_user
from api.cli.tenant_database import connected, open_or_create
from api.database_roles import under
from api.logs import configure_logging
from api.program_name import program_name
from api.sealing.key_events import usual_key
from api.serving.listen_socket import Listening, listening
from api.settings import Settings, utc_now
from api.simulation.desk import MadeUpDesk
from api.simulation.replay import Replayer
from api.simulation.schedule import ZONE
from api.simulation.ticket_life import DISPATCH
from api.simulation.workforce import own_definitions
from api.workers.worker_process import WorkerProcess
from domain.command_context import CommandContext
from domain.command_handling.service_desk import ServiceDesk
from domain.definitions.shipped import kinds_shipped
from domain.event_log.database_connections import REPORTS, connect
from domain.event_log.roles import DESK, OWNER, READER
from domain.event_log.schema import schema_of
from domain.event_log.store import PATIENT_SETTINGS, LogConnection
from domain.readable import day
from projections.scope.periods import RequestedPeriod

DAYS, TICKETS_PER_DAY, SEED = 30, 100, 1
LOOPBACK = "127.0.0.1"
PORT = 8000


def demo(
    once: Annotated[bool, typer.Option("--once", help="Stop after the tables.")] = False,
    port: Annotated[int, typer.Option(min=0, max=65_535)] = PORT,
    speed: Annotated[
        float | None,
        typer.Option(
            min=1,
            max=100_000,
            help="How many times as fast customers and agents act; what happens by itself is told as it happens.",
        ),
    ] = None,
    language: Lang = None,
    data: Data = None,
    tenant: Tenant = "demo",
) -> None:
    """Show a made-up desk: thirty days of figures, then the desk live.

    Ctrl-C ends it.
    """
    configure_logging()
    with (
        _channels() as sent,
        open_or_create(data, tenant) as login,
        WorkerProcess(login, sealing_key=usual_key(login, data)),
        _listening(login, tenant, None if once else port) as listener,
    ):
        dsn, reading_dsn = under(login, DESK), under(login, READER)
        with connected(dsn) as connection:
            made_up = _desk_of(connection, tenant)
            spoken, _ = locale_of(connection, tenant, language, None)
        words = WORDS[spoken]
        say(words.desk.format(tickets=TICKETS_PER_DAY, first=day(made_up.first, spoken)))
        say(words.late)
        stage = _Stage(dsn, tenant, made_up)
        try:
            stage.past(words)
            with connect(reading_dsn, REPORTS) as connection:
                days = RequestedPeriod(made_up.first, None, ZONE)
                show_report(connection, tenant, "figures", Question(days), with_late=False, language=spoken)
            if listener is not None:
                server, address = listener
                stage.publish()
                rules = _adopt_all(data, tenant)
                with stage.live(speed), narrating(reading_dsn, tenant, say, spoken) if speed else nullcontext():
                    notifications = words.to_a_file.format(file=sent) if sent else words.to_channels
                    options = _options(tenant, data)
                    again = options if port == PORT else f"{options} --port {port}"
                    _say_where(address, words, options=options, again=again, rules=rules, notifications=notifications)
                    server.run()
        finally:
            stage.close()


@contextmanager
def _listening(login: str, tenant: str, port: int | None) -> Iterator[tuple[Listening, str] | None]:
    """The server and its address from the first: nobody else takes the port while the past is played. None: no port."""
    if port is None:
        yield None
        return
    settings = Settings(under(login, DESK), tenant, reading_dsn=under(login, READER), owning_dsn=under(login, OWNER))
    with listening(settings, LOOPBACK, port) as listener:
        yield listener


class _Stage:
    """The made-up desk with its own event loop, which runs beside the server's."""

    def __init__(self, dsn: str, tenant: str, made_up: MadeUpDesk) -> None:
        self._dsn, self._tenant, self._made_up = dsn, tenant, made_up
        self._runner = asyncio.Runner()
        self._service = ServiceDesk(LogConnection(dsn, tenant, PATIENT_SETTINGS))
        self._player = Replayer(made_up, self._service, utc_now)

    def past(self, words: DemoWords) -> None:
        """Plays everything up to now."""
        play_past(self._runner, self._player, self._made_up, self._dsn, self._tenant, words)

    def publish(self) -> None:
        """Publishes who works at the desk and where its tickets go, from now on."""
        self._runner.run(self._publish())

    async def _publish(self) -> None:
        for stream, command in own_definitions(self._made_up.first):
            context = CommandContext(DISPATCH, f"simulation-{command.kind}/{self._made_up.name}")
            await self._service.handle(stream, command, context)

    @contextmanager
    def live(self, speed: float | None = None) -> Iterator[None]:
        """Plays the present while the block lasts; with a ``speed``, another desk that is so many times as fast."""
        loop = self._runner.get_loop()
        playing = loop.create_task(self._hastened(speed) if speed else self._player.present())

        def play() -> None:
            with suppress(asyncio.CancelledError):
                loop.run_until_complete(playing)

        thread = threading.Thread(target=play, name="made-up desk")
        thread.start()
        try:
            yield
        finally:
            loop.call_soon_threadsafe(playing.cancel)
            thread.join()

    async def _hastened(self, speed: float) -> None:
        """A desk of its own each time: the steps of the desk that is simulated keep their instants."""
        hastened = MadeUpDesk(int(utc_now().timestamp()), utc_now().date(), TICKETS_PER_DAY)
        await Replayer(hastened, self._service, utc_now).hastened(speed)

    def close(self) -> None:
        """Closes the connection and the loop."""
        self._runner.run(self._service.close())
        self._runner.close()


def _desk_of(connection: Connection, tenant: str) -> MadeUpDesk:
    """The desk that an earlier demo began, or a new one."""
    row = connection.execute(
        sql.SQL(
            "select command_id from {}.commands where command_id like 'simulation/%' order by position limit 1"
        ).format(sql.Identifier(schema_of(tenant)))
    ).fetchone()
    if row is None:
        return MadeUpDesk(SEED, first_day(DAYS), TICKETS_PER_DAY)
    _, seed, first, size, _ = row[0].split("/")
    return MadeUpDesk(int(seed), date.fromisoformat(first), int(size))


@contextmanager
def _channels() -> Iterator[Path | None]:
    """Has notifications written to a file while the block lasts, which it gives; None: channels are configured."""
    if os.environ.get(CHANNELS):
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="ticketledger-demo-") as folder:
        sent, configuration = Path(folder, "notifications.jsonl"), Path(folder, "channels.toml")
        configuration.touch(mode=0o600)
        configuration.write_text(
            "".join(f"[{channel}]\nfile = '{sent}'\n" for channel in ("email", "sms", "zalo", "call", "file")),
            encoding="utf-8",
        )
        os.environ[CHANNELS] = str(configuration)
        try:
            yield sent
        finally:
            del os.environ[CHANNELS]


def _adopt_all(data: Path | None, tenant: str) -> int:
    """Publishes all definitions that come with the program; returns how many are in effect then."""
    return sum(publish_shipped(kind, ALL, None, system_user(), data, tenant)[1] for kind in kinds_shipped())


def _options(tenant: str, data: Path | None) -> str:
    """The options by which other commands find this desk."""
    is_found = data is None or DATA_VARIABLE in os.environ
    return f"--tenant {tenant}" if is_found else f"--tenant {tenant} --data {quote(str(data))}"


def _say_where(address: str, words: DemoWords, **values: object) -> None:
    where = {"address": address, "program": program_name(), "tickets": TICKETS_PER_DAY}
    say(words.where.format_map(where | values))
