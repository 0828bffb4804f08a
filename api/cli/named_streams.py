"""The streams that words of the command line name: by an id, or by the end of it that tables show."""

from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from psycopg import Connection, sql

from api.cli.running_command import name_subject
from api.cli.tenant_database import looked_up
from api.cli.usage_error import UsageError
from api.id_tails import ending_in
from domain.event_log.schema import schema_of


class NamedStreams(NamedTuple):
    """What they are in both languages, the table and the column with their ids, and the command that shows these."""

    what: str
    vietnamese: str
    table: str
    column: str
    shown_by: str


CUSTOMER_IDS = NamedStreams("customer", "khách hàng", "customers", "customer", "customer search")
CONTRACT_IDS = NamedStreams("contract", "hợp đồng", "contracts", "contract", "customer show")
TASK_IDS = NamedStreams("task", "công việc", "tasks", "task", "task list")
PROCEDURE_IDS = NamedStreams("procedure", "quy trình", "procedures", "procedure_stream", "procedure list")
NOTIFICATION_IDS = NamedStreams("notification", "thông báo", "notifications", "notification", "notification list")


def stream_named(connection: Connection, tenant: str, streams: NamedStreams, name: str) -> UUID:
    """The stream of an id, or the one whose id ends in these 12 digits. Raises UsageError for none and for several."""
    try:
        return UUID(name)
    except ValueError:
        table = sql.Identifier(schema_of(tenant), streams.table)
        ids = ending_in(connection, table, streams.column, name)
    if not ids:
        raise no_stream(streams, name)
    if len(ids) > 1:
        raise UsageError(
            f"Several {streams.what}s have the id {name!r}: `{streams.shown_by}` shows the ids.",
            f"Nhiều {streams.vietnamese} có mã {name!r}: `{streams.shown_by}` cho xem các mã.",
        )
    name_subject(name, ids[0])
    return ids[0]


def no_stream(streams: NamedStreams, name: str) -> UsageError:
    """The error for an id that no stream of a kind has."""
    return UsageError(
        f"There is no {streams.what} with the id {name!r}: `{streams.shown_by}` shows the ids.",
        f"Không có {streams.vietnamese} nào có mã {name!r}: `{streams.shown_by}` cho xem các mã.",
    )


def look_up_stream(data: Path | None, tenant: str, streams: NamedStreams, name: str) -> UUID:
    """The stream of an id or of the end of one, by a connection of its own. Raises UsageError."""
    return looked_up(data, tenant, lambda connection: stream_named(connection, tenant, streams, name))
