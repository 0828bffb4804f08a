"""A section of a report as a table with headings, notes and a chart, in one language."""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from api.charts.scale import Tick, ticks_of
from api.charts.svg import Mark
from api.headings import heading, is_seconds, nothing, reason_words, value_words
from domain.readable import (
    NOTHING,
    ByLanguage,
    Language,
    Number,
    amount_text,
    duration,
    money,
    number,
    percentage,
    share,
)
from domain.ticket.lateness import LATE_AFTER
from projections.figures.figure import Ratio, Value
from projections.figures.registry import FIGURES
from projections.issued_reports.pack_figures import Document, is_judged_at_present
from projections.scope.named_periods import period_in_words, period_of

_NOTHING_COUNTED: ByLanguage = MappingProxyType({"en": "Nothing was recorded.", "vi": "Chưa ghi nhận gì."})
_ALL_ZERO: ByLanguage = MappingProxyType({"en": "No value other than zero.", "vi": "Không có giá trị nào khác 0."})
_OF_THE_PRESENT: ByLanguage = MappingProxyType(
    {
        "en": "This figure tells the present alone: a report of a period that is over does not have it.",
        "vi": "Chỉ số này chỉ cho biết hiện tại: báo cáo của kỳ đã kết thúc không có số liệu này.",
    }
)
_TOLD_LATE = "told_late"
"""The part that stands below a table and not in it."""
_LATE: ByLanguage = MappingProxyType(
    {
        "en": "Told late: {late} rest on a fact recorded more than {days} days after it happened.",
        "vi": "Ghi nhận muộn: {late} dựa trên sự kiện ghi nhận sau hơn {days} ngày.",
    }
)
_PROVISIONAL: ByLanguage = MappingProxyType(
    {"en": "{part} of {whole} may still change.", "vi": "{part} trên {whole} còn có thể thay đổi."}
)
_LEFT_OUT: ByLanguage = MappingProxyType({"en": "Left out: {reasons}.", "vi": "Không tính: {reasons}."})


class Cell(NamedTuple):
    """``text`` is for people, ``value`` the number or the text itself."""

    text: str
    value: str | Number | None

    @property
    def is_number(self) -> bool:
        """Whether it is a number, or stands in the place of one."""
        return not isinstance(self.value, str)


class SectionTable(NamedTuple):
    """``bars`` is empty for one row, and where a chart were blank; ``in_time``: they follow each other in time.

    ``parts`` names the part of the figure in each column; None where the column says what a row is about. ``whole`` is
    the value of a full bar; None: there is none. ``ticks`` are the axis of the values of bars in time. ``is_empty``:
    nothing was counted, and no row has a value.
    """

    title: str
    headings: Sequence[str]
    parts: Sequence[str | None]
    rows: Sequence[Sequence[Cell]]
    notes: Sequence[str]
    bars: Sequence[Mark]
    in_time: bool
    whole: float | None
    ticks: Sequence[Tick]
    is_empty: bool


def section_table(section: Document, language: Language, year_begins: int, *, of_report: bool = True) -> SectionTable:
    """The table of a section. The first columns say what a row is about, the next one is its value.

    ``of_report``: it stands in a report of a period, so that no row of a figure of the present was asked for.
    """
    shown = _parts_beside(section)
    about = [*filter(None, [section["every"]]), *dimensions(section)]
    rows = [
        [
            *_about(section, row, language, year_begins),
            _value_of(section, row, language),
            *(_part(section, row, name, language) for name in shown),
        ]
        for row in section["rows"]
    ]
    whole = 1.0 if section["unit"] == "share" and section["part"] is None else None
    bars = [_bar(row[: len(about)], row[len(about)]) for row in rows]
    values = [row[len(about)].value for row in rows]
    is_empty = all(value is None for value in values) and not _counted(section)
    is_blank = whole is None and len(bars) > 1 and not any(bar.value for bar in bars)
    return SectionTable(
        title=section["title"][language],
        headings=[heading(name, language) for name in (*about, section["part"] or "value", *shown)],
        parts=[*(None for _ in about), section["part"] or _part_of_value(section), *shown],
        rows=rows,
        notes=[_OF_THE_PRESENT[language]]
        if of_report and not rows and is_judged_at_present(section["figure"])
        else _notes(section, language, is_empty=is_empty, is_blank=is_blank),
        bars=bars if len(bars) > 1 and not is_blank else [],
        in_time=section["every"] is not None,
        whole=whole,
        ticks=_ticks(section, values, whole, language),
        is_empty=is_empty,
    )


def _counted(section: Document) -> int:
    """How many facts the rows count."""
    return sum(row["final"] + row["provisional"] for row in section["rows"])


def _ticks(
    section: Document, values: Sequence[str | Number | None], whole: float | None, language: Language
) -> list[Tick]:
    """The axis of the values of a section in time; amounts of money stand without their currency."""
    if section["every"] is None:
        return []
    unit = section["unit"]
    if section["part"] is not None:
        unit = "seconds" if is_seconds(section["part"], unit) else "count"
    numbers = [None if isinstance(value, str) else value for value in values]
    match unit:
        case "share":
            return ticks_of(numbers, lambda value: percentage(value, language), "numbers", whole)
        case "seconds":
            return ticks_of(numbers, lambda value: duration(value, language), "seconds")
        case "count":
            return ticks_of(numbers, lambda value: number(value, language), "counts")
        case "money":
            currencies = {row["of"].get("currency") for row in section["rows"]}
            currency = currencies.pop() if len(currencies) == 1 else None
            return ticks_of(numbers, lambda value: amount_text(value, currency, language), "counts")
        case _:
            return ticks_of(numbers, lambda value: number(value, language), "numbers")


def dimensions(section: Document) -> list[str]:
    """The dimensions that the rows are grouped by; some figures have more of them than were asked for."""
    return list(section["rows"][0]["of"] if section["rows"] else section["by"])


def _about(section: Document, row: Document, language: Language, year_begins: int) -> list[Cell]:
    words = [value_words(name, value, language) if value else nothing(language) for name, value in row["of"].items()]
    if section["every"] is not None:
        first, every = date.fromisoformat(str(row["period"])), section["every"]
        words.insert(0, period_in_words(period_of(first, every, year_begins), language))
    return [Cell(word, word) for word in words]


def _value_of(section: Document, row: Document, language: Language) -> Cell:
    """The value of a row in the section; a share with both counts."""
    if section["part"] is not None:
        return _part(section, row, section["part"], language)
    value: Number | None = row["value"]
    if section["unit"] == "share":
        return Cell(share(row["numerator"] or 0, row["denominator"] or 0, language), value)
    return Cell(NOTHING if value is None else _in_unit(section["unit"], row, value, language), value)


def _in_unit(unit: str, row: Document, value: Number, language: Language) -> str:
    match unit:
        case "seconds":
            return duration(value, language)
        case "money":
            return money(value, row["of"].get("currency"), language)
        case "points":
            return number(value, language, 1)
        case _:
            return number(value, language)


def _part(section: Document, row: Document, name: str, language: Language) -> Cell:
    value: Number | None = row["parts"].get(name)
    if value is None:
        return Cell(NOTHING, None)
    text = duration(value, language) if is_seconds(name, section["unit"]) else number(value, language)
    return Cell(text, value)


def part_names(section: Document) -> list[str]:
    """The names of the parts in the order of the registry; those of a figure that is gone by name."""
    figure = FIGURES.get(section["figure"])
    held = {name for row in section["rows"] for name in row["parts"]}
    known = [name for name in figure.part_names if name in held] if figure else []
    return [*known, *sorted(held.difference(known))]


def _parts_beside(section: Document) -> list[str]:
    """The parts that the value does not tell already, and that are not zero in every row."""
    figure = FIGURES.get(section["figure"])
    if section["part"] is not None:
        return []
    shown = set() if figure is None else _shown_parts(figure.value, section["unit"])
    return [
        name
        for name in part_names(section)
        if name not in {*shown, _TOLD_LATE} and any(row["parts"].get(name) for row in section["rows"])
    ]


def _part_of_value(section: Document) -> str | None:
    """The part that is behind the value: of what is divided, the upper side."""
    figure = FIGURES.get(section["figure"])
    if figure is None:
        return None
    return figure.value.plus[0] if isinstance(figure.value, Ratio) else figure.value.part


def _shown_parts(value: Value, unit: str) -> set[str]:
    """The parts that a reader sees in the value: a share names both counts."""
    if isinstance(value, Ratio):
        return {*value.plus, *value.by} if unit == "share" and len(value.plus) == 1 and not value.minus else set()
    return {value.part}


def _notes(section: Document, language: Language, *, is_empty: bool, is_blank: bool) -> list[str]:
    """Whether nothing was counted or all is zero, what may still change, and what is left out."""
    rows = section["rows"]
    notes = [_NOTHING_COUNTED[language]] if is_empty else [_ALL_ZERO[language]] if is_blank else []
    if provisional := sum(row["provisional"] for row in rows):
        part, whole = number(provisional, language), number(_counted(section), language)
        notes.append(_PROVISIONAL[language].format(part=part, whole=whole))
    late = sum(row["parts"].get(_TOLD_LATE) or 0 for row in rows)
    if late:
        notes.append(_LATE[language].format(late=number(late, language), days=LATE_AFTER.days))
    left_out: Counter[str] = Counter()
    for row in rows:
        left_out.update(row["left_out"])
    reasons = [
        f"{number(count, language)} {reason_words(reason, language)}" for reason, count in left_out.items() if count
    ]
    if reasons:
        notes.append(_LEFT_OUT[language].format(reasons=", ".join(reasons)))
    return notes


def _bar(about: Sequence[Cell], last: Cell) -> Mark:
    value = last.value if isinstance(last.value, int | float) else None
    return Mark(", ".join(cell.text for cell in about), value, last.text)
