"""Handling time, satisfaction and reopenings as reports: several figures of the registry in a row."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ConfigDict

from projections.figures.counting import counted_rows
from projections.figures.figure import CountedFacts, Part, count
from projections.figures.registry import FIGURES
from projections.figures.service import ratings_and_resolutions
from projections.scope.exclusions import LeftOut
from projections.scope.figure_query import FigureQuery
from projections.scope.report_scope import Figures, Share

_SATISFACTION = CountedFacts(
    ratings_and_resolutions,
    (
        count("satisfied", "is_rating and score >= 4"),
        count("ratings", "is_rating"),
        count("answered", "not is_rating and first_rated_at is not null"),
        count("resolutions", "not is_rating"),
        Part("tickets", "count(distinct subject)", empty=0),
        Part("told_late", "count(distinct subject) filter (where told_late)", empty=0),
    ),
    organisation_of="ticket",
)
"""Ratings and resolutions in one row; a ticket with both is one ticket."""


class ElapsedTime(BaseModel):
    """Seconds from receipt to the last resolution (the customer-care handbook's AHT); None of no tickets."""

    model_config = ConfigDict(frozen=True)

    mean: float | None
    median: float | None
    p90: float | None


class HandlingFigures(Figures):
    """Of tickets last resolved in the scope and not open again since.

    ``left_out``: the others, in the period in which they left the backlog; those ``open_again`` in that of their last
    resolution. ``effort_mean``: (talk + hold + after contact) seconds, summed over all agents of a ticket, by
    ``handled`` tickets, those with any of it logged (Genesys AHT); None when there are none. ``told_late``, here and in
    the other figures: of the tickets that are counted, those with a fact told more than 7 days after it happened.
    """

    resolved: int
    left_out: LeftOut
    elapsed: ElapsedTime
    handled: int
    effort_seconds: int
    effort_mean: float | None
    told_late: Share


class SatisfactionFigures(Figures):
    """``satisfied``: ratings of 4 and 5, of all (Delighted, Zendesk: the neutral 3 stays below the line), the last
    rating of each resolution, counted when it was given. ``responses``: resolutions rated so far, of all resolutions of
    tickets that count as resolved; ``left_out`` are the tickets that do not.
    """

    satisfied: Share
    responses: Share
    left_out: LeftOut
    told_late: Share


class ReopenFigures(Figures):
    """``reopened``: tickets reopened at least once in their life, of those resolved in the scope. ``left_out``: tickets
    that do not count as resolved.
    """

    reopened: Share
    left_out: LeftOut
    told_late: Share


def handling_time(query: FigureQuery) -> list[HandlingFigures]:
    """AHT by elapsed time and by effort, by the period of the last resolution."""
    elapsed, effort = _reading_of("handling-time"), _reading_of("effort")
    parts = {part.name: part for part in (*elapsed.parts, *effort.parts)}  # of the same facts
    return [
        HandlingFigures(
            **group,
            resolved=parts["resolved"],
            elapsed=ElapsedTime(mean=parts["mean"], median=parts["median"], p90=parts["p90"]),
            handled=parts["handled"],
            effort_seconds=parts["effort"],
            effort_mean=parts["effort"] / parts["handled"] if parts["handled"] else None,
            told_late=Share(numerator=parts["told_late"], denominator=parts["resolved"]),
        )
        for group, parts in _groups(query, "handling-time", replace(elapsed, parts=tuple(parts.values())))
    ]


def satisfaction(query: FigureQuery) -> list[SatisfactionFigures]:
    """CSAT by the period of the rating, and the response rate by the period of the resolution."""
    return [
        SatisfactionFigures(
            **group,
            satisfied=Share(numerator=parts["satisfied"], denominator=parts["ratings"]),
            responses=Share(numerator=parts["answered"], denominator=parts["resolutions"]),
            told_late=Share(numerator=parts["told_late"], denominator=parts["tickets"]),
        )
        for group, parts in _groups(query, "response-rate", _SATISFACTION)
    ]


def reopen_rate(query: FigureQuery) -> list[ReopenFigures]:
    """Tickets that came back, by the period of a resolution; a ticket counts once in each period it was resolved in."""
    return [
        ReopenFigures(
            **group,
            reopened=Share(numerator=parts["reopened"], denominator=parts["resolved"]),
            told_late=Share(numerator=parts["told_late"], denominator=parts["resolved"]),
        )
        for group, parts in _groups(query, "reopen-rate", _reading_of("reopen-rate"))
    ]


def _reading_of(name: str) -> CountedFacts:
    reading = FIGURES[name].reading
    assert isinstance(reading, CountedFacts)  # noqa: S101 -- so are all figures of this module
    return reading


def _groups(query: FigureQuery, name: str, reading: CountedFacts) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """The groups that have facts of a figure, as fields, and the parts of a reading by name."""
    of_tickets = replace(query, merged=lambda: False)  # no dimension of a report reads persons
    for row in counted_rows(FIGURES[name], reading, of_tickets):
        if row.final or row.provisional or any(row.left_out.values()):
            yield {"period": row.period, "of": row.of, "left_out": row.left_out}, row.parts
