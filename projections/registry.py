"""Every projection: those of the product, and those of installed plug-ins."""

from domain.plugins import PluginError, plugins
from projections.audit.table import AUDIT_HISTORY
from projections.backlog.table import BACKLOG
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.first_contact.table import FIRST_CONTACT
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

GROUP = "ticketledger.projections"
"""The entry point group of Projection objects."""


def plugged_in() -> tuple[Projection, ...]:
    """The projections of installed plug-ins. Raises PluginError."""
    projections = []
    for name, projection in plugins(GROUP):
        if not isinstance(projection, Projection):
            raise PluginError(f"The plug-in {name} names no Projection.")
        projections.append(projection)
    return tuple(projections)


PROJECTIONS: tuple[Projection, ...] = (
    TICKETS,
    CUSTOMERS,
    SLA_CLOCKS,
    BACKLOG,
    FIRST_CONTACT,
    AUDIT_HISTORY,
    *plugged_in(),
)
