"""A question about a figure: asked of the tables, and written as an address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from api.http.read_session import ReadSession
from api.http.report_request import ReportRequest
from api.screen.visit import Visit
from projections.figures.answer import FigureAnswer, answer, subjects
from projections.figures.figure import Figure, FigureRow, Subject, SubjectCursor
from projections.figures.registry import FIGURES
from projections.scope.named_periods import period_of
from projections.scope.periods import Every, RequestedPeriod


@dataclass(frozen=True, slots=True)
class FigureQuestion:
    """What ``GET /v1/figures/NAME`` takes. Days are local days of the tenant, both included."""

    figure: Figure
    first: date | None = None
    last: date | None = None
    every: Every | None = None
    by: tuple[str, ...] = ()
    where: Mapping[str, str | None] = field(default_factory=dict)

    def answered(self, visit: Visit, session: ReadSession) -> "AnsweredQuestion":
        """The answer in a reading. Raises FigureRefused, PeriodRefused, TooManyGroups and Problem (malformed)."""
        query = self._request(visit).query(session)
        return AnsweredQuestion(
            visit, self, answer(self.figure, query, session.position, known_at=visit.reader.known_at)
        )

    def facts(
        self, visit: Visit, session: ReadSession, part: str, after: SubjectCursor | None, limit: int
    ) -> Sequence[Subject]:
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


def asked(name: str, **fields: object) -> FigureQuestion:
    """The question about a figure of the registry."""
    return replace(FigureQuestion(FIGURES[name]), **fields)  # type: ignore[arg-type]  # the fields of the class
