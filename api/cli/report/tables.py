"""The tables of a report, now or at another instant."""

from collections.abc import Sequence
from typing import get_args

from psycopg import Connection

from api.cli.printing import flat, show_json, show_lines, show_table
from api.cli.report.question import Question
from api.cli.table_lines import lines_under_tables
from api.cli.usage_error import UsageError
from api.headings import nothing, title
from domain.readable import Language
from projections.backlog.table import BacklogDimension
from projections.point_in_time.readings import as_it_was
from projections.report_tables import REPORTS, ReportName
from projections.scope.periods import EARLIEST, LATEST
from projections.scope.report_scope import Dimension


def show_report(
    connection: Connection,
    tenant: str,
    name: ReportName,
    options: Question,
    *,
    as_json: bool = False,
    with_late: bool = True,
    language: Language = "en",
) -> None:
    """Shows the tables of a report; ``with_late`` also how much of them was recorded late.

    Raises UsageError, PeriodRefused, ProjectionOutdated and TooManyGroups."""
    _check(name, options)
    try:
        figures = _figures(connection, tenant, name, options)
    except OverflowError:  # an instant is on the first or the last days that there are
        raise UsageError(
            f"The instants lie too far away: choose days from {EARLIEST} to {LATEST}.",
            f"Thời điểm quá xa: hãy chọn ngày từ {EARLIEST} đến {LATEST}.",
        ) from None
    if as_json:
        show_json(figures)
        return
    zone = options.zone(connection, tenant)
    for name_of_table, rows in figures.items():
        shown = [flat(row, zone, language) for row in rows]
        show_table(title(name_of_table, language), shown, nothing(language), language=language)
        show_lines(lines_under_tables(rows, language, with_late=with_late))


def _check(name: ReportName, options: Question) -> None:
    known = get_args(BacklogDimension if name == "backlog" else Dimension)
    for dimension in options.by:
        if dimension not in known:
            raise UsageError(
                f"`report {name}` has no --by {dimension}: choose {', '.join(known)}.",
                f"`report {name}` không có --by {dimension}: hãy chọn {', '.join(known)}.",
            )
    if options.where:
        raise UsageError(
            f"`report {name}` takes no --where: ask for one figure, which `report list` names.",
            f"`report {name}` không nhận --where: hãy hỏi một chỉ số trong `report list`.",
        )


def _figures(connection: Connection, tenant: str, name: ReportName, options: Question) -> dict[str, Sequence[object]]:
    """The rows of each table, by its title, all from one snapshot."""
    spec, options = REPORTS[name], options.at_instants(connection, tenant)
    as_of = None if spec.rows_have_instants else options.as_of
    with (
        connection.transaction(),
        as_it_was(connection, tenant, spec.projections, known_at=options.known_at, as_of=as_of) as schema,
    ):
        query = options.query(connection, tenant, schema)
        return {table.title: table.compute(query) for table in spec.tables}
