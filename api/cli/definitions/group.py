"""The commands for published definitions."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

DEFINITION = CommandGroup(
    name="definition",
    help="Settings, rules, procedures, templates and all else that is published: check, adopt, compare.",
    no_args_is_help=True,
    commands=[
        LazyCommand("check", "api.cli.definitions.check:check", "Read a definition file and run its worked examples."),
        LazyCommand(
            "publish", "api.cli.definitions.publish:publish", "Publish the definition of a file whose examples hold."
        ),
        LazyCommand(
            "shipped",
            "api.cli.definitions.shipped:shipped",
            "List the rules and procedures that come with the program.",
        ),
        LazyCommand(
            "adopt", "api.cli.definitions.shipped:adopt", "Publish shipped rules or procedures, in effect from now on."
        ),
        LazyCommand("list", "api.cli.definitions.versions:list_all", "List the definitions in effect, now or later."),
        LazyCommand("show", "api.cli.definitions.versions:show", "Show a definition, with all its versions."),
        LazyCommand("diff", "api.cli.definitions.versions:diff", "Show how two versions of a definition differ."),
    ],
)
