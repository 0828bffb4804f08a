"""How two documents of figures differ, number by number."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from projections.issued_reports.pack_figures import Document

_COUNTS = ("value", "final", "provisional")


class FigureDifference(NamedTuple):
    """A number that differs. ``section`` counts from 0; ``name`` is value, final, provisional, a part or a reason.

    None: the document has no such row.
    """

    section: int
    figure: str
    title: Mapping[str, str]
    period: str | None
    of: Mapping[str, str | None]
    name: str
    before: float | None
    after: float | None


def differences(before: Document, after: Document) -> list[FigureDifference]:
    """The numbers that differ between two documents of one pack, in the order of the first."""
    return [
        difference
        for number, (first, second) in enumerate(zip(before["sections"], after["sections"], strict=True))
        for difference in _of_section(number, first, second)
    ]


def say_the_same(before: Document, after: Document) -> bool:
    """Whether they differ at most in the settings and in the versions of definitions that made them."""
    return _said(before) == _said(after)


def _said(document: Document) -> Document:
    sections = [{**section, "definitions": None} for section in document["sections"]]
    return {**document, "year_begins": None, "sections": sections}


def _of_section(number: int, before: Document, after: Document) -> Iterator[FigureDifference]:
    old, new = _rows(before), _rows(after)
    for key in dict.fromkeys([*old, *new]):
        first, second = _numbers(old.get(key)), _numbers(new.get(key))
        for name in dict.fromkeys([*first, *second]):
            if first.get(name) != second.get(name):
                period, of = key
                yield FigureDifference(
                    number,
                    before["figure"],
                    before["title"],
                    period,
                    dict(of),
                    name,
                    first.get(name),
                    second.get(name),
                )


def _rows(section: Document) -> dict[tuple[str | None, tuple[tuple[str, str | None], ...]], Document]:
    return {(row["period"], tuple(row["of"].items())): row for row in section["rows"]}


def _numbers(row: Document | None) -> dict[str, Any]:
    if row is None:
        return {}
    return {**{name: row[name] for name in _COUNTS}, **row["parts"], **row["left_out"]}
