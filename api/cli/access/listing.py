"""`history --access`: entries of the access journal, the newest first."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from psycopg import Connection

from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.cli.printing import local, say, show_json, show_table
from api.cli.running_command import count_rows
from domain.sla.clock.explain_text import Language
from domain.zones import TimeZone

PAGE = 1_000


class _Words(NamedTuple):
    """The words of the table around the entries."""

    title: str
    columns: Sequence[str]
    nothing: str
    zone: str
    trimmed: str


_WORDS: Mapping[Language, _Words] = {
    "en": _Words(
        "The access journal",
        ("position", "at", "who", "key", "from", "action", "what", "about", "rows", "outcome", "times"),
        "nothing is recorded",
        "Times are of {}. The newest entries come first.",
        "Entries up to position {} were removed by age.",
    ),
    "vi": _Words(
        "Nhật ký truy cập",
        ("vị trí", "lúc", "ai", "khóa", "từ đâu", "hành động", "xem gì", "về", "số dòng", "kết quả", "số lần"),
        "chưa ghi nhận gì",
        "Thời gian theo múi giờ {}. Mục mới nhất đứng trước.",
        "Các mục đến vị trí {} đã được xóa vì hết thời hạn lưu.",
    ),
}


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


def show_journal(part: JournalPart, language: Language, zone: TimeZone, *, as_json: bool) -> None:
    """A line for each entry."""
    if as_json:
        show_json(part.entries)
        return
    words = _WORDS[language]
    lines = [dict(zip(words.columns, _cells(entry, zone), strict=True)) for entry in part.entries]
    show_table(words.title, lines, words.nothing)
    say(words.zone.format(zone.key))
    if part.trimmed:
        say(words.trimmed.format(part.trimmed))


def _cells(entry: JournalRow, zone: TimeZone) -> Sequence[object]:
    actor = entry.actor or entry.kind
    subjects = ", ".join(f"{name} {subject}" for name, subject in (entry.subjects or {}).items())
    return (
        entry.position,
        local(entry.at, zone),
        actor if entry.on_behalf_of is None else f"{actor} ({entry.on_behalf_of})",
        entry.key,
        entry.origin,
        entry.action,
        entry.what,
        subjects or None,
        entry.rows,
        entry.outcome if entry.state is None else f"{entry.outcome} ({entry.state})",
        entry.times,
    )
