"""Every figure, by name, and the answer to a question about one."""

from collections.abc import Mapping
from types import MappingProxyType

from projections.figures.backlog import BACKLOG_FIGURES
from projections.figures.customers import CUSTOMER_FIGURES
from projections.figures.figure import Figure
from projections.figures.first_contact import FIRST_CONTACT_FIGURES
from projections.figures.journey import JOURNEY_FIGURES
from projections.figures.late_tickets import LATE_TICKETS
from projections.figures.load import LOAD_FIGURES
from projections.figures.on_time import ON_TIME_FIGURES
from projections.figures.procedures import PROCEDURE_FIGURES
from projections.figures.service import SERVICE_FIGURES
from projections.figures.sla import SLA_FIGURES
from projections.figures.surveys import DELIVERED_RESPONSE_RATE
from projections.figures.team_time import TEAM_TIME_FIGURES
from projections.figures.waiting import WAITING_FIGURES

FIGURES: Mapping[str, Figure] = MappingProxyType(
    {
        figure.name: figure
        for figure in (
            *SLA_FIGURES,
            *ON_TIME_FIGURES,
            *FIRST_CONTACT_FIGURES,
            *SERVICE_FIGURES,
            DELIVERED_RESPONSE_RATE,
            *BACKLOG_FIGURES,
            LATE_TICKETS,
            *WAITING_FIGURES,
            *TEAM_TIME_FIGURES,
            *LOAD_FIGURES,
            *JOURNEY_FIGURES,
            *CUSTOMER_FIGURES,
            *PROCEDURE_FIGURES,
        )
    }
)
"""By name, in the order in which they are listed."""


def described(figure: Figure) -> dict[str, object]:
    """What a program must know of a figure to ask for it."""
    return {
        "name": figure.name,
        "title": figure.title._asdict(),
        "formula": figure.formula,
        "source": figure.source,
        "version": figure.version,
        "unit": figure.unit,
        "subject": figure.subject,
        "judged": figure.judged,
        "parts": figure.part_names,
        "dimensions": figure.dimensions,
        "definitions": figure.definitions,
        "left_out": figure.left_out,
        "note": figure.note,
    }
