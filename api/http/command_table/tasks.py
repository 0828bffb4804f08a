"""The commands to tasks."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.task import commands as c

TASKS = Collection(
    "tasks",
    "task_id",
    "tickets:write",
    (
        CommandEndpoint(
            "",
            c.OpenTask,
            "Open a task for a team or an agent",
            {
                "title": "Gọi lại khách về hóa đơn",
                "about": "01890a5d-ac96-774b-bcce-b302099a8058",
                "about_kind": "ticket",
                "customer_id": "01890a5d-ac96-774b-bcce-b302099a8057",
                "agent": "lan",
                "due_at": "2026-03-05T15:00:00+07:00",
            },
        ),
        CommandEndpoint("assign", c.AssignTask, "Assign to a team, an agent or both", {"team": "care", "agent": "lan"}),
        CommandEndpoint(
            "reschedule",
            c.RescheduleTask,
            "Move the due time, or take it away",
            {"due_at": "2026-03-06T09:00:00+07:00", "reason": "the customer is away"},
        ),
        CommandEndpoint(
            "complete", c.CompleteTask, "Record that the task is done", {"result": "Khách đã nhận hóa đơn"}
        ),
        CommandEndpoint("cancel", c.CancelTask, "Cancel an open task", {"reason": "no longer needed"}),
        CommandEndpoint("reopen", c.ReopenTask, "Reopen a task that is done or cancelled", {"reason": "wrong invoice"}),
    ),
)
