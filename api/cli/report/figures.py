"""One figure of the registry, now or at another instant; the list of all figures."""

from collections.abc import Mapping, Sequence

from psycopg import Connection, IsolationLevel

from api.cli.options import AsJson
from api.cli.printing import share, show_json, show_lines, show_table, shown
from api.cli.report.question import Question
from projections.engine.checkpoints import position_of
from projections.engine.point_in_time import as_it_was
from projections.figures.answer import FigureAnswer, answer
from projections.figures.figure import Figure, FigureRow, Ratio, Unit
from projections.figures.registry import FIGURES, described


def list_figures(as_json: AsJson = False) -> None:
    """List the figures, with what each counts."""
    if as_json:
        show_json([described(figure) for figure in FIGURES.values()])
        return
    show_table(
        "Figures",
        [{"name": figure.name, "figure": figure.title.en, "formula": figure.formula} for figure in FIGURES.values()],
    )


def show_figure(connection: Connection, tenant: str, name: str, asked: Question, *, as_json: bool = False) -> None:
    """Shows a figure. Raises FigureRefused, PeriodRefused, ProjectionOutdated and TooManyGroups."""
    figure = FIGURES[name]
    told = _answer(connection, tenant, figure, asked)
    if as_json:
        show_json({**told._asdict(), "rows": [row._asdict() for row in told.rows],
                   "definitions": [used._asdict() for used in told.definitions]})  # fmt: skip
        return
    show_table(figure.title.en, [_cells(figure, row) for row in told.rows])
    show_lines(_lines(figure, told))


def _answer(connection: Connection, tenant: str, figure: Figure, asked: Question) -> FigureAnswer:
    connection.isolation_level = IsolationLevel.REPEATABLE_READ
    asked = asked.at_instants(connection, tenant)
    with (
        connection.transaction(),
        as_it_was(connection, tenant, figure.projections, known_at=asked.known_at, as_of=asked.as_of) as schema,
    ):
        live = asked.known_at is None and asked.as_of is None
        position = position_of(connection, tenant, figure.projections) if live else asked.position(connection, tenant)
        return answer(figure, asked.query(connection, tenant, schema), position, known_at=asked.known_at)


def _cells(figure: Figure, row: FigureRow) -> dict[str, object]:
    """The group, the value, and the parts that the value does not say already."""
    cells: dict[str, object] = {} if row.period is None else {"period": row.period}
    cells |= row.of
    cells[figure.name] = _value(figure.unit, row)
    said = {*figure.value.plus, *figure.value.by} if isinstance(figure.value, Ratio) else {figure.value.part}
    cells |= {name: number for name, number in row.parts.items() if name not in said}
    if row.provisional:
        cells["provisional"] = row.provisional
    return cells


def _value(unit: Unit, row: FigureRow) -> object:
    if unit == "share" and isinstance(row.numerator, int) and isinstance(row.denominator, int):
        return share(row.numerator, row.denominator)
    return row.value


def _lines(figure: Figure, told: FigureAnswer) -> Sequence[str]:
    lines = [f"{figure.formula[0].upper()}{figure.formula[1:]}."]
    left_out = _sums(told.rows)
    if figure.left_out:
        counted = [f"{number:,} {reason.replace('_', ' ')}" for reason, number in left_out.items() if number]
        lines.append(f"Left out: {', '.join(counted) or 'none'}.")
    if provisional := sum(row.provisional for row in told.rows):
        lines.append(f"Provisional: {provisional:,}; their answer may still change.")
    if told.note:
        lines.append(told.note)
    lines.append(f"Days in {told.zone}; true for position {shown(told.position)} of the log.")
    return lines


def _sums(rows: Sequence[FigureRow]) -> Mapping[str, int]:
    sums: dict[str, int] = {}
    for row in rows:
        for reason, number in row.left_out.items():
            sums[reason] = sums.get(reason, 0) + number
    return sums
