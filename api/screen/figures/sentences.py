"""Sentences that say what a number is, and how it changed."""

from api.screen.visit import Visitor
from domain.readable import Number, duration, number
from projections.figures.figure import Unit


def change_sentence(
    visit: Visitor, title: str, value: str, now: Number | None, before: Number | None, since: str, unit: Unit = "count"
) -> str:
    """Such as "Backlog 7, up 2 on last month.": ``value`` is the value for people, ``since`` names the other instant.

    Without a value it says so; without an earlier one it compares with nothing.
    """
    if now is None:
        return visit.w("figures.no_value", title=title)
    if before is None:
        return visit.w("figures.alone", title=title, value=value)
    change = now - before
    if _words_of(visit, change, unit) == _words_of(visit, 0, unit):
        return visit.w("figures.same", title=title, value=value, since=since)
    key = "figures.up" if change > 0 else "figures.down"
    return visit.w(key, title=title, value=value, change=_words_of(visit, abs(change), unit), since=since)


def _words_of(visit: Visitor, change: Number, unit: Unit) -> str:
    match unit:
        case "share":
            return visit.w("figures.points", count=number(round(100 * change), visit.language))
        case "seconds":
            return duration(change, visit.language)
        case _:
            whole = int(change) if float(change).is_integer() else change
            return number(whole, visit.language)
