"""The commands for procedures."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

PROCEDURE = CommandGroup(
    name="procedure",
    help="Procedures: start them, work through their steps, see how they stand.",
    no_args_is_help=True,
    commands=[
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
    ],
)
