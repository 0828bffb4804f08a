"""The versions by which an issued report was made otherwise than it would be made now."""

from collections.abc import Sequence
from typing import NamedTuple

from domain.issued_report.events import ReportIssued
from domain.program_version import versions_in_use
from projections.engine.projection import Projection


class OtherVersions(NamedTuple):
    """``otherwise_folded`` names the projections whose versions differ, ``made_by`` the program and the time zones of
    the issue that differ from those in use.
    """

    otherwise_folded: list[str]
    made_by: list[str]


def other_versions(facts: ReportIssued, projections: Sequence[Projection]) -> OtherVersions:
    """``projections`` are those that the figures of the report read."""
    in_use = versions_in_use()
    return OtherVersions(
        otherwise_folded=sorted({each.definition for each in projections}.symmetric_difference(facts.projections)),
        made_by=[each for each in facts.made_by if each not in in_use],
    )
