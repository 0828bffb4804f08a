"""`history --access`: entries of the access journal, the newest first."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection

from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.access_journal.words import WORDS
from api.cli.history_conditions import HistoryConditions, say_conditions
from api.cli.locale import Locale
from api.cli.printing import local, say, show_json, show_table
from api.cli.read_options import ReadOptions
from api.cli.running_command import count_rows
from api.cli.ticket_names import ticket_named
from domain.event_log.schema import schema_of
from domain.ids import short_reference
from projections.audit.words import word_of

PAGE = 1_000


def show_access(reading: ReadOptions, conditions: HistoryConditions, limit: int) -> None:
    """The newest entries, a line for each. Raises UsageError."""
    with reading.connection() as connection:
        locale = reading.locale(connection)
        part = _read(connection, reading.tenant, _filter(connection, reading.tenant, conditions, locale), limit)
    if reading.as_json:
        show_json(part.entries)
    else:
        _show(part, locale)
    say_conditions(conditions.named, locale, part.entries)


class _JournalPart(NamedTuple):
    """The newest entries, and the position up to which old ones were removed."""

    entries: Sequence[JournalRow]
    trimmed: int


def _filter(connection: Connection, tenant: str, conditions: HistoryConditions, locale: Locale) -> AccessFilter:
    named = conditions.ticket
    return AccessFilter(
        conditions.actor,
        conditions.customer,
        None if named is None else ticket_named(connection, schema_of(tenant), named),
        conditions.action,
        locale.instant(conditions.first),
        locale.instant(conditions.until),
    )


def _read(connection: Connection, tenant: str, where: AccessFilter, limit: int) -> _JournalPart:
    """The newest ``limit`` entries."""
    entries: list[JournalRow] = []
    before, trimmed = None, 0
    while len(entries) < limit:
        page = journal_page(connection, tenant, where, before=before, limit=min(PAGE, limit - len(entries)))
        entries += page.entries
        before, trimmed = page.next_before, page.trimmed
        if before is None:
            break
    count_rows(len(entries))
    return _JournalPart(entries, trimmed)


def _show(part: _JournalPart, locale: Locale) -> None:
    language, zone = locale
    words = WORDS[language]
    rows = [dict(zip(words.columns, _cells(entry, locale), strict=True)) for entry in part.entries]
    show_table(words.title, rows, words.nothing, language=language)
    say(words.zone.format(zone.key))
    if part.trimmed:
        say(words.removed.format(part.trimmed))


def _cells(entry: JournalRow, locale: Locale) -> tuple[object, ...]:
    """Few cells, so that a line fits into 80 letters. Of an id the last 12 digits stand there; --json has all."""
    language, zone = locale
    words = WORDS[language]
    actor = entry.actor or (words.coded(entry.kind) if entry.kind else words.nobody)
    who = actor if entry.on_behalf_of is None else words.actor_for.format(actor, entry.on_behalf_of)
    through = [words.coded(entry.origin), *([words.key.format(entry.key)] if entry.key else [])]
    subjects = [f"{words.coded(name)} {short_reference(subject)}" for name, subject in (entry.subjects or {}).items()]
    subjects += [f"{words.coded('figure')} {entry.figure}"] if entry.figure else []
    counts = [
        *([word_of("state", entry.state, language)] if entry.state else []),
        *([words.rows.format(entry.rows)] if entry.rows is not None else []),
        *([words.times.format(entry.times)] if entry.times > 1 else []),
    ]
    return (
        entry.position,
        local(entry.at, zone),
        f"{who} ({', '.join(through)})",
        f"{words.coded(entry.action)} - {entry.what.removeprefix('ticketledger ')}",
        ", ".join(subjects) or None,
        words.coded(entry.outcome) + (f" ({', '.join(counts)})" if counts else ""),
    )
