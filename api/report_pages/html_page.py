"""An issued report as one file of HTML that prints on A4: no script, nothing from elsewhere."""

from html import escape

from api.readable import Language
from api.report_pages.chart import bar_chart
from api.report_pages.section_table import SectionTable, section_table
from api.report_pages.words import foot, head, title_of, word
from api.terminal_text import escaped
from projections.issued_reports.queries import Issue

_STYLE = """
@page { size: A4; margin: 16mm 14mm 18mm; }
* { box-sizing: border-box; }
body { font: 10.5pt/1.45 "Segoe UI", "Noto Sans", "DejaVu Sans", Arial, sans-serif; color: #1b1b1b;
    max-width: 186mm; margin: 8mm auto; padding: 0 4mm; }
h1 { font-size: 19pt; line-height: 1.2; margin: 0 0 3mm; color: #123a5e; }
h2 { font-size: 12.5pt; margin: 0 0 2mm; color: #123a5e; break-after: avoid; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0 4mm; margin: 0; font-size: 9.5pt; }
dt { color: #595959; }
dd { margin: 0; overflow-wrap: anywhere; }
header { border-bottom: .6mm solid #123a5e; padding-bottom: 3mm; margin-bottom: 6mm; }
footer { border-top: .3mm solid #8a8a8a; padding-top: 3mm; margin-top: 8mm; break-inside: avoid; }
section { margin: 0 0 7mm; }
section.short { break-inside: avoid; }
.warning { border: .4mm solid #9a5b00; background: #fff6e6; padding: 2mm 3mm; margin: 3mm 0 0; }
.with-chart { display: grid; grid-template-columns: 58mm 1fr; gap: 0 6mm; align-items: start; }
table { border-collapse: collapse; font-size: 9pt; width: 100%; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; border-bottom: .3mm solid #595959; vertical-align: bottom; }
th, td { padding: .8mm 2.5mm .8mm 0; }
td { border-bottom: .1mm solid #d0d0d0; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
table.alone { width: auto; }
td.number { white-space: nowrap; }
td:not(.number) { min-width: 24mm; }
.wide svg { display: block; margin-bottom: 2mm; }
.number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
p.note { margin: 1.5mm 0 0; font-size: 9pt; color: #595959; }
svg { width: 58mm; height: auto; overflow: visible; break-inside: avoid; }
svg .bar { fill: #2f6ea3; }
svg .track { fill: #e3e9ef; }
svg line { stroke: #595959; stroke-width: 1; }
svg text { font-size: 9px; fill: #1b1b1b; }
svg .end { text-anchor: end; }
svg .middle { text-anchor: middle; }
@media screen and (max-width: 150mm) { .with-chart { grid-template-columns: 1fr; } }
@media print { body { margin: 0; padding: 0; max-width: none; }
    svg rect, .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""
_SHORT = 15
"""Rows of a section that is not divided between pages."""

_BESIDE = 5
"""Columns of a table that has its chart beside it; a wider one has it above."""


def html_page(issue: Issue, language: Language) -> str:
    """The page. Everything that was recorded is escaped."""
    document = issue.document
    title = title_of(issue, document, language)
    warning = "" if issue.facts.complete else f'<p class="warning">{_text(word("incomplete", language))}</p>'
    sections = [_section(section_table(section, language, document["year_begins"])) for section in document["sections"]]
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{_text(title)}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n"
        f"<header><h1>{_text(title)}</h1>{_list(head(issue, language))}{warning}</header>\n"
        f"<main>\n{''.join(sections)}</main>\n"
        f"<footer>{_list(foot(issue, document, language))}</footer>\n</body>\n</html>\n"
    )


def _section(table: SectionTable) -> str:
    short = ' class="short"' if len(table.rows) <= _SHORT else ""
    notes = "".join(f'<p class="note">{_text(note)}</p>' for note in table.notes)
    content = ""
    if table.rows:
        content = _table(table)
        if table.bars:
            chart = bar_chart(table.title, table.bars, in_time=table.in_time, whole=table.whole)
            place = "with-chart" if len(table.headings) <= _BESIDE else "wide"
            content = f'<div class="{place}">{chart}{content}</div>'
    return f"<section{short}><h2>{_text(table.title)}</h2>{content}{notes}</section>\n"


def _table(table: SectionTable) -> str:
    numbers = [' class="number"' if cell.is_number else "" for cell in table.rows[0]]
    heads = "".join(
        f'<th scope="col"{css}>{_text(text)}</th>' for text, css in zip(table.headings, numbers, strict=True)
    )
    lines = [
        "".join(f"<td{css}>{_text(cell.text)}</td>" for cell, css in zip(row, numbers, strict=True))
        for row in table.rows
    ]
    body = "".join(f"<tr>{line}</tr>" for line in lines)
    alone = ' class="alone"' if table.rows[0][0].is_number else ""
    return f"<table{alone}><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"


def _text(recorded: str) -> str:
    """Text for the page, with the characters escaped that a terminal must not show either, such as direction marks."""
    return escape(escaped(recorded))


def _list(lines: list[tuple[str, str]]) -> str:
    return "<dl>" + "".join(f"<dt>{_text(name)}</dt><dd>{_text(text)}</dd>" for name, text in lines) + "</dl>"
