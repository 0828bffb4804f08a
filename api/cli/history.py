"""`history`: events of a ticket, a customer, an actor or the whole log, a sentence each."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from psycopg import Connection

from api.access_journal.entry import AccessAction
from api.access_journal.queries import AccessFilter
from api.cli.access.listing import read_journal, show_journal
from api.cli.locale import Locale, locale_of
from api.cli.options import (
    DAY,
    DEFAULT_TENANT,
    AsJson,
    AsOf,
    Data,
    KnownAt,
    Lang,
    Tenant,
    Zone,
    in_order,
)
from api.cli.printing import say, show_json, show_table
from api.cli.running_command import count_rows
from api.cli.tenant_database import tenant_connection
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


def history(
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
    axis: Annotated[Axis, typer.Option(help="The time that --from and --to are of.")] = "occurred",
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
    language: Lang = None,
    zone: Zone = None,
    known_at: KnownAt = None,
    as_of: AsOf = None,
    data: Data = None,
    tenant: Tenant = DEFAULT_TENANT,
    as_json: AsJson = False,
) -> None:
    """Show what was recorded of a ticket, a customer, an actor or a kind, event by event.

    Each line says who did what, when, through which channel and why. All conditions hold together.
    """
    in_order(first, last)
    until, topics = last and last + timedelta(days=1), _topics(kind)
    question = {
        "ticket": ticket, "customer": customer, "actor": actor, "kind": kind, "text": text, "action": action,
        "axis": axis, "from": first and first.date(), "to": until and until.date(),
    }  # fmt: skip
    if access:
        other_axis = axis if axis != "occurred" else None
        not_of_access = {"kind": kind, "text": text, "axis": other_axis, "page": page, "after": after}
        _refuse(not_of_access | {"known-at": known_at, "as-of": as_of})
        with tenant_connection(data, tenant) as connection:
            locale = locale_of(connection, tenant, language, zone)
            begin, end = locale.instant(first), locale.instant(until)
            named = None if ticket is None else ticket_named(connection, schema_of(tenant), ticket)
            part = read_journal(connection, tenant, AccessFilter(actor, customer, named, action, begin, end), limit)
        show_journal(part, locale, as_json=as_json)
        _say_conditions(question, locale, part.entries)
        return
    if action:
        raise UsageError("--action is for --access.", "--action chỉ dùng cùng --access.")
    if not any((ticket, customer, actor, kind, text, first, last)):
        raise UsageError(
            "Name one of: a TICKET, --customer or --actor; or ask by --kind, --text, --from or --to.",
            "Hãy ghi một phiếu (TICKET), --customer hoặc --actor; hoặc tìm bằng --kind, --text, --from hay --to.",
        )
    if text is not None and len(text.strip()) < _SHORTEST_TEXT:
        raise UsageError(
            "--text is too short: write at least two letters.", "--text quá ngắn: hãy ghi ít nhất hai chữ cái."
        )
    with tenant_connection(data, tenant) as connection:
        locale = locale_of(connection, tenant, language, zone)
        begin, end = locale.instant(first), locale.instant(until)
        instants = {"known_at": locale.instant(known_at), "as_of": locale.instant(as_of)}
        wanted = HistoryFilter(
            customer=customer, actor=actor, topics=topics, text=text, begin=begin, end=end, axis=axis
        )
        position = position_of(connection, tenant, [AUDIT_HISTORY, *NAMED_IN])
        if ticket is not None:
            named = ticket_named(connection, schema_of(tenant), ticket)
            wanted = wanted._replace(ticket=named, with_absorbed=True)
        entries, following = _entries(connection, tenant, wanted, after, limit, **instants)
        names = names_of_entries(connection, tenant, entries, **instants)
        made_at, behind = reader.now(connection), reader.head(connection, tenant) - position
        count_rows(len(entries))
    of_one = HistoryFilter(ticket=wanted.ticket, with_absorbed=ticket is not None, customer=customer)
    if not entries and not after and wanted == of_one:
        raise _nothing_known(ticket, customer)
    words, days = locale
    question |= instants
    if page is not None:
        facts = HistoryFacts(in_words(question, words, days), made_at, position, following)
        write_private(page, history_page(entries, facts, words, days, names).encode())
        say(WORDS[words].written.format(len(entries), page))
    elif as_json:
        show_json(entries)
    else:
        _show(entries, locale, names)
    _say_conditions(question, locale, entries)
    _say_rest(following, behind, words)


def _nothing_known(ticket: str | None, customer: UUID | None) -> UsageError:
    whose = f"the ticket {ticket!r}" if customer is None else f"the customer {customer}"
    of_whom = f"phiếu {ticket!r}" if customer is None else f"khách hàng {customer}"
    return UsageError(
        f"Nothing is known of {whose}, or was by then: look at the id, --known-at and --as-of.",
        f"Chưa ghi nhận gì về {of_whom}, hoặc đến thời điểm đó: hãy xem lại mã, --known-at và --as-of.",
    )


def _topics(kinds: Sequence[str] | None) -> frozenset[str] | None:
    """The topics of some kinds. Raises UnknownKind."""
    return frozenset().union(*map(topics_of, kinds)) if kinds else None


def _refuse(options: Mapping[str, object]) -> None:
    """Refuses options that the access journal does not have. Raises UsageError."""
    given = [f"--{name}" for name, value in options.items() if value]
    if given:
        raise UsageError(
            f"{', '.join(given)} cannot be used with --access, which takes a TICKET, --customer, --actor, --action,"
            " --from, --to, --limit and --json."
        )


def _say_conditions(question: Mapping[str, object], locale: Locale, entries: Sequence[object]) -> None:
    """Repeats the conditions of an empty answer, of which one may be mistyped."""
    if not entries:
        named = in_words(question, *locale)
        conditions = "; ".join(f"{name}: {value}" if value else name for name, value in named)
        say(f"{WORDS[locale.language].conditions}: {conditions}.")


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


def _show(entries: Sequence[HistoryEntry], locale: Locale, names: Mapping[str, str]) -> None:
    """A line for each event."""
    language, zone = locale
    words = WORDS[language]
    title, rows = lines_under(words.title, entries, language, zone, names)
    show_table(title, rows, words.nothing, language=language)
    say(note(entries, language, zone))
