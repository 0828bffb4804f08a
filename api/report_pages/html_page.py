"""An issued report as one file of HTML that prints on A4: no script, nothing from elsewhere."""

from api.charts.bars import bar_chart
from api.html_document import definition_list, html_document, row_of, text
from api.report_pages.section_table import SectionTable, section_table
from api.report_pages.words import foot, head, title_of, word
from domain.readable import Language
from projections.issued_reports.pack_figures import Document
from projections.issued_reports.queries import Issue

_STYLE = """
.with-chart { display: grid; grid-template-columns: 58mm 1fr; gap: 0 6mm; align-items: start; }
table.alone { width: auto; }
.wide svg { display: block; margin-bottom: 2mm; }
.scroll { overflow-x: auto; }
svg { width: 58mm; height: auto; overflow: visible; break-inside: avoid; }
svg .bar { fill: #2f6ea3; }
svg .track { fill: #e3e9ef; }
svg line { stroke: #595959; stroke-width: 1; }
svg .tick { stroke: #d9d9d9; stroke-width: .7; }
svg text { font-size: 9px; fill: #1b1b1b; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
@media screen and (max-width: 150mm) { .with-chart { grid-template-columns: 1fr; } }
@media print { .scroll { overflow: visible; }
    svg rect { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
_SHORT = 15
"""Rows of a section that is not divided between pages."""

_BESIDE = 5
"""Columns of a table that has its chart beside it; a wider one has it above."""

_SCROLLED = 4
"""Columns from which on a table scrolls sideways on a phone, in a box that the keyboard reaches."""


def html_page(issue: Issue, language: Language) -> str:
    """The page. Everything that was recorded is escaped."""
    document = issue.document
    title = title_of(issue, document, language)
    warning = "" if issue.facts.complete else f'<p class="warning">{text(word("incomplete", language))}</p>'
    return html_document(
        title,
        language,
        head=definition_list(head(issue, language)) + warning,
        body=sections_html(document, language),
        foot=definition_list(foot(issue, document, language)),
        style=_STYLE,
    )


def sections_html(document: Document, language: Language) -> str:
    """The sections with their tables and charts, for this page and for a page of the screen."""
    tables = (section_table(section, language, document["year_begins"]) for section in document["sections"])
    return "".join(map(_section, tables))


def _section(table: SectionTable) -> str:
    short = ' class="short"' if len(table.rows) <= _SHORT else ""
    notes = "".join(f'<p class="note">{text(note)}</p>' for note in table.notes)
    content = ""
    if not table.is_empty:
        content = _table(table)
        if table.bars:
            chart = bar_chart(table.title, table.bars, in_time=table.in_time, whole=table.whole, ticks=table.ticks)
            layout = "with-chart" if len(table.headings) <= _BESIDE else "wide"
            content = f'<div class="{layout}">{chart}{content}</div>'
    return f"<section{short}><h2>{text(table.title)}</h2>{content}{notes}</section>\n"


def _table(table: SectionTable) -> str:
    numbers = ["number" if cell.is_number else "" for cell in table.rows[0]]
    headings = row_of(list(zip(table.headings, numbers, strict=True)), "th")
    body = "".join(row_of([(cell.text, css) for cell, css in zip(row, numbers, strict=True)]) for row in table.rows)
    alone = ' class="alone"' if table.rows[0][0].is_number else ""
    content = f"<table{alone}><thead>{headings}</thead><tbody>{body}</tbody></table>"
    if len(table.headings) < _SCROLLED:
        return content
    return f'<div class="scroll" role="group" tabindex="0" aria-label="{text(table.title)}">{content}</div>'
