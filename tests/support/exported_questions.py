"""Questions about figures drawn at random, and their answers: by the registry, and by plain Python over an export."""

import random
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from operator import attrgetter
from pathlib import Path
from statistics import fmean
from types import MappingProxyType
from typing import Any, NamedTuple, get_args

import psycopg
import pytest

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.text_folding import fold_code, fold_name
from domain.zones import TimeZone, zone_named
from projections.figures.answer import answer
from projections.figures.figure import FigureRow
from projections.figures.registry import FIGURES
from projections.point_in_time.readings import as_it_was
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Every, Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.exported_events import exported_histories
from tests.support.exported_files import exported_to
from tests.support.laws_of_figures import must_keep_its_laws
from tests.support.plain_events import Fact, PlainEvents
from tests.support.plain_periods import Calendar, Span, begins
from tests.support.told import TENANT

OF_CUSTOMERS = ("tier", "segment", "organisation")
OF_TICKETS = ("team", "agent", "priority", "category", "channel", *OF_CUSTOMERS)
DUE_LATER = {"renewal", "renewal-value", "renewal-chance", "procedure-steps-overdue"}
"""The figures that have periods which have not begun: a term or a step may be due in one."""
PATHS, MOST_PATHS = ("state_path", "team_path"), 4
"""The groups by paths: so many of the most frequent ones of the tickets of a question, and the others as one."""
NAMES = {
    "team", "agent", "priority", "category", "channel", "segment", "wave", "assigned_team", "assigned_agent",
}  # fmt: skip
DAY = timedelta(days=1)
Group = tuple[Any, ...]


def _quantile(fraction: float) -> Callable[[Sequence[float]], float]:
    def of(values: Sequence[float]) -> float:
        ordered = sorted(values)
        rank = (len(ordered) - 1) * fraction
        below = ordered[int(rank)]
        return below + (ordered[min(int(rank) + 1, len(ordered) - 1)] - below) * (rank % 1)

    return of


OF_VALUES: Mapping[str, Callable[[Sequence[float]], float]] = MappingProxyType(
    {
        "median": _quantile(0.5), "p90": _quantile(0.9), "elapsed_median": _quantile(0.5),
        "elapsed_p90": _quantile(0.9), "mean": fmean, "total": sum, "most": max,
    }
)  # fmt: skip
"""The parts that are made of values."""
BEFORE, SHOWN_FROM = 4, 10
"""The change of feedback is against so many periods before, and shown for so many items or more."""
NO_SUMS = {"margin", "small", "all_tickets"}
"""The parts that are no sums of facts."""
NO_SUMS_OF = {"contact-time": {"tickets", "mean_talk", "mean_hold", "mean_after_contact"}, "flow": {"change"}}
"""The same of one figure."""


class Question(NamedTuple):
    """``where`` is a dimension, and the number of its value among those that there are."""

    figure: str
    every: Every | None
    by: tuple[str, ...]
    where: tuple[str, int] | None
    zone: TimeZone
    as_of: datetime | None
    known_at: datetime | None

    @property
    def now(self) -> datetime:
        return self.as_of or drawn.NOW

    @property
    def grouped(self) -> tuple[str, ...]:
        """The groups, with those that its figure always has."""
        filtered = self.where and self.where[0]
        return (*self.by, *(name for name in FIGURES[self.figure].always_by if name not in {*self.by, filtered}))

    @property
    def period(self) -> Period:
        last = drawn.NOW.date() if FIGURES[self.figure].judged == "at the present instant" else drawn.LAST
        return Period(drawn.FIRST, last, self.zone, drawn.YEAR_BEGINS)

    @property
    def calendar(self) -> Calendar:
        return Calendar(self.zone, drawn.YEAR_BEGINS)

    @property
    def spans(self) -> list[Span]:
        """The periods that have begun."""
        _, last = self.period.days(drawn.NOW)
        if self.every is None:
            spans = [Span(None, begins(drawn.FIRST, self.zone), begins(last + DAY, self.zone))]
        else:
            spans = self.calendar.spans(drawn.FIRST, last, self.every)
        return [span for span in spans if span.start <= self.now or self.figure in DUE_LATER]


class Answered(NamedTuple):
    """The counts of each period and group by part, and the parts that are made of values."""

    counts: Counter[Group]
    values: dict[Group, float]


def questions(
    seed: int, number: int, groups: Mapping[str, Collection[str]], events: Sequence[RecordedEvent]
) -> Iterator[Question]:
    """Questions about figures, all equally often, each with one of its groups or none, on both axes."""
    chance, figures = random.Random(seed), list[str]()  # noqa: S311 -- no secret
    for _ in range(number):
        figures = figures or chance.sample(list(groups), len(groups))
        figure = figures.pop()
        wholes = [None] if FIGURES[figure].judged == "at the present instant" else [None, *get_args(Every)]
        yield Question(
            figure,
            chance.choice(wholes),
            chance.choice([(), *((name,) for name in groups[figure])]),
            chance.choice([None, *((name, chance.randrange(3)) for name in groups[figure])]),
            zone_named(chance.choice(drawn.ZONES)),
            chance.choice([None, None, drawn.Draw(chance).at()]),
            chance.choice([None, None, chance.choice(events).recorded_at]),
        )


@contextmanager
def exported(dsn: str, folder: Path) -> Iterator[tuple[psycopg.Connection, list[RecordedEvent]]]:
    """A log that was followed, and its events from an export."""
    catch_up(dsn, TENANT)
    histories = exported_histories(exported_to(dsn, folder / "events.jsonl", "events", "jsonl"))
    events = sorted((event for history in histories for event in history), key=attrgetter("position"))
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        yield connection, events


def seen_by(question: Question, events: Sequence[RecordedEvent]) -> list[RecordedEvent]:
    return [
        event
        for event in events
        if (question.as_of is None or event.occurred_at <= question.as_of)
        and (question.known_at is None or event.recorded_at <= question.known_at)
    ]


def plainly(
    question: Question, plain: PlainEvents, figure: Callable[[Span], Iterator[Fact]]
) -> tuple[Answered, str | None]:
    """What plain Python answers, and the value by which the question is filtered."""
    names, dimension = question.grouped, question.where and question.where[0]
    apart = (dimension,) if dimension is not None and dimension not in names else ()
    columns = {name: 1 + number for number, name in enumerate((*names, *apart))}
    facts = list(plain.grouped(figure, question.spans, [*columns]))
    paths = [columns[name] for name in PATHS if name in columns]
    if dimension in PATHS:
        facts = _by_frequent_paths(facts, paths)
    wanted: str | None = None
    if question.where is not None and dimension is not None:
        column = columns[dimension]
        known = sorted({group[column] for group, _ in facts}, key=str)
        wanted = known[question.where[1] % len(known)] if known else None
        facts = [(group, fact) for group, fact in facts if group[column] == wanted]
    if dimension not in PATHS:
        facts = _by_frequent_paths(facts, paths)
    counts: Counter[Group] = Counter()
    values: defaultdict[Group, list[float]] = defaultdict(list)
    for group, fact in facts:
        of = group[: 1 + len(names)]
        parts = Counter(fact.parts) if fact.left_out is None else {f"left_out:{fact.left_out}": 1}
        counts.update({(*of, name): number for name, number in parts.items()})
        if fact.left_out is None:
            if fact.final is not None:
                counts[*of, "final" if fact.final else "provisional"] += 1
            if fact.value is not None:
                values[of].append(fact.value)
    made = {
        (*group, part): OF_VALUES[part](of)
        for group, of in values.items()
        for part in FIGURES[question.figure].part_names
        if part in OF_VALUES and (part != "total" or any(of))
    }
    if question.figure == "voice-of-customers":
        made |= _against_before(question, plain, figure, wanted, counts)
    return Answered(+counts, made), wanted


def _against_before(
    question: Question,
    plain: PlainEvents,
    figure: Callable[[Span], Iterator[Fact]],
    wanted: str | None,
    counts: Counter[Group],
) -> dict[Group, float]:
    """The mean of the four periods before each period, and the change against it."""
    names = question.grouped
    apart = [question.where[0]] if question.where and question.where[0] not in names else []
    column = None if question.where is None else 1 + [*names, *apart].index(question.where[0])
    before: Counter[Group] = Counter()
    for span in question.spans:
        earlier = question.calendar.before(span, question.every, BEFORE)
        for group, _ in plain.grouped(figure, [earlier], [*names, *apart]):
            if column is None or group[column] == wanted:
                before[group[: 1 + len(names)]] += 1
    made: dict[Group, float] = {(*group, "mean_before"): number / BEFORE for group, number in before.items()}
    for group, number in before.items():
        if counts[*group, "items"] >= SHOWN_FROM:
            made[*group, "change"] = counts[*group, "items"] * BEFORE / number - 1
    return made


def _by_frequent_paths(facts: list[tuple[Group, Fact]], columns: Collection[int]) -> list[tuple[Group, Fact]]:
    """The facts in the groups of the most frequent paths, or of all others. A fact in two groups is one."""
    for column in columns:
        ended = {id(fact): group[column] for group, fact in facts if fact.left_out is None}
        often = Counter(ended.values())
        kept = sorted(often, key=lambda path: (-often[path], path))[:MOST_PATHS]
        facts = [
            ((*group[:column], group[column] if group[column] in kept else "other", *group[column + 1 :]), fact)
            for group, fact in facts
        ]
    return facts


def must_agree(
    connection: psycopg.Connection, question: Question, plain: PlainEvents, figure: Callable[[Span], Iterator[Fact]]
) -> None:
    """Fails when the registry does not answer a question as plain Python does."""
    expected, wanted = plainly(question, plain, figure)
    answered = reported(connection, question, wanted)
    assert answered.counts == expected.counts, (question, wanted)
    assert answered.values == pytest.approx(expected.values), (question, wanted)


def reported(connection: psycopg.Connection, question: Question, wanted: str | None) -> Answered:
    """What the registry answers."""
    counts: Counter[Group] = Counter()
    values: dict[Group, float] = {}
    of_values = {*OF_VALUES} | ({"mean_before", "change"} if question.figure == "voice-of-customers" else set())
    no_sums = NO_SUMS | NO_SUMS_OF.get(question.figure, set())
    rows = rows_of(connection, question, wanted)
    if question.figure == "journey" and "segment" not in question.by:
        all_tickets = Counter[Any]()
        for row in rows:
            all_tickets[row.period] += row.numerator or 0  # type: ignore[assignment]  # whole numbers
        assert all((row.denominator or 0) == all_tickets[row.period] for row in rows if row.numerator), question
    for row in rows:
        must_keep_its_laws(question.figure, row)
        group = (row.period, *(_folded(row.of[name], name) for name in question.grouped))
        for part, number in row.parts.items():
            if part in of_values:
                if number or (number is not None and part not in {"mean_before", "total"}):
                    values[*group, part] = number
            elif part not in no_sums and number is not None:
                counts[*group, part] += number  # type: ignore[assignment]  # whole numbers
        counts.update({(*group, f"left_out:{reason}"): number for reason, number in row.left_out.items()})
        counts.update({(*group, "final"): row.final, (*group, "provisional"): row.provisional})
    return Answered(+counts, values)


def _folded(value: str | None, name: str) -> str | None:
    """A group, in every spelling of its name."""
    if value is None:
        return None
    return fold_code(value) if name in {"tier", "theme"} else fold_name(value) if name in NAMES else value


def rows_of(connection: psycopg.Connection, question: Question, wanted: str | None = None) -> Sequence[FigureRow]:
    """The rows of a figure; none before its first period."""
    figure = FIGURES[question.figure]
    where = {} if question.where is None else {question.where[0]: wanted}
    with as_it_was(connection, TENANT, figure.projections, as_of=question.as_of, known_at=question.known_at) as schema:
        position = reader.head(connection, TENANT)
        if question.known_at is not None:
            position = reader.position_at(connection, TENANT, question.known_at)
        query = FigureQuery(
            connection, schema, question.now, question.period, question.every, question.by, where,
            as_of=question.as_of, tenant=TENANT, definitions=reader.definitions(connection, TENANT, position),
        )  # fmt: skip
        return answer(figure, query, position).rows if query.spans else []
