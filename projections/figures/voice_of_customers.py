"""What customers say: feedback by theme and polarity, against the four periods before."""

from datetime import datetime, timedelta

from psycopg import sql

from domain.days import months_later
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day, midnight
from projections.feedback.table import FEEDBACK
from projections.figures.dimensions import ALL, READ_FOR_CUSTOMERS, membership
from projections.figures.figure import CountedFacts, Figure, Of, Part, Title, count
from projections.figures.of_customers import periods
from projections.figures.of_tickets import DIMENSIONS
from projections.scope.figure_query import FigureQuery, Span
from projections.scope.periods import MONTHS_OF
from projections.tickets.table import TICKETS

_SQL = sql_file("projections.figures", "voice_of_customers.sql")
PERIODS_BEFORE = 4
SHOWN_FROM = 10
"""A change is shown for this many items or more."""

_ITEMS, _EARLIER = "count(*) filter (where not earlier)", "count(*) filter (where earlier)"


def _noted(query: FigureQuery) -> sql.Composable:
    """The feedback of each period, and that of the four periods before it as ``earlier``."""
    since, until = zip(*(_before(query, span) for span in query.spans), strict=True) if query.spans else ((), ())
    return _SQL["noted"].composed(
        query.schema,
        dimensions=DIMENSIONS,
        organisation=_organisation(query),
        since=sql.Literal([*since]),
        until=sql.Literal([*until]),
        **periods(query),
    )


def _organisation(query: FigureQuery) -> sql.Composed:
    """The organisation of the ticket, or of the person where the feedback names no ticket; null where nobody asks."""
    if "organisation" not in {*query.by, *query.where}:
        return sql.SQL("null::uuid as organisation").format()
    return _SQL["organisation"].composed(query.schema, membership=membership(query))


def _before(query: FigureQuery, span: Span) -> tuple[datetime, datetime]:
    """When the four periods before a period begin and end: as many whole months, or as many days."""
    zone = query.scope.zone
    months = MONTHS_OF.get(query.every or "")
    if months is None or span.label is None:
        first = local_day(span.start, zone)
        days = (local_day(span.end, zone) - first).days
        return midnight(first - timedelta(days=PERIODS_BEFORE * days), zone), span.start
    return midnight(months_later(span.label, -PERIODS_BEFORE * months, 1), zone), midnight(span.label, zone)


VOICE_OF_CUSTOMERS = Figure(
    name="voice-of-customers",
    title=Title("Voice of customers", "Tiếng nói khách hàng"),
    formula=(
        f"items of feedback by theme and polarity; change: items / mean of the {PERIODS_BEFORE} periods before - 1,"
        f" shown from {SHOWN_FROM} items on"
    ),
    source="contract of the figures: VOC; the polarity is what a person judged",
    unit="count",
    subject="customer",
    value=Of("items"),
    reading=CountedFacts(
        _noted,
        (
            count("items", "not earlier"),
            *(
                count(polarity, f"not earlier and polarity = '{polarity}'")
                for polarity in ("positive", "neutral", "negative")
            ),
            Part("mean_before", f"{_EARLIER} / {PERIODS_BEFORE}::float8", "earlier", 0),
            Part(
                "change",
                f"case when {_ITEMS} >= {SHOWN_FROM}"
                f" then {_ITEMS} * {PERIODS_BEFORE}::float8 / nullif({_EARLIER}, 0) - 1 end",
                "not earlier",
            ),
        ),
        counted="case when not earlier then 1 end",
        organisation_of="fact",
        happened="noted_at",
    ),
    projections=(FEEDBACK, TICKETS, *READ_FOR_CUSTOMERS),
    dimensions=(*ALL, "theme"),
    version=2,
)
