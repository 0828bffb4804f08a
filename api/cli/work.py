"""`work`: what an agent or a team has to do, by due time."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.printing import say, show_json, show_table
from api.cli.read_options import AnswerOptions
from api.cli.shared_options import options_of
from api.cli.table_columns import Whole
from api.cli.usage_error import UsageError
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.ids import short_reference
from domain.readable import NOTHING, Language, duration
from domain.text_folding import same_name
from projections.engine.checkpoints import position_of
from projections.tickets.names_in_use import names_in_use
from projections.work_list.queries import READ, WorkItem, work_list

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "Work",
            "due": "due",
            "what": "what",
            "subject": "subject",
            "about": "about",
            "customer": "customer",
            "nothing": "nothing is to be done",
            "late": "late by {}",
            "left": "in {}",
            "more": "There is more: name a higher --limit.",
            "unknown_agent": "No open ticket is held by {}; those who hold one: {}.",
            "unknown_team": "No open ticket is held by the team {}; the teams that hold one: {}.",
            "ticket": "ticket",
            "callback": "call back",
            "reply": "review a reply",
            "task": "task",
            "step": "step",
            "first_response": "first response",
            "next_response": "next response",
            "periodic_update": "update",
            "resolution": "resolution",
            "hold": "end of hold",
            "expected_by": "date told",
        },
        "vi": {
            "title": "Việc cần làm",
            "due": "hạn",
            "what": "việc",
            "subject": "nội dung",
            "about": "về",
            "customer": "khách hàng",
            "nothing": "không có việc nào",
            "late": "trễ {}",
            "left": "còn {}",
            "more": "Còn nữa: đặt --limit lớn hơn.",
            "unknown_agent": "Không có phiếu mở nào của {}; những người đang giữ phiếu: {}.",
            "unknown_team": "Không có phiếu mở nào của nhóm {}; các nhóm đang giữ phiếu: {}.",
            "ticket": "phiếu",
            "callback": "gọi lại",
            "reply": "duyệt trả lời",
            "task": "công việc",
            "step": "bước quy trình",
            "first_response": "phản hồi đầu tiên",
            "next_response": "phản hồi tiếp theo",
            "periodic_update": "cập nhật",
            "resolution": "giải quyết",
            "hold": "hết tạm dừng",
            "expected_by": "ngày đã hẹn",
        },
    }
)

MOST_NAMED = 20
"""Those who hold tickets, where no agent or team of the name does."""


@options_of(AnswerOptions)
def work(
    reading: AnswerOptions,
    agent: Annotated[str | None, typer.Option(help="The work of this agent.")] = None,
    team: Annotated[str | None, typer.Option(help="The work of this team.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000, help="How many items at most.")] = 50,
) -> None:
    """Show what an agent or a team has to do: what is late or due first comes first.

    It lists open tickets, promised calls, replies to review, tasks and steps of procedures.
    """
    if agent is None and team is None:
        raise UsageError(
            "Name --agent, --team or both: the list is of an agent or a team.",
            "Hãy ghi --agent, --team hoặc cả hai: danh sách là của một nhân viên hoặc một nhóm.",
        )
    with reading.connection() as connection:
        schema = schema_of(reading.tenant)
        position_of(connection, reading.tenant, READ)
        words = reading.language_in(connection)
        now = reader.now(connection)
        page = work_list(connection, schema, now=now, team=team, agent=agent, limit=limit)
        used = {} if reading.as_json or page.items else names_in_use(connection, schema)
    if reading.as_json:
        show_json(page.items)
        return
    texts = _WORDS[words]
    show_table(texts["title"], [work_row(item, now, words) for item in page.items], texts["nothing"], language=words)
    for column, name in (("agent", agent), ("team", team)):
        known = used.get(column, ())
        if name is not None and known and not any(same_name(name, each) for each in known):
            say(texts[f"unknown_{column}"].format(name, listed_names(known)))
    if page.following:
        say(texts["more"])


def listed_names(names: Sequence[str]) -> str:
    """The first names, and a sign where there are more."""
    return ", ".join(names[:MOST_NAMED]) + (", ..." if len(names) > MOST_NAMED else "")


def work_row(item: WorkItem, now: datetime, language: Language) -> dict[str, object]:
    """A row for people. Of ids it has the ends, which every command takes."""
    words = _WORDS[language]
    kind = words[item.kind]
    if item.due_for:
        kind = f"{kind}: {words[item.due_for]}"
    elif item.step:
        kind = f"{kind} {item.step}: {item.said_by}"
    elif item.number:
        kind = f"{kind} ({item.number})"
    return {
        words["due"]: Whole(time_left(item.due_at, now, language)),
        words["what"]: kind,
        words["subject"]: (item.title_vi if language == "vi" else None) or item.title,
        words["about"]: _about(item, words),
        "id": short_reference(item.id),
    }


def _about(item: WorkItem, words: Mapping[str, str]) -> str | None:
    """The ticket that an item is about, by its number or the end of its id, or else its customer; None: by its id."""
    if item.ticket is not None:
        return item.external_reference or (None if item.ticket == item.id else short_reference(item.ticket))
    return None if item.customer is None else f"{words['customer']} {short_reference(item.customer)}"


def time_left(due_at: datetime | None, now: datetime, language: Language) -> str:
    """The time that is left, or by how much it is late."""
    if due_at is None:
        return NOTHING
    left = due_at - now
    return _WORDS[language]["left" if left >= timedelta() else "late"].format(
        duration(abs(left.total_seconds()), language)
    )
