"""One registry says which reports there are, for the command line and for HTTP."""

import json
from typing import get_args

import pytest

from api.http.documentation import COMMITTED
from projections.figures.registry import FIGURES
from projections.report_tables import REPORT_TABLES, REPORTS, ReportName, ReportTable

PATHS = json.loads(COMMITTED.read_text())["paths"]


@pytest.mark.parametrize("table", REPORT_TABLES, ids=lambda table: table.operation)
def test_each_table_has_its_address_and_its_summary_in_the_api(table: ReportTable) -> None:
    operation = PATHS[f"/v1/reports{table.address}"]["get"]
    assert (operation["operationId"], operation["summary"]) == (table.operation, table.summary)


def test_the_command_line_names_every_report() -> None:
    assert set(get_args(ReportName)) == set(REPORTS)


def test_no_figure_has_the_name_of_a_report() -> None:
    assert not set(get_args(ReportName)) & set(FIGURES)


def test_titles_of_tables_in_a_report_differ() -> None:
    for spec in REPORTS.values():
        titles = [table.title for table in spec.tables]
        assert len(set(titles)) == len(titles)
