"""Promises kept and promises that are late, over the clocks of the targets."""

from psycopg import sql

from domain.event_log.sql_files import sql_file
from domain.sla.policy.policy import TargetName
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS
from projections.figures.figure import TOLD_LATE, CountedFacts, Figure, Of, Ratio, Title, count, quantile
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery
from projections.sla.late_clocks import is_over
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

_READ = (SLA_CLOCKS, TICKETS, *READ_FOR_CUSTOMERS)
_SQL = sql_file("projections.figures", "sla.sql")


def _ended(query: FigureQuery, target: TargetName) -> sql.Composable:
    return _SQL["clocks"].composed(
        query.schema,
        at=sql.Identifier("finished_at"),
        left_out=sql.SQL("case when verdict is null then 'cancelled' end as left_out"),
        dimensions=DIMENSIONS,
        more=sql.SQL(
            "coalesce(corrected_verdict, verdict) as verdict, corrected_verdict <> verdict as corrected, told_late,"
            " case when state = 'fulfilled' then elapsed_us / 1e6::float8 end as elapsed"
        ),
        which=sql.SQL("target = {} and {}").format(sql.Literal(target), query.within("finished_at")),
    )


def _open(query: FigureQuery) -> sql.Composable:
    now = sql.Literal(query.now)
    return _SQL["clocks"].composed(
        query.schema,
        at=now,
        left_out=sql.SQL("null as left_out"),
        dimensions=DIMENSIONS,
        more=sql.SQL("target, state = 'paused' as paused, {} as late").format(is_over(now)),
        which=sql.SQL("finished_at is null"),
    )


def _compliance(target: TargetName, english: str, vietnamese: str) -> Figure:
    return Figure(
        name=f"sla-{target.replace('_', '-')}",
        title=Title(english, vietnamese),
        formula="met / (met + breached), over the clocks of the target that end in the period; a corrected verdict"
        " counts as what it was corrected to, a clock that is cancelled in time does not count",
        source="contract of the figures, section 4",
        unit="share",
        subject="ticket",
        value=Ratio(("met",), ("met", "breached")),
        reading=CountedFacts(
            lambda query: _ended(query, target),
            (
                count("met", "verdict = 'met'"),
                count("breached", "verdict = 'breached'"),
                count("corrected", "corrected"),
                TOLD_LATE,
                quantile("elapsed_median", 0.5, "elapsed", "elapsed is not null"),
                quantile("elapsed_p90", 0.9, "elapsed", "elapsed is not null"),
            ),
            organisation_of="ticket",
        ),
        projections=_READ,
        dimensions=ALL,
        left_out=("cancelled",),
    )


COMPLIANCE_FIGURES = (
    _compliance("first_response", "First responses in time", "Phản hồi đầu tiên đúng hạn"),
    _compliance("next_response", "Next responses in time", "Phản hồi tiếp theo đúng hạn"),
    _compliance("periodic_update", "Updates in time", "Cập nhật định kỳ đúng hạn"),
    _compliance("resolution", "Resolutions in time", "Giải quyết đúng hạn"),
)
SLA_FIGURES = (
    *COMPLIANCE_FIGURES,
    Figure(
        name="sla-late",
        title=Title("Late clocks", "Cam kết đang trễ"),
        formula="clocks that have not ended and are over their target",
        source="contract of the figures, section 4: beside compliance, never mixed in",
        unit="count",
        subject="ticket",
        value=Of("late"),
        reading=CountedFacts(
            _open, (count("late", "late"), count("paused", "paused"), count("open")), organisation_of="ticket"
        ),
        projections=_READ,
        dimensions=(*ALL, "target"),
        judged="at the present instant",
    ),
)
