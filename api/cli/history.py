"""`history`: events of a ticket, a customer, an actor or the whole log, a sentence each."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, NamedTuple
from uuid import UUID

import typer
from psycopg import Connection

from api.access_journal.entry import AccessAction
from api.cli.access.listing import show_access
from api.cli.history_conditions import USUAL_AXIS, HistoryConditions, say_conditions
from api.cli.locale import Locale
from api.cli.options import (
    DAY,
    in_order,
)
from api.cli.printing import say, show_json, show_table
from api.cli.read_options import PointInTimeOptions
from api.cli.running_command import count_rows
from api.cli.shared_options import options_of
from api.cli.ticket_names import ticket_named
from api.cli.usage_error import UsageError
from api.history.lines import WORDS, lines_under, note
from api.history.page import HistoryFacts, history_page
from api.history.question_words import in_words
from api.private_files import write_private
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.readable import Language, number
from projections.audit.kinds import topics_of
from projections.audit.names import NAMED_IN, names_of_entries
from projections.audit.queries import Axis, HistoryEntry, HistoryFilter, history_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.engine.checkpoints import position_of

PAGE = 1_000
_SHORTEST_TEXT = 2


@options_of(PointInTimeOptions)
def history(
    reading: PointInTimeOptions,
    ticket: Annotated[str | None, typer.Argument(help="The id of a ticket, or its number in the source.")] = None,
    customer: Annotated[UUID | None, typer.Option(help="Of a customer, with all tickets.")] = None,
    actor: Annotated[
        str | None, typer.Option(help="What an agent, a rule or an import did, and others on their behalf.")
    ] = None,
    kind: Annotated[
        list[str] | None,
        typer.Option(help="Of a kind: a topic, its first word, access (keys) or rules; several times."),
    ] = None,
    text: Annotated[str | None, typer.Option(help="With this text, in any spelling.")] = None,
    first: Annotated[datetime | None, typer.Option("--from", formats=DAY, help="From this day on.")] = None,
    last: Annotated[datetime | None, typer.Option("--to", formats=DAY, help="Up to this day, included.")] = None,
    axis: Annotated[Axis, typer.Option(help="The time that --from and --to are of.")] = USUAL_AXIS,
    access: Annotated[
        bool, typer.Option("--access", help="Instead: who read what, what was refused, which sign-ins failed.")
    ] = False,
    action: Annotated[
        AccessAction | None, typer.Option("--action", help="With --access: entries of this kind.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many events at most.")] = 1_000,
    after: Annotated[int, typer.Option(min=0, help="Go on after the event of this position.")] = 0,
    page: Annotated[
        Path | None, typer.Option(dir_okay=False, help="Write a page that prints on A4 instead of a table.")
    ] = None,
) -> None:
    """Show what was recorded of a ticket, a customer, an actor or a kind, event by event.

    Each line says who did what, when, through which channel and why. All conditions hold together.
    """
    in_order(first, last)
    until = last and last + timedelta(days=1)
    conditions = HistoryConditions(ticket, customer, actor, kind, text, first, until, axis, action)
    if access:
        _refuse_beside_access(conditions, page, after, reading)
        show_access(reading, conditions, limit)
        return
    _check(conditions)
    part = _read(reading, conditions, after, limit)
    if not part.entries and not after and conditions.is_of_one:
        raise _nothing_known(ticket, customer)
    _show(reading, part, page)


def _refuse_beside_access(
    conditions: HistoryConditions, page: Path | None, after: int, reading: PointInTimeOptions
) -> None:
    """Refuses what the access journal does not have. Raises UsageError."""
    options = {
        "kind": conditions.kind,
        "text": conditions.text,
        "axis": conditions.axis != USUAL_AXIS,
        "page": page,
        "after": after,
        "known-at": reading.known_at,
        "as-of": reading.as_of,
    }
    if given := [f"--{name}" for name, value in options.items() if value]:
        raise UsageError(
            f"{', '.join(given)} cannot be used with --access, which takes a TICKET, --customer, --actor, --action,"
            " --from, --to, --limit and --json."
        )


def _check(conditions: HistoryConditions) -> None:
    """Refuses conditions by which events cannot be found. Raises UsageError."""
    if conditions.action:
        raise UsageError("--action is for --access.", "--action chỉ dùng cùng --access.")
    ticket, customer, actor, kind, text, first, until, *_ = conditions
    if not any((ticket, customer, actor, kind, text, first, until)):
        raise UsageError(
            "Name one of: a TICKET, --customer or --actor; or ask by --kind, --text, --from or --to.",
            "Hãy ghi một phiếu (TICKET), --customer hoặc --actor; hoặc tìm bằng --kind, --text, --from hay --to.",
        )
    if text is not None and len(text.strip()) < _SHORTEST_TEXT:
        raise UsageError(
            "--text is too short: write at least two letters.", "--text quá ngắn: hãy ghi ít nhất hai chữ cái."
        )


def _nothing_known(ticket: str | None, customer: UUID | None) -> UsageError:
    whose = f"the ticket {ticket!r}" if customer is None else f"the customer {customer}"
    of_whom = f"phiếu {ticket!r}" if customer is None else f"khách hàng {customer}"
    return UsageError(
        f"Nothing is known of {whose}, or was by then: look at the id, --known-at and --as-of.",
        f"Chưa ghi nhận gì về {of_whom}, hoặc đến thời điểm đó: hãy xem lại mã, --known-at và --as-of.",
    )


class _HistoryPart(NamedTuple):
    """Entries with the names of customers in them, and the position behind which more follow.

    ``facts`` are those of a page. ``behind`` is how many events of the log the history lacks.
    """

    entries: Sequence[HistoryEntry]
    names: Mapping[str, str]
    following: int | None
    facts: HistoryFacts
    behind: int
    locale: Locale
    named: Mapping[str, object]


def _read(reading: PointInTimeOptions, conditions: HistoryConditions, after: int, limit: int) -> _HistoryPart:
    """The first entries behind a position. Raises UnknownKind and UsageError."""
    topics = frozenset().union(*map(topics_of, conditions.kind)) if conditions.kind else None
    tenant = reading.tenant
    with reading.connection() as connection:
        locale = reading.locale(connection)
        instants = reading.instants(locale)
        wanted = HistoryFilter(
            customer=conditions.customer,
            actor=conditions.actor,
            topics=topics,
            text=conditions.text,
            begin=locale.instant(conditions.first),
            end=locale.instant(conditions.until),
            axis=conditions.axis,
        )
        position = position_of(connection, tenant, [AUDIT_HISTORY, *NAMED_IN])
        if conditions.ticket is not None:
            ticket = ticket_named(connection, schema_of(tenant), conditions.ticket)
            wanted = wanted._replace(ticket=ticket, with_absorbed=True)
        entries, following = _entries(connection, tenant, wanted, after, limit, **instants)
        names = names_of_entries(connection, tenant, entries, **instants)
        made_at, behind = reader.now(connection), reader.head(connection, tenant) - position
        count_rows(len(entries))
    named = {**conditions.named, **instants}
    facts = HistoryFacts(in_words(named, *locale), made_at, position, following)
    return _HistoryPart(entries, names, following, facts, behind, locale, named)


def _show(reading: PointInTimeOptions, part: _HistoryPart, page: Path | None) -> None:
    """Writes the page, or shows a line for each event; then says what the answer lacks."""
    language, zone = part.locale
    if page is not None:
        write_private(page, history_page(part.entries, part.facts, language, zone, part.names).encode())
        say(WORDS[language].written.format(len(part.entries), page))
    elif reading.as_json:
        show_json(part.entries)
    else:
        title, rows = lines_under(WORDS[language].title, part.entries, language, zone, part.names)
        show_table(title, rows, WORDS[language].nothing, language=language)
        say(note(part.entries, language, zone))
    say_conditions(part.named, part.locale, part.entries)
    _say_rest(part.following, part.behind, language)


def _say_rest(following: int | None, behind: int, language: Language) -> None:
    """Says that the history goes on, and that the log holds events that it lacks."""
    if following is not None:
        words = WORDS[language]
        say(f"{words.more.format(number(following, language))} {words.go_on.format(following)}")
    if behind > 0:
        say(WORDS[language].behind.format(number(behind, language)))


def _entries(
    connection: Connection,
    tenant: str,
    wanted: HistoryFilter,
    behind: int,
    limit: int,
    *,
    known_at: datetime | None,
    as_of: datetime | None,
) -> tuple[list[HistoryEntry], int | None]:
    """The first ``limit`` events behind a position, in recorded order, and the position behind which more follow."""
    entries: list[HistoryEntry] = []
    after: int | None = behind
    while after is not None and len(entries) < limit:
        part = history_of(
            connection,
            schema_of(tenant),
            wanted,
            after=after,
            limit=min(PAGE, limit - len(entries)),
            known_at=known_at,
            as_of=as_of,
        )
        entries += part.entries
        after = part.next_after
    return entries, after
