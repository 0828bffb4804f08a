"""A line of a history: what is shown of an audit entry, in the same columns on the command line and on a page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from domain.ids import short_reference
from domain.readable import NOTHING, Language, second
from domain.zones import TimeZone
from projections.audit.queries import HistoryEntry
from projections.audit.sentences import NAMELESS, sentence
from projections.audit.words import in_language, word_of


class HistoryWords(NamedTuple):
    """The words around the lines. Some have placeholders."""

    title: str
    columns: Sequence[str]
    late: str
    late_means: str
    nothing: str
    zone: str
    ticket: str
    more: str
    go_on: str
    behind: str
    conditions: str
    written: str


WORDS: Mapping[Language, HistoryWords] = MappingProxyType(
    {
        "en": HistoryWords(
            title="History",
            columns=("position", "happened", "recorded", "of", "through", "what", "why"),
            late="{} (late)",
            late_means="(late): recorded after something that happened later.",
            nothing="nothing is recorded",
            zone="Times are of {}. Where no time of recording stands, it is the same.",
            ticket="ticket",
            more="More follows after position {}.",
            go_on="--after {} goes on.",
            behind="The last {} events of the log are not in it yet; `serve` and `follow` bring them in.",
            conditions="Asked for",
            written="{} events are written to {}.",
        ),
        "vi": HistoryWords(
            title="Lịch sử",
            columns=("vị trí", "xảy ra", "ghi nhận", "đối tượng", "kênh", "sự kiện", "lý do"),
            late="{} (muộn)",
            late_means="(muộn): khi ghi nhận, đã có sự kiện xảy ra sau đó.",
            nothing="chưa ghi nhận sự kiện nào",
            zone="Thời gian theo múi giờ {}. Dòng không có giờ ghi nhận: ghi nhận cùng lúc xảy ra.",
            ticket="phiếu",
            more="Còn tiếp sau vị trí {}.",
            go_on="Xem tiếp: --after {}.",
            behind="Chưa có {} sự kiện mới nhất của nhật ký; `serve` và `follow` sẽ đưa vào.",
            conditions="Nội dung hỏi",
            written="Đã ghi {} sự kiện vào {}.",
        ),
    }
)


_SAID_ONCE = frozenset({"subject", "through", "why"})
"""The fields of a line that a title says once where every line has the same."""


class HistoryLine(NamedTuple):
    """The cells of a line, in the order of the columns. Times are local, to the second.

    ``recorded`` is empty when it is the same second. ``subject`` names the kind of stream and the ticket.
    """

    position: int
    happened: str
    recorded: str | None
    subject: str
    through: str | None
    what: str
    why: str | None


def line_of(
    entry: HistoryEntry,
    language: Language,
    zone: TimeZone,
    *,
    names: Mapping[str, str] = NAMELESS,
) -> HistoryLine:
    """The line of an entry. ``names`` stand for ids."""
    happened, recorded = (
        second(instant.astimezone(zone), language) for instant in (entry.occurred_at, entry.recorded_at)
    )
    shown = WORDS[language].late.format(recorded) if entry.late else recorded
    return HistoryLine(
        position=entry.position,
        happened=happened,
        recorded=None if shown == happened else shown,
        subject=subject_of(entry, language),
        through=entry.channel and word_of("channel", entry.channel, language),
        what=sentence(entry, language, zone=zone, names=names),
        why=entry.reason and in_language(entry.reason, language),
    )


def note(entries: Sequence[HistoryEntry], language: Language, zone: TimeZone) -> str:
    """What stands below the lines: the zone of their times, and what late means where one is."""
    words = WORDS[language]
    of_zone = words.zone.format(zone.key)
    return f"{of_zone} {words.late_means}" if any(entry.late for entry in entries) else of_zone


def subject_of(entry: HistoryEntry, language: Language) -> str:
    """The kind of stream and the ticket, such as ``task, ticket INC7``."""
    kind = word_of("stream kind", entry.stream_kind, language)
    if entry.ticket is None:
        return kind
    ticket = f"{WORDS[language].ticket} {ticket_label(entry)}"
    return ticket if entry.stream_kind == "ticket" else f"{kind}, {ticket}"


def lines_under(
    title: str, entries: Sequence[HistoryEntry], language: Language, zone: TimeZone, names: Mapping[str, str]
) -> tuple[str, list[dict[str, object]]]:
    """The lines by their columns, and the title with what is the same in all of several lines, left out of them."""
    columns = WORDS[language].columns
    lines = [line_of(entry, language, zone, names=names) for entry in entries]
    same = []
    if len(entries) > 1 and entries[0].ticket and len({entry.ticket for entry in entries}) == 1:
        same.append(f"{WORDS[language].ticket} {ticket_label(entries[0])}")
        lines = [
            line._replace(subject=word_of("stream kind", entry.stream_kind, language))
            for line, entry in zip(lines, entries, strict=True)
        ]
    left_out = set()
    for field, column in zip(HistoryLine._fields, columns, strict=True):
        values = {getattr(line, field) for line in lines}
        if len(lines) > 1 and field in _SAID_ONCE and len(values) == 1 and None not in values:
            left_out.add(column)
            (value,) = values
            if field != "subject":
                same.append(f"{column}: {value}")
            elif not same:
                same.append(value)
    rows: list[dict[str, object]] = [
        {column: cell for column, cell in zip(columns, line, strict=True) if column not in left_out} for line in lines
    ]
    return f"{title}: {'; '.join(same)}" if same else title, rows


def ticket_label(entry: HistoryEntry) -> str:
    """The ticket's number in the system it came from, or the end of its id."""
    if entry.ticket is None:
        return NOTHING
    return entry.ticket_number or short_reference(entry.ticket)
