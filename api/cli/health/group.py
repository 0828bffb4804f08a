"""The commands for health and segments."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

HEALTH = CommandGroup(
    name="health",
    help="The health of all customers.",
    no_args_is_help=True,
    commands=[
        LazyCommand(
            "list", "api.cli.health.bands:list_all", "List customers with the score and the band of their health."
        ),
        LazyCommand(
            "outcomes",
            "api.cli.health.bands:outcomes_of",
            "Show how many contract terms lapsed, by the band of health 90 days before their end.",
        ),
    ],
)
SEGMENT = CommandGroup(
    name="segment",
    help="Segments of customers.",
    no_args_is_help=True,
    commands=[
        LazyCommand("list", "api.cli.health.segments:list_all", "List the segments in effect."),
        LazyCommand(
            "show", "api.cli.health.segments:show", "List the customers in a segment, now or at another instant."
        ),
    ],
)
