"""The command line: its commands, and the sentence for each failure that a person can mend."""

import sys

from typer.core import TyperGroup

from api.cli.default_group import DefaultGroup
from api.cli.development import DEVELOPMENT_WORDS, CheckoutCommand
from api.cli.lazy_command import LazyCommand
from api.program_name import program_name
from api.terminal_text import escaped
from domain.errors import LedgerError

BROKEN_OFF, USAGE = 1, 2

_SLA = [
    LazyCommand("check", "api.cli.sla.check:check", "Read a policy file and run its worked examples."),
    LazyCommand(
        "publish", "api.cli.sla.publish:publish", "Publish the calendars and the policy of a file whose examples hold."
    ),
    LazyCommand("versions", "api.cli.sla.versions:versions", "List the versions of the policy or of a calendar."),
    LazyCommand("diff", "api.cli.sla.versions:diff", "Show how two versions differ."),
    LazyCommand("explain", "api.cli.sla.explain:explain", "Explain the clocks of a ticket, interval by interval."),
    LazyCommand(
        "correct", "api.cli.sla.correct:correct", "Correct verdicts and deadlines to what another policy says."
    ),
    LazyCommand("due", "api.cli.sla.due:due", "List the running clocks that are due next."),
]
_SLA_HELP = "Policies and calendars: check, publish, compare; explain a ticket's clocks."

_CUSTOMER = [
    LazyCommand("search", "api.cli.customer.search:search", "Find customers by name, number, address or reference."),
    LazyCommand("show", "api.cli.customer.show:show", "Show who a customer is, what is open, what happened last."),
    LazyCommand(
        "timeline", "api.cli.customer.timeline:timeline_of_customer", "Show everything about a customer in order."
    ),
    LazyCommand(
        "health",
        "api.cli.health.customer:health",
        "Explain the health of a customer: facts, thresholds, weights and arithmetic.",
    ),
    LazyCommand("merge", "api.cli.customer.merge:merge", "Merge a customer into another."),
    LazyCommand(
        "undo-merge",
        "api.cli.customer.merge:undo_merge",
        "Undo a merge, and list what was recorded on the survivor meanwhile.",
    ),
    LazyCommand("export", "api.cli.customer.export:export", "Write a customer's own copy of all that is recorded."),
    LazyCommand("rekey", "api.cli.customer.rekey:rekey", "Give old addresses the keys of the newest key function."),
]

_REPORT = [
    LazyCommand(
        "ask", "api.cli.report.ask:report", "Show a report or a figure: now, or as it was known or stood before."
    ),
    LazyCommand("list", "api.cli.report.figures:list_figures", "List the figures, with what each counts."),
    LazyCommand(
        "issue",
        "api.cli.report.issue:issue",
        "Issue a report: record its figures with their position and their digest.",
    ),
    LazyCommand("issued", "api.cli.report.issued:issued", "List the issued reports, the newest first."),
    LazyCommand(
        "show",
        "api.cli.report.issued:show",
        "Show an issued report as it was told: here, as a page of HTML or as a workbook.",
    ),
    LazyCommand(
        "verify", "api.cli.report.compare:verify", "Make an issued report again at its position, and compare the bytes."
    ),
    LazyCommand(
        "changed",
        "api.cli.report.compare:changed",
        "Show how an issued report differs from the figures of today, and what was recorded since.",
    ),
]

_EXPORT = [
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
]

_DEFINITIONS = [
    LazyCommand("check", "api.cli.definitions.check:check", "Read a definition file and run its worked examples."),
    LazyCommand(
        "publish", "api.cli.definitions.publish:publish", "Publish the definition of a file whose examples hold."
    ),
    LazyCommand(
        "shipped", "api.cli.definitions.shipped:shipped", "List the rules and procedures that come with the program."
    ),
    LazyCommand(
        "adopt", "api.cli.definitions.shipped:adopt", "Publish shipped rules or procedures, in effect from now on."
    ),
    LazyCommand("list", "api.cli.definitions.versions:list_all", "List the definitions in effect."),
    LazyCommand("show", "api.cli.definitions.versions:show", "Show a definition, with all its versions."),
    LazyCommand("diff", "api.cli.definitions.versions:diff", "Show how two versions of a definition differ."),
]

_NOTIFICATION = [
    LazyCommand("list", "api.cli.notification.listing:list_all", "List notifications, the newest requests first."),
    LazyCommand(
        "dead",
        "api.cli.notification.listing:dead",
        "List the notifications that failed or are uncertain: a person decides whether they are sent again.",
    ),
    LazyCommand("show", "api.cli.notification.listing:show", "Show a notification with its text."),
    LazyCommand("resend", "api.cli.notification.resend:resend", "Have a notification sent again."),
]

_AUTOMATION = [
    LazyCommand("list", "api.cli.automation.rules:list_all", "List the rules in effect, with what they did in a day."),
    LazyCommand("whatif", "api.cli.automation.what_if:whatif", "Show what a rule would have done in the last days."),
    LazyCommand("explain", "api.cli.automation.rules:explained", "Show why rules fired on a subject, or did not."),
    LazyCommand("suspended", "api.cli.automation.rules:suspended", "List rules that are suspended for a subject."),
    LazyCommand("resume", "api.cli.automation.switching:resume", "Resume a rule that is suspended for a subject."),
    LazyCommand(
        "stop",
        "api.cli.automation.switching:stop",
        "Stop a rule, a channel, an endpoint, or all that happens by itself.",
    ),
    LazyCommand(
        "start", "api.cli.automation.switching:start", "Let a stopped rule, channel or endpoint, or all, go on."
    ),
    LazyCommand("stopped", "api.cli.automation.switching:stopped", "List what is stopped."),
]

_HEALTH = [
    LazyCommand("list", "api.cli.health.bands:list_all", "List customers with the score and the band of their health."),
    LazyCommand(
        "outcomes",
        "api.cli.health.bands:outcomes_of",
        "Show how many contract terms lapsed, by the band of health 90 days before their end.",
    ),
]
_SEGMENTS = [
    LazyCommand("list", "api.cli.health.segments:list_all", "List the segments in effect."),
    LazyCommand("show", "api.cli.health.segments:show", "List the customers in a segment, now or at another instant."),
]
_TASKS = [
    LazyCommand("open", "api.cli.task.change:open_task", "Open a task for a team, an agent, or nobody yet."),
    LazyCommand("assign", "api.cli.task.change:assign", "Assign a task to a team, an agent or both."),
    LazyCommand(
        "reschedule", "api.cli.task.change:reschedule", "Move the due time of a task; without --due it has none."
    ),
    LazyCommand("done", "api.cli.task.change:done", "Record that a task is done."),
    LazyCommand("cancel", "api.cli.task.change:cancel", "Cancel an open task."),
    LazyCommand("reopen", "api.cli.task.change:reopen", "Reopen a task that is done or cancelled."),
    LazyCommand("list", "api.cli.task.show:list_tasks", "List tasks, the newest first."),
    LazyCommand("show", "api.cli.task.show:show", "Show a task."),
]
_ASSIGN = [
    LazyCommand("explain", "api.cli.assignment.assign:explain", "Explain the assignment of a ticket."),
    LazyCommand("queue", "api.cli.assignment.assign:queue", "List the tickets that come next, and who would get them."),
]
_AVAILABILITY = [
    LazyCommand(
        "list",
        "api.cli.assignment.availability:list_all",
        "List the agents: who takes new work, what they hold, and who holds too much.",
    ),
    LazyCommand(
        "available",
        "api.cli.assignment.availability:available",
        "Record that an agent takes new work during the shift.",
    ),
    LazyCommand("away", "api.cli.assignment.availability:away", "Record that an agent takes no new work."),
    LazyCommand("begin-call", "api.cli.assignment.availability:begin_call", "Record that a call of an agent began."),
    LazyCommand("end-call", "api.cli.assignment.availability:end_call", "Record that the call of an agent ended."),
]
_PROCEDURES = [
    LazyCommand(
        "start",
        "api.cli.procedure.changing:start",
        "Start a published procedure for a ticket, a customer or a contract.",
    ),
    LazyCommand("list", "api.cli.procedure.listing:list_procedures", "List procedures, the newest first."),
    LazyCommand("show", "api.cli.procedure.listing:show", "Show a procedure with its steps."),
    LazyCommand("complete", "api.cli.procedure.changing:complete", "Complete an open step."),
    LazyCommand("answer", "api.cli.procedure.changing:answer", "Answer an open decision."),
    LazyCommand("skip", "api.cli.procedure.changing:skip", "Skip an open step."),
    LazyCommand("abandon", "api.cli.procedure.changing:abandon", "Abandon a running procedure."),
    LazyCommand(
        "migrate",
        "api.cli.procedure.changing:migrate",
        "Let a running procedure go on by another version of its definition.",
    ),
    LazyCommand(
        "whatif", "api.cli.procedure.listing:whatif", "Show what a procedure file would have started by itself."
    ),
]

_ERASURE = [
    LazyCommand("request", "api.cli.erasure.workflow:request", "Record that a person asks for erasure."),
    LazyCommand("verify", "api.cli.erasure.workflow:verify", "Record how the identity of the person was verified."),
    LazyCommand("approve", "api.cli.erasure.workflow:approve", "Approve an erasure, as another person."),
    LazyCommand("refuse", "api.cli.erasure.workflow:refuse", "Refuse a request for erasure."),
    LazyCommand("withdraw", "api.cli.erasure.workflow:withdraw", "Record that the person takes the request back."),
    LazyCommand("hold", "api.cli.erasure.workflow:hold", "Place a legal hold, which forbids erasure."),
    LazyCommand("release", "api.cli.erasure.workflow:release", "Release a legal hold."),
    LazyCommand("run", "api.cli.erasure.running:run", "Run an approved erasure, or all of them."),
    LazyCommand("show", "api.cli.erasure.running:show", "Show an erasure: steps, deadlines, legal holds."),
    LazyCommand("list", "api.cli.erasure.running:list_all", "List erasures and legal holds, the oldest first."),
    LazyCommand("certificate", "api.cli.erasure.running:certificate", "Show or write the certificate of an erasure."),
]


def _prepare() -> None:
    """Registers the event types before a command runs."""
    from domain.event_types import register_event_types  # noqa: PLC0415 -- the list of commands appears without it

    register_event_types()


COMMANDS = TyperGroup(
    name="ticketledger",
    callback=_prepare,
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
            commands=_EXPORT,
        ),
        LazyCommand("verify", "api.cli.verify:verify", "Verify an audit bundle offline: no database is needed."),
        LazyCommand("simulate", "api.cli.simulate:simulate", "Fill a desk with a made-up history."),
        LazyCommand("demo", "api.cli.demo:demo", "Show a made-up desk: thirty days of figures, then the desk live."),
        DefaultGroup(
            name="report",
            default="ask",
            help="Show reports and figures: `report NAME`, now, or as they were known or stood before.",
            no_args_is_help=True,
            commands=_REPORT,
        ),
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
        TyperGroup(
            name="task",
            help="Tasks: open, assign, move, finish and list them.",
            no_args_is_help=True,
            commands=_TASKS,
        ),
        TyperGroup(
            name="customer",
            help="Find customers, show them and their health, merge them, undo it, renew address keys.",
            no_args_is_help=True,
            commands=_CUSTOMER,
        ),
        TyperGroup(name="sla", help=_SLA_HELP, no_args_is_help=True, commands=_SLA),
        TyperGroup(name="policy", help=_SLA_HELP, no_args_is_help=True, commands=_SLA, hidden=True),
        TyperGroup(
            name="definition",
            help="Settings, rules, procedures, templates and all else that is published: check, adopt, compare.",
            no_args_is_help=True,
            commands=_DEFINITIONS,
        ),
        TyperGroup(
            name="notification",
            help="Notifications: what waits, what was sent, what failed.",
            no_args_is_help=True,
            commands=_NOTIFICATION,
        ),
        TyperGroup(
            name="automation",
            help="Rules: what they did, would do, and why not; suspensions and stop switches.",
            no_args_is_help=True,
            commands=_AUTOMATION,
        ),
        TyperGroup(
            name="erasure",
            help="The erasure of a person's data: request, verify, approve, run, certify; legal holds.",
            no_args_is_help=True,
            commands=_ERASURE,
        ),
        TyperGroup(name="health", help="The health of all customers.", no_args_is_help=True, commands=_HEALTH),
        TyperGroup(name="segment", help="Segments of customers.", no_args_is_help=True, commands=_SEGMENTS),
        TyperGroup(
            name="assign",
            help="Assignment by routing: who would be next, and why a ticket is assigned as it is.",
            no_args_is_help=True,
            commands=_ASSIGN,
        ),
        TyperGroup(
            name="availability",
            help="The availability of agents: list it, record absences and calls.",
            no_args_is_help=True,
            commands=_AVAILABILITY,
        ),
        TyperGroup(
            name="procedure",
            help="Procedures: start them, work through their steps, see how they stand.",
            no_args_is_help=True,
            commands=_PROCEDURES,
        ),
        LazyCommand(
            "due", "api.cli.due:due", "List what becomes due next: reminders, ends of holds, steps of procedures."
        ),
        LazyCommand(
            "whatif",
            "api.cli.what_if:whatif",
            "Judge the whole history under another policy, beside how it was judged. Nothing is recorded.",
        ),
        TyperGroup(
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
        LazyCommand("doctor", "api.cli.doctor:doctor", "Check the server, the log and the projections."),
        TyperGroup(
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
        TyperGroup(
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
        sys.stderr.write(f"ticketledger: {escaped(sentence)}\n")
        sys.exit(USAGE)


def _sentence(error: Exception) -> str | None:
    """What a person can do about a failure; None for a defect."""
    if isinstance(error, LedgerError):
        return str(error)
    import psycopg  # noqa: PLC0415 -- the list of commands appears without it

    from domain.event_log.store import LogUnavailable  # noqa: PLC0415 -- it imports psycopg

    if isinstance(error, psycopg.errors.InsufficientPrivilege):
        return f"The database does not let this user do that ({_first_line(error)}): use the owner's DATABASE_URL."
    if isinstance(error, psycopg.OperationalError):
        return str(LogUnavailable(_first_line(error)))
    if isinstance(error, OSError) and error.strerror:
        return f"{error.filename or 'The output'} cannot be used: {error.strerror}."
    return None


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
