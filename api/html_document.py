"""A document as one file of HTML that prints on A4: no script, nothing from elsewhere.

All text is escaped.
"""

from collections.abc import Iterable, Sequence
from html import escape

from api.terminal_text import escaped
from domain.readable import Language

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
table { border-collapse: collapse; font-size: 9pt; width: 100%; }
thead { display: table-header-group; }
th { text-align: left; font-weight: 600; border-bottom: .3mm solid #595959; vertical-align: bottom; }
th, td { padding: .8mm 2.5mm .8mm 0; }
td { border-bottom: .1mm solid #d0d0d0; vertical-align: top; overflow-wrap: anywhere; }
tr { break-inside: avoid; }
td.number { white-space: nowrap; }
td:not(.number) { min-width: 24mm; }
.number { text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
p.note { margin: 1.5mm 0 0; font-size: 9pt; color: #595959; }
@media print { body { margin: 0; padding: 0; max-width: none; }
    .warning { print-color-adjust: exact; -webkit-print-color-adjust: exact; } }
"""


def html_document(title: str, language: Language, *, head: str = "", body: str, foot: str = "", style: str = "") -> str:
    """The document. ``head``, ``body`` and ``foot`` are HTML; ``style`` adds to the common one."""
    return (
        f'<!doctype html>\n<html lang="{language}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{text(title)}</title>\n<style>{_STYLE}{style}</style>\n</head>\n<body>\n"
        f"<header><h1>{text(title)}</h1>{head}</header>\n<main>\n{body}</main>\n"
        f"<footer>{foot}</footer>\n</body>\n</html>\n"
    )


def text(recorded: str) -> str:
    """Text for a document. Characters that a terminal must not show either, such as direction marks, are escaped."""
    return escape(escaped(recorded))


def definition_list(lines: Iterable[tuple[str, str]]) -> str:
    """Names with their texts."""
    return "<dl>" + "".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in lines) + "</dl>"


def row_of(cells: Sequence[tuple[str, str]], tag: str = "td") -> str:
    """A row of a table: each cell's text with its class, which may be empty."""
    scope = ' scope="col"' if tag == "th" else ""
    marked = [(content, f' class="{css}"' if css else "") for content, css in cells]
    return f"<tr>{''.join(f'<{tag}{scope}{css}>{text(content)}</{tag}>' for content, css in marked)}</tr>"
