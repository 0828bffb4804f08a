"""`task open`, `assign`, `reschedule`, `done`, `cancel` and `reopen`."""

from datetime import datetime
from typing import Annotated

import typer

from api.cli.named_streams import CUSTOMER_IDS, TASK_IDS
from api.cli.options import INSTANT, Data, Zone
from api.cli.period_options import local_instant
from api.cli.recording import RecordOptions, checked
from api.cli.shared_options import options_of
from api.cli.tenant_database import open_existing
from api.cli.ticket_names import look_up_ticket
from domain.ids import new_id
from domain.task import commands as c

TaskId = Annotated[str, typer.Argument(help="The id of a task, or the last 12 digits of it; `task list` shows it.")]
Team = Annotated[str | None, typer.Option(help="The team that does it.")]
Agent = Annotated[str | None, typer.Option(help="The agent who does it.")]
Due = Annotated[
    datetime | None, typer.Option(formats=INSTANT, help="By when it is to be done. A day means its beginning.")
]
Reason = Annotated[str, typer.Option(help="Why; it stands in the history of the task.")]


@options_of(RecordOptions)
def open_task(
    recording: RecordOptions,
    title: Annotated[str, typer.Argument(help="What is to be done.")],
    team: Team = None,
    agent: Agent = None,
    due: Due = None,
    ticket: Annotated[str | None, typer.Option(help="The ticket that it is about, by its id or its number.")] = None,
    customer: Annotated[str | None, typer.Option(help="The customer that it is for.")] = None,
    zone: Zone = None,
) -> None:
    """Open a task for a team, an agent, or nobody yet."""
    task = new_id()
    fields = {
        "title": title,
        "team": team,
        "agent": agent,
        "due_at": _instant(due, zone, recording.data, recording.tenant),
        "about": ticket and str(look_up_ticket(recording.data, recording.tenant, ticket)),
        "about_kind": "ticket" if ticket else None,
        "customer_id": customer and str(recording.stream(CUSTOMER_IDS, customer)),
    }
    recording.give(
        task, checked(c.OpenTask, **fields), {"en": f"The task is open: {task}.", "vi": f"Đã mở công việc: {task}."}
    )


@options_of(RecordOptions)
def assign(recording: RecordOptions, task: TaskId, team: Team = None, agent: Agent = None) -> None:
    """Assign a task to a team, an agent or both."""
    recording.give(
        recording.stream(TASK_IDS, task),
        checked(c.AssignTask, team=team, agent=agent),
        {"en": "The task is assigned.", "vi": "Đã giao công việc."},
    )


@options_of(RecordOptions)
def reschedule(recording: RecordOptions, task: TaskId, reason: Reason, due: Due = None, zone: Zone = None) -> None:
    """Move the due time of a task; without --due it has none."""
    fields = {"due_at": _instant(due, zone, recording.data, recording.tenant), "reason": reason}
    recording.give(
        recording.stream(TASK_IDS, task),
        checked(c.RescheduleTask, **fields),
        {"en": "The due time is moved.", "vi": "Đã dời hạn."},
    )


@options_of(RecordOptions)
def done(
    recording: RecordOptions, task: TaskId, result: Annotated[str | None, typer.Option(help="What came of it.")] = None
) -> None:
    """Record that a task is done."""
    recording.give(
        recording.stream(TASK_IDS, task),
        checked(c.CompleteTask, result=result),
        {"en": "The task is done.", "vi": "Công việc đã xong."},
    )


@options_of(RecordOptions)
def cancel(recording: RecordOptions, task: TaskId, reason: Reason) -> None:
    """Cancel an open task."""
    recording.give(
        recording.stream(TASK_IDS, task),
        checked(c.CancelTask, reason=reason),
        {"en": "The task is cancelled.", "vi": "Đã hủy công việc."},
    )


@options_of(RecordOptions)
def reopen(recording: RecordOptions, task: TaskId, reason: Reason) -> None:
    """Reopen a task that is done or cancelled."""
    recording.give(
        recording.stream(TASK_IDS, task),
        checked(c.ReopenTask, reason=reason),
        {"en": "The task is open again.", "vi": "Đã mở lại công việc."},
    )


def _instant(due: datetime | None, zone: str | None, data: Data, tenant: str) -> datetime | None:
    """The instant of a due time. Raises UsageError."""
    if due is None:
        return None
    with open_existing(data, tenant) as dsn:
        return local_instant(dsn, tenant, due, zone)
