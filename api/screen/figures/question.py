"""A question about a figure: asked of the tables, and written as an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from api.http.read_session import ReadSession
from api.http.report_request import ReportRequest
from api.screen.visit import Visit
from domain.local_time import midnight
from domain.text_folding import fold_name
from projections.figures.answer import FigureAnswer, answer, subjects
from projections.figures.figure import Figure, FigureRow, FigureSubject, Number, SubjectCursor
from projections.figures.values import parts_of, value_of
from projections.scope.named_periods import period_of
from projections.scope.periods import Every, RequestedPeriod, day_ends, labelled_periods


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """What ``GET /v1/figures/NAME`` takes. Days are local days of the tenant, both included.

    ``parts``: those that the page shows beside the value; None: all.
    """

    figure: Figure
    first: date | None = None
    last: date | None = None
    every: Every | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, str | None] = field(default_factory=dict)
    parts: tuple[str, ...] | None = None

    def answered(self, visit: Visit, session: ReadSession) -> "AnsweredQuestion":
        """The answer in a reading. Raises FigureRefused, PeriodRefused, TooManyGroups and Problem (malformed)."""
        query = self._request(visit).query(session)
        known_at = visit.reader.known_at
        answered_figure = answer(self.figure, query, session.position, known_at=known_at, parts=self.parts)
        return AnsweredQuestion(visit, self, answered_figure)

    def facts(
        self, visit: Visit, session: ReadSession, part: str, after: SubjectCursor | None, limit: int
    ) -> Sequence[FigureSubject]:
        """The facts behind a part, behind the cursor ``after``. Raises the same."""
        return subjects(self.figure, self._request(visit).query(session), part, after=after, limit=limit)

    def address(self, visit: Visit, part: str | None = None) -> str:
        """The address of the page of the answer; ``part``: with the facts behind it."""
        return visit.link(f"/figures/{self.figure.name}", **self.parameters, part=part)

    @property
    def parameters(self) -> dict[str, object]:
        """The parameters of the question, as the API and the page of the figure take them."""
        return {
            "first": self.first and self.first.isoformat(),
            "last": self.last and self.last.isoformat(),
            "every": self.every,
            "by": list(self.by),
            "where": self.wheres,
        }

    @property
    def wheres(self) -> list[str]:
        """The filters as they are written, such as team:Billing."""
        return [f"{dimension}:{value or ''}" for dimension, value in self.where.items()]

    def days(self, visit: Visit, session: ReadSession) -> tuple[date, date]:
        """The first and the last day that are asked for, or that count without them. Raises Problem (malformed)."""
        return self._request(visit).days(session).days(session.now)

    def _request(self, visit: Visit) -> ReportRequest:
        return ReportRequest(
            visit.reader, RequestedPeriod(self.first, self.last), dict(self.where), self.every, self.by
        )


@dataclass(frozen=True, slots=True)
class AnsweredQuestion:
    """A question with its answer, for a visitor."""

    visit: Visit
    question: FigureQuestion
    answer: FigureAnswer

    @property
    def row(self) -> FigureRow:
        """The only row of a question without groups and periods."""
        (row,) = self.answer.rows
        return row

    def summed(
        self, *by: str, every: Every | None = None, first: date | None = None, last: date | None = None
    ) -> "AnsweredQuestion":
        """The same answer with fewer dimensions: its rows are added, which is right for counts of facts alone.

        ``every`` is a period of which those of the question are parts, or None for one period. The periods of the
        question from ``first`` to ``last`` are added.
        """
        whole = self._within(first, last, by, every)
        groups: dict[tuple[date | None, tuple[str | None, ...]], list[FigureRow]] = {}
        if not by:
            groups = {(label, ()): [] for label in whole.labels()}
        for row in self.answer.rows:
            if row.period is None or (first or row.period) <= row.period <= (last or row.period):
                groups.setdefault((whole.label(row.period), tuple(row.of[name] for name in by)), []).append(row)
        added = [
            self._added(label, dict(zip(by, of, strict=True)), groups[label, of])
            for label, of in sorted(groups, key=_in_order)
        ]
        return replace(whole, answer=whole.answer._replace(rows=added))

    def counted(self, first: date, every: Every, counts: Mapping[date, Mapping[str, int]]) -> "AnsweredQuestion":
        """The answer from the day ``first`` for each period, from counts of facts by period that were read elsewhere.

        They are parts of the figure, and what it leaves out. A period without counts has nothing.
        """
        whole = self._within(first, None, (), every)
        figure, rows = self.question.figure, []
        for period in whole.labels():
            by_group = counts.get(period, {}) if period else {}
            parts: dict[str, Number] = {name: by_group.get(name, 0) for name in parts_of(figure.value)}
            left_out = {reason: by_group.get(reason, 0) for reason in figure.left_out}
            final = sum(by_group.get(name, 0) for name in parts)
            rows.append(FigureRow(period, {}, *value_of(figure.value, parts), parts, final, 0, left_out))
        return replace(whole, answer=whole.answer._replace(rows=rows))

    def _within(
        self, first: date | None, last: date | None, by: tuple[str, ...], every: Every | None
    ) -> "AnsweredQuestion":
        """The answer, still without rows, to the question from ``first`` to ``last`` with another grouping."""
        whole = self.question
        question = replace(whole, by=by, every=every, first=first or whole.first, last=last or whole.last)
        answer = self.answer._replace(
            start=midnight(first, self.visit.zone) if first else self.answer.start,
            end=day_ends(last, self.visit.zone) if last else self.answer.end,
            rows=[],
        )
        return replace(self, question=question, answer=answer)

    def labels(self) -> list[date | None]:
        """The first day of each period of the answer that has begun; None for the only one without ``every``."""
        every, settings = self.question.every, self.visit.settings
        if every is None:
            return [None]
        end = min(self.answer.end, self.answer.judged_at + timedelta.resolution)
        periods = labelled_periods(self.answer.start, end, every, self.visit.zone, settings.year_begins)
        return [label for label, _ in periods]

    def label(self, day: date | None) -> date | None:
        """The first day of the period that a day lies in."""
        every = self.question.every
        return period_of(day, every, self.visit.settings.year_begins).first if day and every else None

    def _added(self, period: date | None, of: dict[str, str | None], rows: Sequence[FigureRow]) -> FigureRow:
        figure = self.question.figure
        names = [name for name in figure.part_names if not rows or name in rows[0].parts]
        parts: dict[str, Number] = {name: sum(row.parts[name] or 0 for row in rows) for name in names}
        left_out = {reason: sum(row.left_out.get(reason, 0) for row in rows) for reason in figure.left_out}
        final, provisional = sum(row.final for row in rows), sum(row.provisional for row in rows)
        return FigureRow(period, of, *value_of(figure.value, parts), parts, final, provisional, left_out)

    @property
    def days(self) -> tuple[date, date]:
        """The first and the last local day."""
        local = self.visit.local
        return local(self.answer.start).date(), local(self.answer.end - timedelta.resolution).date()

    def behind(self, row: FigureRow) -> FigureQuestion:
        """The question whose answer is one row of this one."""
        question, (first, last) = self.question, self.days
        if question.every is not None and row.period is not None:
            period = period_of(row.period, question.every, self.visit.settings.year_begins)
            first, last = max(first, period.first), min(last, period.last)
        at_present = question.figure.judged == "at the present instant"
        return replace(
            question,
            first=None if at_present else first,
            last=None if at_present else last,
            every=None,
            by=(),
            where={**question.where, **row.of},
        )


def _in_order(group: tuple[date | None, tuple[str | None, ...]]) -> tuple[date, list[tuple[bool, str]]]:
    """Where a group stands in an answer: by period, then by the folded form of its words; nobody comes last."""
    period, words = group
    return period or date.min, [(word is None, fold_name(word or "")) for word in words]
