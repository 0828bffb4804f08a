"""`history --access`: entries of the access journal, the newest first."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection

from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.access_journal.words import WORDS
from api.cli.locale import Locale
from api.cli.printing import local, say, show_json, show_table
from api.cli.running_command import count_rows
from domain.ids import short_reference
from projections.audit.words import word_of

PAGE = 1_000


class JournalPart(NamedTuple):
    """The newest entries, and the position up to which old ones were removed."""

    entries: Sequence[JournalRow]
    trimmed: int


def read_journal(connection: Connection, tenant: str, where: AccessFilter, limit: int) -> JournalPart:
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
    return JournalPart(entries, trimmed)


def show_journal(part: JournalPart, locale: Locale, *, as_json: bool) -> None:
    """A line for each entry."""
    if as_json:
        show_json(part.entries)
        return
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
