"""The actions on tasks."""

from api.http.command_table.tasks import TASKS
from api.screen.actions.action import Action

_LIST = "/work"
_OPEN = frozenset({"open"})
OPEN_TASK = Action(
    TASKS,
    "",
    _LIST,
    ("title", "team", "agent", "due_at", "about", "about_kind", "customer_id"),
    given=frozenset({"about", "about_kind", "customer_id"}),
)
COMPLETE_TASK = Action(TASKS, "complete", _LIST, ("result",), states=_OPEN)
RESCHEDULE_TASK = Action(TASKS, "reschedule", _LIST, ("due_at", "reason"), states=_OPEN)
ASSIGN_TASK = Action(TASKS, "assign", _LIST, ("team", "agent"), states=_OPEN)
CANCEL_TASK = Action(TASKS, "cancel", _LIST, ("reason",), states=_OPEN, is_grave=True)
OF_TASKS = (OPEN_TASK, COMPLETE_TASK, RESCHEDULE_TASK, ASSIGN_TASK, CANCEL_TASK)
