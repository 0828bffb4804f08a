"""`task list` and `task show`."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Literal

import typer

from api.cli.locale import Locale
from api.cli.named_streams import TASK_IDS, no_stream, stream_named
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.audit.words import actor_words, word_of
from projections.engine.checkpoints import position_of
from projections.tasks import queries
from projections.tasks.queries import Criterion
from projections.tasks.table import TASKS, TaskRow

_TITLES: Mapping[Language, tuple[str, str]] = MappingProxyType(
    {"en": ("Tasks", "Task"), "vi": ("Công việc", "Công việc")}
)


@options_of(ReadOptions)
def list_tasks(
    reading: ReadOptions,
    state: Annotated[Literal["open", "done", "cancelled", "any"], typer.Option(help="In this state.")] = "open",
    team: Annotated[str | None, typer.Option(help="Of this team.")] = None,
    agent: Annotated[str | None, typer.Option(help="Of this agent.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many at most.")] = 50,
) -> None:
    """List tasks, the newest first."""
    wanted: dict[Criterion, str | None] = {"state": None if state == "any" else state, "team": team, "agent": agent}
    where = {name: value for name, value in wanted.items() if value is not None}
    with reading.connection() as connection:
        locale = reading.locale(connection)
        position_of(connection, reading.tenant, [TASKS])
        page = queries.tasks(connection, schema_of(reading.tenant), where, limit=limit)
    if reading.as_json:
        show_json(page.tasks)
        return
    rows = [
        {
            "due": local(task.due_at, locale.zone),
            "title": task.title,
            "team": task.team,
            "agent": task.agent,
            "state": word_of("state of a task", task.state, locale.language),
            "task": task.task,
        }
        for task in page.tasks
    ]
    show_table(_TITLES[locale.language][0], rows, language=locale.language)
    say(locale.zone_sentence)


@options_of(ReadOptions)
def show(
    reading: ReadOptions, task: Annotated[str, typer.Argument(help="The id of a task, or the last 12 digits of it.")]
) -> None:
    """Show a task."""
    with reading.connection() as connection:
        position_of(connection, reading.tenant, [TASKS])
        locale = reading.locale(connection)
        shown = queries.one_task(
            connection, schema_of(reading.tenant), stream_named(connection, reading.tenant, TASK_IDS, task)
        )
    if shown is None:
        raise no_stream(TASK_IDS, task)
    if reading.as_json:
        show_json(shown)
        return
    show_table(_TITLES[locale.language][1], [_facts(shown, locale)], language=locale.language)
    say(locale.zone_sentence)


def _facts(task: TaskRow, locale: Locale) -> Mapping[str, object]:
    kind = task.about_kind and word_of("stream kind", task.about_kind, locale.language)
    return {
        "task": task.task,
        "title": task.title,
        "about": kind and f"{kind} {task.about}",
        "customer": task.customer,
        "team": task.team,
        "agent": task.agent,
        "due": local(task.due_at, locale.zone),
        "state": word_of("state of a task", task.state, locale.language),
        "source": word_of("source", task.source, locale.language),
        "opened_at": local(task.opened_at, locale.zone),
        "opened_by": actor_words(task.opened_by, task.opened_by_kind, locale.language),
        "ended_at": local(task.ended_at, locale.zone),
        "ended_by": _who_ended(task, locale.language),
        "result": task.result,
        "version": task.version,
        "position": task.position,
    }


def _who_ended(task: TaskRow, language: Language) -> str | None:
    if task.ended_by is None or task.ended_by_kind is None:
        return None
    return actor_words(task.ended_by, task.ended_by_kind, language)
