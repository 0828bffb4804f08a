"""The list of figures."""

from api.figure_formulas import formula_of
from api.http.read_session import ReadSession
from api.screen.figures.question import FigureQuestion
from api.screen.page import Content, Page, Panel
from api.screen.visit import Visit
from projections.figures.registry import FIGURES


def _list(visit: Visit, _session: ReadSession) -> Content:
    return {
        "figures": [
            (
                getattr(figure.title, visit.language),
                FigureQuestion(figure).address(visit),
                formula_of(figure, visit.language),
            )
            for figure in FIGURES.values()
        ]
    }


PAGE = Page("figures", "/figures", (Panel("list", _list, wide=True),), in_menu=True)
