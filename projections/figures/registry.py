"""Every figure, by name, and the answer to a question about one."""

from collections.abc import Mapping
from types import MappingProxyType

from projections.figures.backlog import BACKLOG_FIGURES
from projections.figures.figure import Figure
from projections.figures.first_contact import FIRST_CONTACT_FIGURES
from projections.figures.service import SERVICE_FIGURES
from projections.figures.sla import SLA_FIGURES

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {figure.name: figure for figure in (*SLA_FIGURES, *FIRST_CONTACT_FIGURES, *SERVICE_FIGURES, *BACKLOG_FIGURES)}
)
"""By name, in the order in which they are listed."""
