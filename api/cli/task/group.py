"""The commands for tasks."""

from api.cli.command_group import CommandGroup
from api.cli.lazy_command import LazyCommand

TASK = CommandGroup(
    name="task",
    help="Tasks: open, assign, move, finish and list them.",
    no_args_is_help=True,
    commands=[
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
    ],
)
