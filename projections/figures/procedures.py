"""How procedures run: the time of their steps, what is skipped or overdue, how they end, and how many run."""

from typing import LiteralString

from psycopg import sql

from domain.event_log.sql_files import sql_file
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Of, Ratio, Title, count, quantile
from projections.procedures.table import PROCEDURES
from projections.scope.figure_query import FigureQuery

_SQL = sql_file("projections.figures", "procedures.sql")
_READ = (PROCEDURES, *READ_FOR_CUSTOMERS)
_STEP_DIMENSIONS = ("procedure", "step", "step_kind", "assigned_team", "assigned_agent", *OF_CUSTOMERS)
_PROCEDURE_DIMENSIONS = ("procedure", "outcome", *OF_CUSTOMERS)
_SOURCE = "contract of automation: the performance of procedures"


def _steps(query: FigureQuery, at: str, final: LiteralString, counts: LiteralString) -> sql.Composed:
    return _SQL["steps"].composed(
        query.schema,
        at=sql.Identifier(at),
        now=sql.Literal(query.now),
        final=sql.SQL(final).format(now=sql.Literal(query.now)),
        within=query.within(at),
        counts=sql.SQL(counts),
    )


def _done(query: FigureQuery) -> sql.Composable:
    return _steps(query, "ended_at", "true", "ended_as = 'done' and kind not in ('wait', 'notify', 'survey')")


def _over(query: FigureQuery) -> sql.Composable:
    return _steps(query, "ended_at", "true", "ended_as in ('done', 'skipped')")


def _due(query: FigureQuery) -> sql.Composable:
    return _steps(query, "due_at", "ended_at is not null or due_at < {now}", "kind <> 'wait'")


def _ended(query: FigureQuery) -> sql.Composable:
    return _SQL["ended"].composed(query.schema, within=query.within("ended_at"))


def _running(query: FigureQuery) -> sql.Composable:
    """The procedures that run at the instant of each period."""
    return _SQL["running"].composed(
        query.schema,
        instants=sql.SQL("{}::timestamptz[]").format(sql.Literal([span.judged_at for span in query.spans])),
    )


PROCEDURE_FIGURES = (
    Figure(
        name="procedure-step-time",
        title=Title("Time of procedure steps", "Thời gian xử lý bước quy trình"),
        formula="median of the time from the opening of a step to the moment at which it is done; without waits,"
        " notices and surveys",
        source=_SOURCE,
        unit="seconds",
        subject="procedure",
        value=Of("median"),
        reading=CountedFacts(
            _done,
            (
                count("procedure_steps"),
                quantile("median", 0.5, "elapsed"),
                quantile("p90", 0.9, "elapsed"),
            ),
        ),
        projections=_READ,
        dimensions=_STEP_DIMENSIONS,
    ),
    Figure(
        name="procedure-steps-skipped",
        title=Title("Skipped procedure steps", "Tỷ lệ bước quy trình bị bỏ qua"),
        formula="steps that were skipped / steps that were done or skipped",
        source=_SOURCE,
        unit="share",
        subject="procedure",
        value=Ratio(("skipped",), ("procedure_steps",)),
        reading=CountedFacts(
            _over,
            (count("procedure_steps"), count("skipped", "ended_as = 'skipped'"), count("done", "ended_as = 'done'")),
        ),
        projections=_READ,
        dimensions=_STEP_DIMENSIONS,
    ),
    Figure(
        name="procedure-steps-overdue",
        title=Title("Overdue procedure steps", "Tỷ lệ bước quy trình quá hạn"),
        formula="steps that ended, or are open, after their due time / steps whose due time lies in the period; without"
        " waits",
        source=_SOURCE,
        unit="share",
        subject="procedure",
        value=Ratio(("overdue",), ("procedure_steps",)),
        reading=CountedFacts(
            _due, (count("procedure_steps"), count("overdue", "overdue"), count("in_time", "not overdue"))
        ),
        projections=_READ,
        dimensions=_STEP_DIMENSIONS,
    ),
    Figure(
        name="procedure-outcome",
        title=Title("Completed procedures", "Tỷ lệ quy trình hoàn tất"),
        formula="procedures that were completed / procedures that ended in the period; by outcome",
        source=_SOURCE,
        unit="share",
        subject="procedure",
        value=Ratio(("completed",), ("ended",)),
        reading=CountedFacts(
            _ended,
            (
                count("ended"),
                count("completed", "state = 'completed'"),
                count("abandoned", "state = 'abandoned'"),
                quantile("elapsed_median", 0.5, "elapsed"),
            ),
        ),
        projections=_READ,
        dimensions=_PROCEDURE_DIMENSIONS,
    ),
    Figure(
        name="procedures-running",
        title=Title("Running procedures", "Quy trình đang chạy"),
        formula="procedures that run at the end of each period, or now within one",
        source=_SOURCE,
        unit="count",
        subject="procedure",
        value=Of("running"),
        reading=CountedFacts(_running, (count("running"), count("over_30_days", "age > interval '720 hours'"))),
        projections=_READ,
        dimensions=("procedure", *OF_CUSTOMERS),
        judged="at instants",
    ),
)
