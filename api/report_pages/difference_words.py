"""A number that differs between two documents of figures, as people read it."""

from datetime import date
from types import MappingProxyType
from typing import NamedTuple

from api.headings import heading, is_seconds, reason_words, value_words
from domain.readable import (
    NOTHING,
    ByLanguage,
    Language,
    Number,
    Quantity,
    day,
    duration,
    exact_percentage,
    exact_seconds,
    money,
    number,
    percentage,
)
from projections.figures.registry import FIGURES
from projections.issued_reports.differences import FigureDifference
from projections.issued_reports.other_versions import OtherFormula

_FORMULA: ByLanguage = MappingProxyType(
    {
        "en": "The formula of {figure} changed (version {before} to {after}).",
        "vi": "Công thức của {figure} đã đổi (phiên bản {before} thành {after}).",
    }
)


class DifferenceInWords(NamedTuple):
    """Where the number stands, its name, and what it was and is."""

    section: str
    period: str
    of: str
    name: str
    before: Quantity
    after: Quantity


def in_words(difference: FigureDifference, language: Language) -> DifferenceInWords:
    """Numbers that people would read as the same one have all their decimals."""
    before, after = (_quantity(difference, value, language) for value in (difference.before, difference.after))
    if before == after:
        before, after = (_exact(difference, value, language) for value in (difference.before, difference.after))
    values = [value_words(name, value, language) if value else NOTHING for name, value in difference.of.items()]
    figure = FIGURES.get(difference.figure)
    is_reason = figure is not None and difference.name in {*figure.left_out}.difference(figure.part_names)
    return DifferenceInWords(
        section=difference.title[language],
        period=day(date.fromisoformat(difference.period), language) if difference.period else NOTHING,
        of=", ".join(values) or NOTHING,
        name=(reason_words if is_reason else heading)(difference.name, language) + _of_figure(difference, language),
        before=before,
        after=after,
    )


def _of_figure(difference: FigureDifference, language: Language) -> str:
    """Whose value it is, where the section has another title: it may show a part of the figure."""
    figure = FIGURES.get(difference.figure)
    if difference.name != "value" or figure is None:
        return ""
    title: str = getattr(figure.title, language)
    return "" if title == difference.title[language] else f" ({title})"


def formula_in_words(formula: OtherFormula, language: Language) -> str:
    """The sentence on a formula that changed since the report was issued."""
    return _FORMULA[language].format_map(formula._asdict())


def _unit(difference: FigureDifference) -> str | None:
    """The unit of the number; None when it counts something."""
    figure = FIGURES.get(difference.figure)
    unit = None if figure is None else figure.unit
    if is_seconds(difference.name, unit):
        return "seconds"
    return unit if difference.name == "value" else None


def _quantity(difference: FigureDifference, value: Number | None, language: Language) -> Quantity:
    """The value in its unit."""
    if value is None:
        return Quantity(NOTHING)
    match _unit(difference):
        case "share":
            return percentage(value, language)
        case "money":
            return Quantity(money(value, difference.of.get("currency"), language))
        case "seconds":
            return duration(value, language)
        case _:
            return _written(value, language)


def _exact(difference: FigureDifference, value: Number | None, language: Language) -> Quantity:
    """The value in its unit, with all its decimals."""
    if value is None:
        return Quantity(NOTHING)
    match _unit(difference):
        case "share":
            return exact_percentage(value, language)
        case "seconds":
            return exact_seconds(value, language)
        case _:
            return _written(value, language)


def _written(value: Number, language: Language) -> Quantity:
    return Quantity(number(value, language, 0 if value == int(value) else 4))
