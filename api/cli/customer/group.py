"""The commands for customers."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

CUSTOMER = CommandGroup(
    name="customer",
    help="Find customers, show them and their health, merge them, undo it, renew address keys.",
    no_args_is_help=True,
    commands=[
        LazyCommand(
            "search", "api.cli.customer.search:search", "Find customers by name, number, address or reference."
        ),
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
    ],
)
