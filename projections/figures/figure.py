"""A figure: what it counts, its parts, and the value that is made of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal, LiteralString, NamedTuple
from uuid import UUID

from psycopg import sql

from projections.engine.projection import Projection
from projections.scope.figure_query import FigureQuery

Unit = Literal["share", "points", "seconds", "count", "money", "ratio"]
SubjectKind = Literal["ticket", "customer", "contract", "agent", "team", "procedure"]
Judged = Literal["over a period", "at instants", "at the present instant"]
Number = int | float | None


class Title(NamedTuple):
    """The name of a figure or of a part as people read it."""

    en: str
    vi: str


class FigureRow(NamedTuple):
    """A group: the first day of its period (None without periods) and its value of each dimension.

    ``value`` is ``numerator`` by ``denominator`` where both are given, and None where there is nothing to divide by.
    ``final`` and ``provisional`` count what the group counts; a provisional one may still change its answer.
    """

    period: date | None
    of: dict[str, str | None]
    value: Number
    numerator: Number
    denominator: Number
    parts: dict[str, Number]
    final: int
    provisional: int
    left_out: dict[str, int]


class FigureSubject(NamedTuple):
    """One fact behind a part: the ticket, customer or contract that counts, and the instant at which it counts.

    ``fact`` names it among several of one subject, such as the id of an offer.
    """

    at: datetime
    subject: UUID | None
    fact: str | None
    customer: UUID | None
    final: bool


SubjectCursor = tuple[datetime, UUID | None, str | None]


@dataclass(frozen=True, slots=True)
class Part:
    """A number of a figure. ``aggregate`` is SQL over the facts that count.

    ``belongs`` is the condition that a fact is behind the part; None: every fact that counts is. ``empty`` is the
    number of a period without facts. ``of_persons``: the part counts persons with such a fact, each once.
    ``quantile``: the part is that fraction of the values of the column ``aggregate``; ``sums``: it is their sum, which
    is read with their quantiles. ``adds``: the part is the sum of that column over the facts.
    """

    name: str
    aggregate: LiteralString
    belongs: LiteralString | None = None
    empty: Number = None
    of_persons: bool = False
    quantile: float | None = None
    sums: bool = False
    adds: LiteralString | None = None

    @property
    def reads_values(self) -> bool:
        """Whether the part is made of all values of a column."""
        return self.sums or self.quantile is not None


def count(name: str, belongs: LiteralString | None = None) -> Part:
    """The number of facts, all or those that meet a condition."""
    return Part(name, f"count(*) filter (where {belongs})" if belongs else "count(*)", belongs, 0)


def persons(name: str, belongs: LiteralString | None = None) -> Part:
    """The number of persons with such a fact, of a reading of persons; merged customers are one person."""
    return replace(count(name, belongs), of_persons=True)


def total(name: str, of: LiteralString) -> Part:
    """The sum of a column over all facts."""
    return Part(name, f"coalesce(sum({of}), 0)", empty=0, adds=of)


def quantile(name: str, fraction: float, of: LiteralString, belongs: LiteralString | None = None) -> Part:
    """The value below which that fraction of the values of a column lies, between two of them in proportion."""
    return Part(name, of, belongs, quantile=fraction)


TOLD_LATE = count("told_late", "told_late")
"""The facts of tickets with a fact that was told more than 7 days after it happened."""


@dataclass(frozen=True, slots=True)
class Ratio:
    """(``plus`` - ``minus``) / ``by``, times ``scale``; each names parts that are added."""

    plus: tuple[str, ...]
    by: tuple[str, ...]
    minus: tuple[str, ...] = ()
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Of:
    """The value is that of a part."""

    part: str


Value = Ratio | Of

OrganisationOf = Literal["ticket", "person", "fact"]
"""Whose organisation counts: that of the ticket which is the subject, that of the person, or a column of the facts."""


class Runs(NamedTuple):
    """Says that a fact counts in a run of periods, at the ``at`` of each of them.

    ``columns``: what the parts read. It stays the same in all periods of a run.
    """

    at: Literal["start", "judged_at"]
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CountedFacts:
    """A figure over facts in SQL: its rows and the subjects behind them come from one statement.

    ``facts`` gives a SELECT, without WITH, of one row a fact:

    - ``subject`` uuid, ``fact`` text, ``customer`` uuid (None: not known)
    - ``at``: the instant at which it counts; what lies outside the period is left out
    - ``final``: whether the answer can no longer change
    - ``left_out``: the reason for which it does not count; null: it counts
    - the dimensions of the figure among team, agent, priority, category and channel with ``folded``, its own ones, and
      ``organisation`` where ``organisation_of`` is "fact"
    - whatever its parts read.

    It may join ``survivors (customer, survivor)``, which has a row for each merged customer. The parts may read
    ``person``, the survivor of the fact's customer, and ``once``: true in one of the groups that a fact is in, for a
    sum over groups. ``counted``: what final and provisional count. ``of_persons``: they count persons, each once in a
    group, as the parts made by ``persons`` do; the other parts are counts of facts. ``settled`` is a condition on facts
    then: a person with a fact that meets it is final in its group, whatever its other facts are.
    ``happened`` is the column of the instant whose tier and segments count, where that is not ``at``.
    ``alike`` gives the same for rows alone, where the parts are counts or made of values: facts that are alike are one
    row with their number, ``times``, and an array of all values in each column of them. It gives None for a question in
    which each fact has to be read.
    ``runs``: a fact counts in the periods of the numbers ``first`` to ``last``, from 1 on, in place of ``at`` and
    ``final``; it is final in those that are over. Its ``customer`` is the person.
    """

    facts: Callable[[FigureQuery], sql.Composable]
    parts: tuple[Part, ...]
    counted: LiteralString = "*"
    of_persons: bool = False
    settled: LiteralString = "false"
    organisation_of: OrganisationOf = "person"
    happened: str = "at"
    alike: Callable[[FigureQuery], sql.Composable | None] | None = None
    runs: Runs | None = None


@dataclass(frozen=True, slots=True)
class ComputedRows:
    """A figure that is computed in Python, such as one that needs calendars.

    ``rows`` gives the groups; ``subjects`` the facts behind a part, all of them, in the order of their instants.
    """

    rows: Callable[[FigureQuery], Sequence[FigureRow]]
    subjects: Callable[[FigureQuery, str], Sequence[FigureSubject]]
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """A row of the registry.

    ``name`` is its word in addresses and commands. ``formula`` is one sentence, ``source`` says who defines it so.
    ``version`` is the number of the formula: it rises when the same facts give another answer.
    ``definitions``: the kinds of published definitions that it reads. ``left_out``: the reasons for which it leaves
    something out. ``judged``: over a period; or at the end of each period, and at the present instant within one; or at
    the present instant alone. ``always_by``: dimensions that its numbers must not be summed over, such as a currency.
    ``note`` says what a reader must know, such as that nothing is recorded yet.
    """

    name: str
    title: Title
    formula: str
    source: str
    unit: Unit
    subject: SubjectKind
    value: Value
    reading: CountedFacts | ComputedRows
    projections: tuple[Projection, ...]
    dimensions: tuple[str, ...] = ()
    definitions: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    judged: Judged = "over a period"
    always_by: tuple[str, ...] = ()
    note: str | None = None
    version: int = 1

    @property
    def part_names(self) -> tuple[str, ...]:
        """The names of its parts, in order."""
        parts = self.reading.parts
        return tuple(part if isinstance(part, str) else part.name for part in parts)
