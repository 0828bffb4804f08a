"""The commands for assignment and availability."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

ASSIGN = CommandGroup(
    name="assign",
    help="Assignment by routing: who would be next, and why a ticket is assigned as it is.",
    no_args_is_help=True,
    commands=[
        LazyCommand("explain", "api.cli.assignment.assign:explain", "Explain the assignment of a ticket."),
        LazyCommand(
            "queue", "api.cli.assignment.assign:queue", "List the tickets that come next, and who would get them."
        ),
    ],
)
AVAILABILITY = CommandGroup(
    name="availability",
    help="The availability of agents: list it, record absences and calls.",
    no_args_is_help=True,
    commands=[
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
        LazyCommand(
            "begin-call", "api.cli.assignment.availability:begin_call", "Record that a call of an agent began."
        ),
        LazyCommand("end-call", "api.cli.assignment.availability:end_call", "Record that the call of an agent ended."),
    ],
)
