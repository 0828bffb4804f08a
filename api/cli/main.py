"""The command line: its commands, and what it says when something is wrong.

What the commands need is loaded when one of them runs: the list of commands itself appears at once.
"""

import sys

import typer

from api.cli import developing, import_export, keys, maintenance, reports, serve, sla
from api.program_name import program_name

BROKEN_OFF, USAGE = 1, 2

app = typer.Typer(
    name="ticketledger",
    help="An event-sourced desk for tickets and customers, on PostgreSQL.",
    epilog="Exit codes: 0 done; 1 something wrong was found (doctor, sla check, rows of an import that were not"
    " taken), or the work was broken off; 2 the words or the input cannot be used, and a sentence says how to mend"
    " them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
serve.add_to(app)
import_export.add_to(app)
reports.add_to(app)
sla.add_to(app)
maintenance.add_to(app)
developing.add_to(app)
app.add_typer(keys.app, name="keys")


@app.callback()
def prepare() -> None:
    """Registers the event types before a command runs."""
    from domain.event_types import register_event_types

    register_event_types()


def main() -> None:
    """Runs the command that the arguments name, and ends the process with its exit code."""
    try:
        try:
            app(prog_name=program_name())
        finally:
            sys.stdout.flush()  # a full disk is met here at the latest, where it can be told
    except BrokenPipeError:
        sys.exit(BROKEN_OFF)
    except Exception as error:  # what is meant for a person is said in a sentence; a defect is raised on
        sentence = _sentence(error)
        if sentence is None:
            raise
        from api.terminal_text import escaped

        sys.stderr.write(f"ticketledger: {escaped(sentence)}\n")
        sys.exit(USAGE)


def _sentence(error: Exception) -> str | None:
    """What a person can do about it; None for a defect."""
    import psycopg

    from api.api_key_lifecycle import KeyNotUsable
    from api.cli.tenant_database import UsageError
    from api.database import NoDatabaseError
    from api.importing.mapping import MappingError
    from api.importing.recorder import ConcurrentImport
    from api.importing.rows import UnreadableFile
    from api.settings import ListenRefused
    from domain.event_log.soundness import LogDamaged
    from domain.event_log.store import LogUnavailable
    from domain.plugins import PluginError
    from projections.engine.checkpoints import ProjectionOutdated
    from projections.engine.rebuild import RebuildUnderWay
    from projections.scope.report_scope import TooManyGroups

    importing = MappingError | UnreadableFile | ConcurrentImport | PluginError
    reading = ProjectionOutdated | RebuildUnderWay | TooManyGroups
    if isinstance(error, importing | reading | NoDatabaseError | ListenRefused | KeyNotUsable | UsageError):
        return str(error)
    if isinstance(error, LogDamaged):
        return f"Nothing was recorded, for the log is damaged: {error}"
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"The database does not let this user do that ({_first_line(error)}): use the owner's DATABASE_URL."
    if isinstance(error, psycopg.OperationalError | LogUnavailable):
        return f"The database was lost ({_first_line(error)}). Start the command again: what it had recorded is kept."
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The output'} cannot be used: {error.strerror}."
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
