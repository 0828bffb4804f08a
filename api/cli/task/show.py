"""`task list` and `task show`."""

from typing import Annotated, Literal
from uuid import UUID

import typer

from api.cli.options import DEFAULT_TENANT, DEFAULT_ZONE, AsJson, Data, Tenant, Zone, zone_of
from api.cli.printing import local, say, show_json, show_table
from api.cli.tenant_database import connected, open_existing
from api.cli.usage_error import UsageError
from domain.event_log.schema import schema_of
from projections.engine.checkpoints import position_of
from projections.tasks import queries
from projections.tasks.queries import Criterion
from projections.tasks.table import TASKS


def list_tasks(
    state: Annotated[Literal["open", "done", "cancelled", "any"], typer.Option(help="In this state.")] = "open",
    team: Annotated[str | None, typer.Option(help="Of this team.")] = None,
    agent: Annotated[str | None, typer.Option(help="Of this agent.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
    zone: Zone = DEFAULT_ZONE,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """List tasks, the newest first."""
    days = zone_of(zone)
    wanted: dict[Criterion, str | None] = {"state": None if state == "any" else state, "team": team, "agent": agent}
    where = {name: value for name, value in wanted.items() if value is not None}
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [TASKS])
        page = queries.tasks(connection, schema_of(tenant), where, limit=limit)
    if as_json:
        show_json(page.tasks)
        return
    rows = [
        {
            "due": local(task.due_at, days),
            "title": task.title,
            "team": task.team,
            "agent": task.agent,
            "state": task.state,
            "task": task.task,
        }
        for task in page.tasks
    ]
    show_table("Tasks", rows)
    say(f"Times are of {days.key}.")


def show(
    task: Annotated[UUID, typer.Argument(help="The id of a task.")],
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show a task."""
    with open_existing(data, tenant) as dsn, connected(dsn) as connection:
        position_of(connection, tenant, [TASKS])
        shown = queries.one_task(connection, schema_of(tenant), task)
    if shown is None:
        raise UsageError(f"There is no task {task}: `task list` shows the ids.")
    if as_json:
        show_json(shown)
        return
    show_table("Task", [{name: getattr(shown, name) for name in shown.__dataclass_fields__}])
