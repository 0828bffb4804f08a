"""Each figure by each of its dimensions has a second calculation over exported events."""

from projections.figures.registry import FIGURES
from tests.support.compared_figures import GROUPS_OF_FACTS, GROUPS_OF_HEALTH, GROUPS_OF_TICKETS
from tests.support.exported_questions import OF_TICKETS

COMPARED = {
    **GROUPS_OF_TICKETS,
    **GROUPS_OF_FACTS,
    **GROUPS_OF_HEALTH,
    "voice-of-customers": (*OF_TICKETS, "theme"),  # by those of tickets there, by theme here
    "repeat-contact": OF_TICKETS,
    "load": ("team", "agent"),
    "team-load": ("team",),
    "overloaded": ("team",),
}
RECORDS_NOTHING = {"calls"}


def test_every_figure_by_every_dimension_is_compared_with_plain_python() -> None:
    compared = {(name, dimension) for name, dimensions in COMPARED.items() for dimension in dimensions}
    offered = {
        (name, dimension)
        for name, figure in FIGURES.items()
        for dimension in figure.dimensions
        if name not in RECORDS_NOTHING and dimension not in figure.always_by  # each answer is grouped by those
    }
    assert offered - compared == set()
    assert {*FIGURES} - {*COMPARED} == RECORDS_NOTHING
