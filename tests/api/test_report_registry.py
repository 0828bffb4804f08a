"""One registry says which reports there are, for the command line and for HTTP."""

from typing import get_args

import pytest

from api.cli.report import By
from api.http.app import create_app
from api.settings import Settings
from projections.backlog.table import BacklogDimension
from projections.reports import FIGURES, REPORTS, Figure, ReportName

PATHS = create_app(Settings(dsn="")).openapi()["paths"]


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.operation)
def test_each_figure_has_its_address_and_its_summary_in_the_api(figure: Figure) -> None:
    operation = PATHS[f"/v1/reports{figure.address}"]["get"]
    assert (operation["operationId"], operation["summary"]) == (figure.operation, figure.summary)


def test_the_command_line_names_every_report_and_every_dimension() -> None:
    assert set(get_args(ReportName)) == set(REPORTS)
    assert {dimension.value for dimension in By} == set(get_args(BacklogDimension))


def test_titles_of_figures_in_a_report_differ() -> None:
    for spec in REPORTS.values():
        titles = [figure.title for figure in spec.figures]
        assert len(set(titles)) == len(titles)
