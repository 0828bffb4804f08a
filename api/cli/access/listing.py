"""`history --access`: entries of the access journal, the newest first."""

from collections.abc import Sequence
from typing import NamedTuple

from psycopg import Connection

from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.cli.printing import local, say, show_json, show_table
from api.cli.running_command import count_rows
from domain.zones import TimeZone

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


def show_journal(part: JournalPart, zone: TimeZone, *, as_json: bool) -> None:
    """A line for each entry."""
    if as_json:
        show_json(part.entries)
        return
    show_table("The access journal", [_line(entry, zone) for entry in part.entries], "nothing is recorded")
    say(f"Times are of {zone.key}. The newest entries come first.")
    if part.trimmed:
        say(f"Entries up to position {part.trimmed} were removed by age.")


def _line(entry: JournalRow, zone: TimeZone) -> dict[str, object]:
    actor = entry.actor or entry.kind or "nobody"
    subjects = ", ".join(f"{name} {subject}" for name, subject in (entry.subjects or {}).items())
    return {
        "position": entry.position,
        "at": local(entry.at, zone),
        "who": actor if entry.on_behalf_of is None else f"{actor} for {entry.on_behalf_of}",
        "key": entry.key,
        "from": entry.origin,
        "action": entry.action,
        "what": entry.what,
        "about": subjects or None,
        "rows": entry.rows,
        "outcome": entry.outcome if entry.state is None else f"{entry.outcome} ({entry.state})",
        "times": entry.times,
    }
