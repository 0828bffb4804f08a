"""A question about a figure: asked of the tables, and written as an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from api.http.read_session import ReadSession
from api.http.report_request import ReportRequest
from api.screen.visit import Visit
from projections.figures.answer import FigureAnswer, answer, subjects
from projections.figures.figure import Figure, FigureRow, FigureSubject, Number, SubjectCursor
from projections.figures.values import parts_of, value_of
from projections.scope.named_periods import period_of
from projections.scope.periods import Every, RequestedPeriod, day_begins, labelled_periods


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
        found = answer(self.figure, query, session.position, known_at=known_at, parts=self.parts)
        return AnsweredQuestion(visit, self, found)

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

    def summed(self, *by: str, every: Every | None = None, first: date | None = None) -> "AnsweredQuestion":
        """The same answer with fewer dimensions: its rows are added, which is right for counts of facts alone.

        ``every`` is that of the question, or None for one period; ``first`` leaves earlier periods out.
        """
        question = replace(self.question, by=by, every=every, first=first or self.question.first)
        rows = [row for row in self.answer.rows if first is None or (row.period is not None and row.period >= first)]
        groups: dict[tuple[date | None, tuple[str | None, ...]], list[FigureRow]] = {}
        if not by and every is None:
            groups[None, ()] = []
        for row in rows:
            groups.setdefault((row.period if every else None, tuple(row.of[name] for name in by)), []).append(row)
        start = self.answer.start if first is None else day_begins(first, self.visit.zone)
        added = [self._added(period, dict(zip(by, of, strict=True)), rows) for (period, of), rows in groups.items()]
        return replace(self, question=question, answer=self.answer._replace(start=start, rows=added))

    def counted(self, first: date, every: Every, counts: Mapping[date, Mapping[str, int]]) -> "AnsweredQuestion":
        """The answer from the day ``first`` for each period, from counts of facts by period that were read elsewhere.

        They are parts of the figure, and what it leaves out. A period without counts has nothing.
        """
        question = replace(self.question, first=first, every=every, by=())
        figure, start = question.figure, day_begins(first, self.visit.zone)
        end = min(self.answer.end, self.answer.judged_at + timedelta.resolution)
        rows = []
        for period, _ in labelled_periods(start, end, every, self.visit.zone, self.visit.settings.year_begins):
            found = counts.get(period, {})
            parts: dict[str, Number] = {name: found.get(name, 0) for name in parts_of(figure.value)}
            left_out = {reason: found.get(reason, 0) for reason in figure.left_out}
            final = sum(found.get(name, 0) for name in parts)
            rows.append(FigureRow(period, {}, *value_of(figure.value, parts), parts, final, 0, left_out))
        return replace(self, question=question, answer=self.answer._replace(start=start, rows=rows))

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
