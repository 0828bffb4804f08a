"""`notification list`, `dead` and `show`: what waits, what was sent, and what a person has to decide about."""

from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.cli.locale import Locale
from api.cli.named_streams import NOTIFICATION_IDS, no_stream, stream_named
from api.cli.notification.words import WORDS, notification_lines
from api.cli.printing import local, say, show_json, show_lines, show_table
from api.cli.read_options import ReadOptions
from api.cli.shared_options import options_of
from api.cli.usage_error import UsageError
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language
from projections.audit.words import word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import family_of
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS
from projections.engine.checkpoints import position_of
from projections.notifications.queries import NotificationFilter, notifications, one_notification
from projections.notifications.table import NOTIFICATIONS, STATES, NotificationRow
from projections.notifications.texts import texts_of

Limit = Annotated[int, typer.Option(min=1, max=500, help="How many at most.")]


@options_of(ReadOptions)
def list_all(
    reading: ReadOptions,
    state: Annotated[list[str] | None, typer.Option(help="In this state alone; repeat it for several.")] = None,
    customer: Annotated[UUID | None, typer.Option(help="To this customer alone.")] = None,
    channel: Annotated[str | None, typer.Option(help="Over this channel alone.")] = None,
    rule: Annotated[str | None, typer.Option(help="Requested by this rule alone.")] = None,
    limit: Limit = 50,
) -> None:
    """List notifications, the newest requests first."""
    if unknown := sorted({*(state or ())} - {*STATES}):
        raise UsageError(
            f"There is no state {unknown[0]!r} of notifications: choose one of {', '.join(STATES)}.",
            f"Thông báo không có trạng thái {unknown[0]!r}: hãy chọn một trong {', '.join(STATES)}.",
        )
    with reading.connection() as connection:
        members = () if customer is None else family_of(connection, schema_of(reading.tenant), customer).members
        wanted = NotificationFilter(state or (), members, channel, rule)
        _list(connection, reading, wanted, limit)


@options_of(ReadOptions)
def dead(reading: ReadOptions, limit: Limit = 50) -> None:
    """List the notifications that failed or are uncertain: a person decides whether they are sent again."""
    with reading.connection() as connection:
        _list(connection, reading, NotificationFilter(dead=True), limit)


@options_of(ReadOptions)
def show(
    reading: ReadOptions,
    notification: Annotated[str, typer.Argument(help="The id of a notification, or the last 12 digits of it.")],
) -> None:
    """Show a notification with its text."""
    with reading.connection() as connection:
        position_of(connection, reading.tenant, [NOTIFICATIONS])
        locale = reading.locale(connection)
        stream = stream_named(connection, reading.tenant, NOTIFICATION_IDS, notification)
        row = one_notification(connection, schema_of(reading.tenant), stream)
        texts = texts_of(connection, reading.tenant, [stream], reader.head(connection, reading.tenant))
    if row is None:
        raise no_stream(NOTIFICATION_IDS, notification)
    text = texts.get(stream)
    if reading.as_json:
        show_json({"notification": row, "text": text})
        return
    words = WORDS[locale.language]
    lines = notification_lines(row, locale)
    if text is not None:
        proof = words.proven if text.proven else words.unproven
        lines += ["", text.subject, "", *text.body.splitlines(), "", proof]
    show_lines(lines)


def _list(connection: Connection, reading: ReadOptions, wanted: NotificationFilter, limit: int) -> None:
    locale, schema = reading.locale(connection), schema_of(reading.tenant)
    position_of(connection, reading.tenant, [NOTIFICATIONS, AUDIT_HISTORY, CUSTOMERS])
    rows, _ = notifications(connection, schema, wanted, limit=limit)
    if reading.as_json:
        show_json(rows)
    else:
        _show(rows, names_of(connection, schema, {row.customer for row in rows if row.customer}), locale)


def _show(rows: Sequence[NotificationRow], names: Mapping[UUID, str | None], locale: Locale) -> None:
    language, zone = locale
    words = WORDS[language]
    shown = [
        (
            local(row.requested_at, zone),
            _recipient(row, names, language),
            word_of("channel", row.channel, language),
            word_of("template", row.template, language),
            _state(row, language),
            local(row.next_at, zone),
            row.notification,
        )
        for row in rows
    ]
    show_table(words.title, [dict(zip(words.columns, row, strict=True)) for row in shown], language=language)
    say(locale.zone_sentence)


def _recipient(row: NotificationRow, names: Mapping[UUID, str | None], language: Language) -> str:
    """A customer by name and id; others by what they are and their name."""
    if row.to_kind != "customer":
        return f"{word_of('kind of a recipient', row.to_kind, language)} {row.recipient}"
    name = names.get(UUID(row.recipient))
    return f"{name} {row.recipient}" if name else row.recipient


def _state(row: NotificationRow, language: Language) -> str:
    """The state with its reason. A column of its own would leave too little room for the ids of a narrow table."""
    state = word_of("state of a notification", row.state, language)
    return f"{state}: {word_of('why', row.why, language)}" if row.why else state
