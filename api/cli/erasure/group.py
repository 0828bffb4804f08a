"""The commands for erasures."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

ERASURE = CommandGroup(
    name="erasure",
    help="The erasure of a person's data: request, verify, approve, run, certify; legal holds.",
    no_args_is_help=True,
    commands=[
        LazyCommand("request", "api.cli.erasure.workflow:request", "Record that a person asks for erasure."),
        LazyCommand("verify", "api.cli.erasure.workflow:verify", "Record how the identity of the person was verified."),
        LazyCommand("approve", "api.cli.erasure.workflow:approve", "Approve an erasure, as another person."),
        LazyCommand("refuse", "api.cli.erasure.workflow:refuse", "Refuse a request for erasure."),
        LazyCommand("withdraw", "api.cli.erasure.workflow:withdraw", "Record that the person takes the request back."),
        LazyCommand("hold", "api.cli.erasure.workflow:hold", "Place a legal hold, which forbids erasure."),
        LazyCommand("release", "api.cli.erasure.workflow:release", "Release a legal hold."),
        LazyCommand("run", "api.cli.erasure.running:run", "Run an approved erasure, or all of them."),
        LazyCommand("show", "api.cli.erasure.listing:show", "Show an erasure: steps, deadlines, legal holds."),
        LazyCommand("list", "api.cli.erasure.listing:list_all", "List erasures and legal holds, the oldest first."),
        LazyCommand(
            "certificate", "api.cli.erasure.running:certificate", "Show or write the certificate of an erasure."
        ),
    ],
)
