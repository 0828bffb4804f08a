"""The versions by which an issued report was made otherwise than it would be made now."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from domain.issued_report.events import ReportIssued
from domain.program_version import versions_in_use
from projections.engine.projection import Projection
from projections.figures.registry import FIGURES
from projections.issued_reports.differences import FigureDifference

FIRST = 1
"""The version of a formula by which a report was made that records none."""


class OtherFormula(NamedTuple):
    """A figure whose formula has the version ``after``, and had ``before`` when the report was issued."""

    figure: str
    before: int
    after: int


class OtherVersions(NamedTuple):
    """``otherwise_folded`` names the projections whose versions differ, ``made_by`` the program and the time zones of
    the issue that differ from those in use. ``formulas`` are those of figures that differ.
    """

    otherwise_folded: list[str]
    made_by: list[str]
    formulas: list[OtherFormula]

    def formulas_explain(self, differences: Sequence[FigureDifference]) -> bool:
        """Whether there are differences, and each is of a figure with another formula."""
        return bool(differences) and {each.figure for each in differences} == {each.figure for each in self.formulas}


def other_versions(
    facts: ReportIssued, projections: Sequence[Projection], differences: Sequence[FigureDifference]
) -> OtherVersions:
    """``projections`` are those that the figures of the report read."""
    in_use = versions_in_use()
    return OtherVersions(
        otherwise_folded=sorted({each.definition for each in projections}.symmetric_difference(facts.projections)),
        made_by=[each for each in facts.made_by if each not in in_use],
        formulas=_other_formulas(facts.formulas, differences),
    )


def _other_formulas(recorded: Mapping[str, int], differences: Sequence[FigureDifference]) -> list[OtherFormula]:
    formulas = [
        OtherFormula(figure, recorded.get(figure, FIRST), FIGURES[figure].version)
        for figure in dict.fromkeys(each.figure for each in differences)
    ]
    return [formula for formula in formulas if formula.before != formula.after]
