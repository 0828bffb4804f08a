"""The stored list of the views for reporting, and the page that is made from it.

`python -m tests.support.reporting_views` writes both. It refuses when a column is gone or has another type: those who
read the views rely on them.
"""

import csv
import io
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import psycopg

from api.database import database
from api.migrations import migrate
from domain.event_types import register_event_types
from projections.engine.view import schema_of_views
from tests.support.run_databases import reachable_folder

REFERENCE = Path(__file__).parents[2] / "docs" / "reference"
LIST, PAGE = REFERENCE / "reporting-views.csv", REFERENCE / "reporting-views.md"
SCHEMAS = {"reporting": schema_of_views("default"), "reporting_personal": schema_of_views("default", personal=True)}
_HEAD = """# Reporting views

Every view and column of the schemas `reporting_of_TENANT` and `reporting_personal_of_TENANT`.
[Connect a reporting tool](../how-to/business-intelligence.md) says who may read them and how.

This page is made from [reporting-views.csv](reporting-views.csv) by `python -m tests.support.reporting_views`, and the
list from the comments in the database. Columns are only added: a test compares the list with the views, and the command
refuses to write one without a column that it had.
"""
_COLUMNS = """
select a.attname, format_type(a.atttypid, a.atttypmod), col_description(c.oid, a.attnum), obj_description(c.oid)
from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
where c.relnamespace = to_regnamespace(%s) and c.relkind = 'v' and c.relname = %s order by a.attnum
"""


class Listed(NamedTuple):
    """A column of a view; the row of the view itself has no column and no type."""

    schema: str
    view: str
    column: str
    type: str
    comment: str


def listed(connection: psycopg.Connection) -> list[Listed]:
    """The views of the default tenant as the database has them."""
    views_listed = []
    for name, schema in SCHEMAS.items():
        views = connection.execute(
            "select relname from pg_class where relnamespace = to_regnamespace(%s) and relkind = 'v' order by 1",
            [schema],
        ).fetchall()
        for (view,) in views:
            columns = connection.execute(_COLUMNS, [schema, view]).fetchall()
            views_listed.append(Listed(name, view, "", "", columns[0][3] or ""))
            views_listed += [Listed(name, view, column, type_, comment or "") for column, type_, comment, _ in columns]
    return views_listed


def stored() -> list[Listed]:
    """The stored list."""
    if not LIST.exists():
        return []
    with LIST.open(encoding="utf-8", newline="") as file:
        return [Listed(*row) for row in list(csv.reader(file))[1:]]


def written(rows: Sequence[Listed]) -> str:
    """The list as it is stored."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Listed._fields)
    writer.writerows(rows)
    return text.getvalue()


def page(rows: Sequence[Listed]) -> str:
    """The page of the list."""
    lines = [_HEAD]
    for row in rows:
        if row.column:
            lines.append(f"| `{row.column}` | {row.type} | {row.comment.replace('|', '&#124;')} |")
        else:
            lines += [
                f"\n## {row.schema}.{row.view}\n\n{row.comment}\n",
                "| column | type | meaning |",
                "|---|---|---|",
            ]
    return "\n".join(lines) + "\n"


def lost(before: Sequence[Listed], after: Sequence[Listed]) -> list[str]:
    """The views and columns that are gone, or have another type."""
    types = {row[:3]: row.type for row in after}
    return [".".join(filter(None, row[:3])) for row in before if types.get(row[:3]) != row.type]


def record() -> int:
    """Writes the list and the page; the exit code is 1 when something would be lost."""
    folder = reachable_folder("ticketledger-views-")
    try:
        with database(folder / "data") as dsn:
            migrate(dsn)
            with psycopg.connect(dsn) as connection:
                rows = listed(connection)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    if gone := lost(stored(), rows):
        sys.stderr.write(f"gone, or of another type: {', '.join(gone)}; reporting tools rely on them\n")
        return 1
    LIST.write_text(written(rows), encoding="utf-8")
    PAGE.write_text(page(rows), encoding="utf-8")
    return 0


if __name__ == "__main__":
    register_event_types()
    sys.exit(record())
