"""A history as one file of HTML that prints on A4: no script, nothing from elsewhere."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple

from api.history.lines import WORDS, HistoryLine, line_of, note
from api.html_document import definition_list, html_document, row_of, text
from domain.readable import Language, minute, number
from domain.zones import TimeZone
from projections.audit.queries import HistoryEntry
from projections.audit.sentences import NAMELESS

_STYLE = """
@page { size: A4 landscape; }
body { max-width: 265mm; }
table { font-size: 8.5pt; }
td:not(.number) { min-width: 0; }
td.when { white-space: nowrap; }
td.what { width: 40%; }
td.channel { min-width: 18mm; }
@media screen and (max-width: 150mm) {
    thead { display: none; }
    table, tbody, tr, td { display: block; width: auto; }
    tr { border-bottom: .3mm solid #8a8a8a; padding: 2mm 0; }
    td, td.number, td.what { display: grid; grid-template-columns: 24mm 1fr; border: 0; padding: .3mm 0; width: auto;
        text-align: left; white-space: normal; }
    td::before { content: attr(data-label); color: #595959; }
    td:empty { display: none; }
}
"""
_CLASSES = ("number", "when", "when", "", "channel", "what", "")
_HEAD: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "zone": "Time zone",
            "made": "Made",
            "entries": "Entries",
            "position": "Log up to",
        },
        "vi": {
            "zone": "Múi giờ",
            "made": "Lập lúc",
            "entries": "Số dòng",
            "position": "Nhật ký đến vị trí",
        },
    }
)


class HistoryFacts(NamedTuple):
    """What the head of the page says: what was asked for, when, up to which position of the log.

    ``next_after``: the position behind which the history goes on; None when the page has all of it. ``title``: of
    another document than a history.
    """

    conditions: Sequence[tuple[str, str]]
    made_at: datetime
    position: int
    next_after: int | None = None
    title: str | None = None


def history_page(
    entries: Sequence[HistoryEntry],
    facts: HistoryFacts,
    language: Language,
    zone: TimeZone,
    names: Mapping[str, str] = NAMELESS,
) -> str:
    """The page. Everything that was recorded is escaped. Sentences use ``names`` in place of ids."""
    words, head = WORDS[language], _HEAD[language]
    lines = [line_of(entry, language, zone, names=names) for entry in entries]
    question = "; ".join(f"{name}: {value}" if value else name for name, value in facts.conditions)
    table = f"<p>{text(words.nothing)}</p>"
    if lines:
        headings = row_of(list(zip(words.columns, _CLASSES, strict=True)), "th")
        rows = "".join(_row(line, words.columns) for line in lines)
        table = f"<table><thead>{headings}</thead><tbody>{rows}</tbody></table>"
    more = ""
    if facts.next_after is not None:
        more = f'<p class="warning">{text(words.more.format(number(facts.next_after, language)))}</p>'
    return html_document(
        facts.title or words.title,
        language,
        head=definition_list([(words.conditions, question), (head["zone"], zone.key)]) + more,
        body=f"<section>{table}</section>\n",
        foot=definition_list(
            [
                (head["made"], f"{minute(facts.made_at.astimezone(zone), language)} ({zone.key})"),
                (head["position"], number(facts.position, language)),
                (head["entries"], number(len(lines), language)),
            ]
        )
        + f'<p class="note">{text(note(entries, language, zone))}</p>',
        style=_STYLE,
    )


def _row(line: HistoryLine, columns: Sequence[str]) -> str:
    cells = zip(columns, line, _CLASSES, strict=True)
    return f"<tr>{''.join(_cell(name, value, css) for name, value, css in cells)}</tr>"


def _cell(name: str, value: object, css: str) -> str:
    """A cell. A narrow screen shows the name of the column beside it."""
    content = "" if value is None else text(str(value))
    return f'<td class="{css}" data-label="{text(name)}">{content}</td>'
