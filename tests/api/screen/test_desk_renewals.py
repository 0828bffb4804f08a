"""The panel of renewals on the desk."""

from api.screen.figures.presentation import ShownCell, ShownTable
from api.screen.pages.desk.renewals import of_ended_terms
from projections.figures.figure import FigureRow


def test_a_band_whose_terms_are_all_open_has_no_row() -> None:
    open_alone = FigureRow(None, {"band": None}, None, 0, 0, {}, 0, 0, {"open": 2})
    ended = FigureRow(None, {"band": "green"}, 0.5, 1, 2, {}, 2, 0, {"open": 0})
    table = ShownTable([], [], [[ShownCell("none")], [ShownCell("green")]], [])
    assert of_ended_terms(table, [open_alone, ended]).rows == [[ShownCell("green")]]
