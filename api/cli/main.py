"""The command line: its commands, and the sentence for each failure that a person can mend."""

import sys
from typing import Annotated

import typer

from api.cli.assignment.group import ASSIGN, AVAILABILITY
from api.cli.automation.group import AUTOMATION
from api.cli.command_group import CommandGroup
from api.cli.customer.group import CUSTOMER
from api.cli.default_group import DefaultGroup
from api.cli.definitions.group import DEFINITION
from api.cli.development import DEVELOPMENT_WORDS, CheckoutCommand
from api.cli.erasure.group import ERASURE
from api.cli.health.group import HEALTH, SEGMENT
from api.cli.lazy_command import LazyCommand, params_of
from api.cli.notification.group import NOTIFICATION
from api.cli.procedure.group import PROCEDURE
from api.cli.report.group import REPORT
from api.cli.running_command import running_command
from api.cli.sla.group import POLICY, SLA
from api.cli.task.group import TASK
from api.cli.usage_error import UsageError
from api.program_name import program_name
from domain.errors import LedgerError

BROKEN_OFF, USAGE = 1, 2


def _prepare() -> None:
    """Registers the event types before a command runs."""
    from domain.event_types import register_event_types  # noqa: PLC0415 -- the list of commands appears without it

    register_event_types()


def _show_version(chosen: bool) -> None:
    if chosen:
        from api.cli.printing import show_line  # noqa: PLC0415 -- the list of commands appears without it
        from domain.program_version import versions_in_use  # noqa: PLC0415 -- likewise

        show_line(", ".join(versions_in_use()))
        raise typer.Exit


def _options(
    _version: Annotated[
        bool,
        typer.Option(
            "--version",
            is_eager=True,
            expose_value=False,
            callback=_show_version,
            help="Show the versions of the program and of its time zones.",
        ),
    ] = False,
) -> None:
    """The options of the program itself."""


COMMANDS = CommandGroup(
    name="ticketledger",
    callback=_prepare,
    params=params_of(_options),
    help="An event-sourced desk for tickets and customers, on PostgreSQL.",
    epilog="Exit codes: 0 done; 1 something wrong was found (doctor, sla check, rows of an import that were not"
    " taken), or the work was broken off; 2 the words or the input cannot be used, and a sentence says how to mend"
    " them.",
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    commands=[
        LazyCommand(
            "serve",
            "api.cli.serve:serve",
            "Serve the desk to browsers and the API, and follow the log in a process beside it.",
        ),
        LazyCommand(
            "follow",
            "api.cli.follow:follow",
            "Keep the projections of one tenant or of all up to the log, and act by itself, until Ctrl-C.",
        ),
        LazyCommand(
            "import",
            "api.cli.import_:import_",
            "Import tickets, customers, purchases, contracts or usage; the mapping says which.",
        ),
        DefaultGroup(
            name="export",
            default="tables",
            help="Export tables: `export NOUN`, or a bundle that an auditor verifies: `export audit`.",
            commands=[
                LazyCommand(
                    "tables",
                    "api.cli.export:export",
                    "Export tickets, events, customers, figures or everything, at one position of the log.",
                ),
                LazyCommand(
                    "audit",
                    "api.cli.export_audit:export_audit",
                    "Export a range of the log with the proofs that an auditor verifies offline.",
                ),
            ],
        ),
        LazyCommand("verify", "api.cli.verify:verify", "Verify an audit bundle offline: no database is needed."),
        LazyCommand("simulate", "api.cli.simulate:simulate", "Fill a desk with a made-up history."),
        LazyCommand("demo", "api.cli.demo:demo", "Show a made-up desk: thirty days of figures, then the desk live."),
        REPORT,
        LazyCommand(
            "history",
            "api.cli.history:history",
            "Show what was recorded of a ticket, a customer, an actor or a kind, event by event.",
        ),
        LazyCommand(
            "work",
            "api.cli.work:work",
            "Show what an agent or a team has to do: what is late or due first comes first.",
        ),
        TASK,
        CUSTOMER,
        SLA,
        POLICY,
        DEFINITION,
        NOTIFICATION,
        AUTOMATION,
        ERASURE,
        HEALTH,
        SEGMENT,
        ASSIGN,
        AVAILABILITY,
        PROCEDURE,
        LazyCommand(
            "due", "api.cli.due:due", "List what becomes due next: reminders, ends of holds, steps of procedures."
        ),
        LazyCommand(
            "whatif",
            "api.cli.what_if:whatif",
            "Judge the whole history under another policy, beside how it was judged. Nothing is recorded.",
        ),
        CommandGroup(
            name="access",
            help="The access journal: `history --access` shows it.",
            no_args_is_help=True,
            commands=[
                LazyCommand(
                    "trim",
                    "api.cli.access.trim:trim",
                    "Remove entries of the access journal that are older than the setting `access_days` says.",
                )
            ],
        ),
        LazyCommand("migrate", "api.cli.migrate:migrate", "Make or complete a tenant's tables."),
        LazyCommand("rebuild", "api.cli.rebuild:rebuild", "Rebuild every projection from the log, then switch."),
        LazyCommand(
            "seal",
            "api.cli.sealing.seal:seal",
            "Keep the trees of one tenant or of all up to their logs, and sign checkpoints, until Ctrl-C.",
        ),
        LazyCommand(
            "checkpoint",
            "api.cli.sealing.checkpoint:checkpoint",
            "Show the newest signed checkpoint of a log, and what it does not cover yet.",
        ),
        LazyCommand(
            "proof",
            "api.cli.sealing.proof:proof",
            "Prove that a row is in the tree of a signed checkpoint, and that it is still as it was sealed.",
        ),
        LazyCommand(
            "consistency",
            "api.cli.sealing.consistency:consistency_of_sizes",
            "Prove that a later tree begins with an earlier one: between them rows were only added.",
        ),
        LazyCommand(
            "witness",
            "api.cli.sealing.witness:witness",
            "Verify that a log only grew since the checkpoint you kept, and cosign its newest one.",
        ),
        LazyCommand(
            "thin-checkpoints",
            "api.cli.sealing.thin:thin_checkpoints",
            "Remove stored checkpoints older than `access_days`, but the last of each day.",
        ),
        LazyCommand("doctor", "api.cli.doctor:doctor", "Check the server, the log and the projections."),
        CommandGroup(
            name="keystore",
            help="The key store, whose keys encrypt personal data.",
            no_args_is_help=True,
            commands=[
                LazyCommand(
                    "rewrap",
                    "api.cli.keystore:rewrap",
                    "Replace the key-encryption key, and wrap every data key under the new one.",
                ),
                LazyCommand(
                    "put-aside",
                    "api.cli.lost_keys:put_aside",
                    "Put the key store of a data folder aside, whose file or database is damaged beyond use.",
                ),
                LazyCommand(
                    "report-loss",
                    "api.cli.lost_keys:report_loss",
                    "Report that data keys are lost: the key store lacks them and no backup has them.",
                ),
                LazyCommand(
                    "confirm-loss",
                    "api.cli.lost_keys:confirm_loss",
                    "Confirm a reported loss, as another person: what the keys encrypted reads as lost from then on.",
                ),
            ],
        ),
        *map(CheckoutCommand, DEVELOPMENT_WORDS),
        CommandGroup(
            name="keys",
            help="Make, list, rotate and revoke keys to the API.",
            no_args_is_help=True,
            commands=[
                LazyCommand("create", "api.cli.keys:create", "Make a key. It is shown this once and not stored."),
                LazyCommand("rotate", "api.cli.keys:rotate", "Make a key in the place of another."),
                LazyCommand("list", "api.cli.keys:list_all", "List all keys ever made, without their secrets."),
                LazyCommand("revoke", "api.cli.keys:revoke", "Revoke a key."),
            ],
        ),
    ],
)


def main() -> None:
    """Runs the command that the arguments name, and ends the process with its exit code."""
    try:
        try:
            COMMANDS(prog_name=program_name())
        finally:
            sys.stdout.flush()  # a full disk is met here at the latest, where it can be reported
    except BrokenPipeError:
        sys.exit(BROKEN_OFF)
    except Exception as error:  # a defect is raised again
        sentence = _sentence(error)
        if sentence is None:
            raise
        from api.cli.printing import say  # noqa: PLC0415 -- the list of commands appears without it

        say(f"ticketledger: {sentence}")
        sys.exit(USAGE)


def _sentence(error: Exception) -> str | None:
    """What a person can do about a failure; None for a defect."""
    if isinstance(error, LedgerError):
        from domain.readable import as_sentence  # noqa: PLC0415 -- the list of commands appears without it

        vietnamese = _in_vietnamese(error)
        said = vietnamese if vietnamese and _is_vietnamese() else str(error)
        return as_sentence(said) if error.begins_small else said
    import psycopg  # noqa: PLC0415 -- the list of commands appears without it

    from domain.event_log.codec import UnreadableEvent  # noqa: PLC0415 -- it imports pydantic
    from domain.event_log.store import LogUnavailable  # noqa: PLC0415 -- it imports psycopg

    if isinstance(error, UnreadableEvent):
        return f"{error}: `doctor --proofs` tells whether the log was altered."
    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"The database does not let this user do that ({_first_line(error)}): use the owner's DATABASE_URL."
    if isinstance(error, psycopg.OperationalError):
        return str(LogUnavailable(_first_line(error)))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The output'} cannot be used: {error.strerror}."
    return None


def _in_vietnamese(error: LedgerError) -> str | None:
    """The sentence in Vietnamese; None where it has none: those for operators are English."""
    if error.vietnamese is not None or isinstance(error, UsageError):
        return error.vietnamese
    from api.screen.words.problem_details import detail_in  # noqa: PLC0415 -- only a failure needs the table

    return detail_in(str(error), "vi")


def _is_vietnamese() -> bool:
    """Whether the running command answers in Vietnamese; by the tenant's settings when it did not know yet."""
    from api.cli.locale import language_of  # noqa: PLC0415 -- it imports psycopg

    running = running_command()
    try:
        return language_of(running.parameters.get("data"), running.parameters["tenant"], running.language) == "vi"
    except Exception:  # noqa: BLE001 -- the first failure is the one to tell
        return False


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
