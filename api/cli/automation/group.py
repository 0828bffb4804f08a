"""The commands for rules."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

AUTOMATION = CommandGroup(
    name="automation",
    help="Rules: what they did, would do, and why not; suspensions and stop switches.",
    no_args_is_help=True,
    commands=[
        LazyCommand(
            "list", "api.cli.automation.rules:list_all", "List the rules in effect, with what they did in a day."
        ),
        LazyCommand(
            "whatif", "api.cli.automation.what_if:whatif", "Show what a rule would have done in the last days."
        ),
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
        LazyCommand(
            "stopped", "api.cli.automation.switching:stopped", "List what is stopped, by whom, since when and why."
        ),
    ],
)
