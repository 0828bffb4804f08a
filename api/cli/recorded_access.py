"""The entry of the access journal that a command of the command line leaves."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg

from api.access_journal.entry import AccessAction, AccessEntry, Occurrences, json_of
from api.access_journal.tables import JOURNAL_HEAD, append_access
from api.cli.access_table import ACCESS_TABLE
from api.cli.printing import say
from api.cli.running_command import RunningCommand, running_command
from api.cli.system_user import system_user
from domain.errors import LedgerError
from domain.event_log.database_connections import ACCESS, connect
from domain.event_log.tenants import has_table
from domain.ids import canonical
from domain.refusal import Refusal


@contextmanager
def recorded_access(dsn: str, tenant: str) -> Iterator[None]:
    """Notes one entry for the running command when the block ends, in whatever way. A command outside has none.

    A command with several blocks, such as one that records and then reads, has one entry for each outcome.
    """
    outcome, state, refused = "broken_off", None, False
    try:
        yield
        outcome = "done"
    except LedgerError as error:
        outcome = error.kind
        if isinstance(error, Refusal):
            outcome, state, refused = error.code, error.state, True
        raise
    finally:
        running = running_command()
        action: AccessAction | None = "refused" if refused else _recorded(running)
        if action is not None and running.words and (tenant, action, outcome) not in running.journalled:
            running.journalled.add((tenant, action, outcome))
            entry = AccessEntry(
                action,
                f"ticketledger {running.words}",
                actor=system_user(),
                kind="agent",
                subjects=tuple(_subjects(running)),
                outcome=outcome,
                state=state,
                figure=_figure(running),
            )
            _append(dsn, tenant, entry, running.rows)


def _recorded(running: RunningCommand) -> AccessAction | None:
    """What the table says. A command with an option that reads something else has a line of its own."""
    with_option = (f"{running.words} --{name}" for name, value in running.parameters.items() if value)
    line = next(filter(ACCESS_TABLE.__contains__, with_option), running.words)
    return ACCESS_TABLE.get(line, "read")


def _subjects(running: RunningCommand) -> Iterator[tuple[str, str]]:
    """The ids among the parameters, also those that are given as text."""
    for name, value in running.parameters.items():
        if isinstance(value, UUID):
            yield name.removesuffix("_id"), str(value)
        elif isinstance(value, str):
            try:
                yield name.removesuffix("_id"), str(canonical(value)).lower()
            except ValueError:
                continue


def _figure(running: RunningCommand) -> str | None:
    """The figure that is named; None of a report, or where there is no figure of that name."""
    if running.words != "report ask":
        return None
    from projections.figures.registry import FIGURES  # noqa: PLC0415 -- other commands start without the figures

    name = running.parameters.get("which")
    return name if name in FIGURES else None


def _append(dsn: str, tenant: str, entry: AccessEntry, rows: int | None) -> None:
    """A reading whose entry cannot be written is answered all the same, and a remark says so."""
    now = time.time()
    try:
        with connect(dsn, ACCESS) as connection:
            if has_table(connection, tenant, JOURNAL_HEAD):
                append_access(connection, tenant, [json_of(entry, Occurrences(now, now, rows=rows))])
    except psycopg.Error as error:
        say(f"The access journal does not have this: {str(error).strip().splitlines()[0]}.")
