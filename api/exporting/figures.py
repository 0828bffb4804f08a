"""The exported figures: every figure of the registry in a period."""

from dataclasses import dataclass
from datetime import date, datetime

from psycopg import sql
from pydantic_core import to_json

from api.exporting.exported_table import ExportedTable
from api.exporting.snapshot import ExportSnapshot
from domain.definitions.settings import settings_in_effect
from domain.event_log import reader
from projections.engine.table import JsonText, Table
from projections.figures.answer import answer
from projections.figures.figure import Figure
from projections.figures.registry import FIGURES
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import RequestedPeriod


@dataclass(slots=True)
class FigureLine:
    """A figure from ``starts_at`` up to but not including ``ends_at``.

    ``period`` is the first day of a part of it, where the export has a row for each. ``parts`` and ``left_out`` are
    objects of numbers. ``title`` is English, ``title_vi`` Vietnamese.
    """

    figure: str
    title: str
    unit: str
    period: date | None
    starts_at: datetime
    ends_at: datetime
    value: float | None
    numerator: float | None
    denominator: float | None
    final: int
    provisional: int
    parts: JsonText
    left_out: JsonText
    title_vi: str


_TABLE = Table("figures", FigureLine, key=("figure", "period"))


def _select(snapshot: ExportSnapshot) -> sql.Composed:
    lines = [line for figure in FIGURES.values() for line in _lines(snapshot, figure)]
    return sql.SQL("select * from json_to_recordset({}) line ({})").format(
        sql.Literal(to_json(lines).decode()),
        sql.SQL(", ").join(
            sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.type.name)) for column in _TABLE.columns
        ),
    )


def _lines(snapshot: ExportSnapshot, figure: Figure) -> list[dict[str, object]]:
    """The rows of a figure. One that is judged at the present instant alone has a row for that instant."""
    query = _query(snapshot, at_instant=figure.judged == "at the present instant")
    answered = answer(figure, query, snapshot.position, known_at=snapshot.moment.known_at)
    of_answer: dict[str, object] = {"figure": figure.name, "title": figure.title.en, "unit": answered.unit}
    of_answer |= {"title_vi": figure.title.vi}
    of_answer |= {"starts_at": answered.start, "ends_at": answered.end}
    return [row._asdict() | of_answer for row in answered.rows]


def _query(snapshot: ExportSnapshot, *, at_instant: bool) -> FigureQuery:
    moment, connection = snapshot.moment, snapshot.connection
    definitions = reader.definitions(connection, snapshot.tenant, snapshot.position)
    settings = settings_in_effect(definitions, snapshot.instant)
    period = RequestedPeriod(zone=moment.period.zone) if at_instant else moment.period
    return FigureQuery(
        connection,
        snapshot.schema,
        snapshot.instant,
        period.under(settings),
        every=None if at_instant else moment.every,
        as_of=moment.as_of,
        tenant=snapshot.tenant,
        definitions=definitions,
        position=snapshot.position,
    )


EXPORTED_FIGURES = ExportedTable(
    name="figures",
    grain="One row for each figure of the registry and each period.",
    key=_TABLE.key,
    columns=_TABLE.columns,
    projections=tuple(projection for figure in FIGURES.values() for projection in figure.projections),
    select=_select,
)
