"""The commands for notifications."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

NOTIFICATION = CommandGroup(
    name="notification",
    help="Notifications: what waits, what was sent, what failed.",
    no_args_is_help=True,
    commands=[
        LazyCommand("list", "api.cli.notification.listing:list_all", "List notifications, the newest requests first."),
        LazyCommand(
            "dead",
            "api.cli.notification.listing:dead",
            "List the notifications that failed or are uncertain: a person decides whether they are sent again.",
        ),
        LazyCommand("show", "api.cli.notification.listing:show", "Show a notification with its text."),
        LazyCommand("resend", "api.cli.notification.resend:resend", "Have a notification sent again."),
    ],
)
