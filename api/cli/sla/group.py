"""The commands for policies and calendars."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

_COMMANDS = [
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
_HELP = "Policies and calendars: check, publish, compare; explain a ticket's clocks."
SLA = CommandGroup(name="sla", help=_HELP, no_args_is_help=True, commands=_COMMANDS)
POLICY = CommandGroup(name="policy", help=_HELP, no_args_is_help=True, commands=_COMMANDS, hidden=True)
