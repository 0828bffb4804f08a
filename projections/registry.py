"""Every projection: those of the product, and those of installed plug-ins."""

from itertools import chain

from domain.plugins import PluginError, plugins
from projections.audit_history.table import AUDIT_HISTORY
from projections.availability.table import AVAILABILITY
from projections.backlog.table import BACKLOG
from projections.contacts.table import CONTACTS
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.feedback.table import FEEDBACK
from projections.files.table import FILES
from projections.first_contact.table import FIRST_CONTACT
from projections.issued_reports.table import ISSUED_REPORTS
from projections.notifications.table import NOTIFICATIONS
from projections.procedures.table import PROCEDURES
from projections.reporting.local_offsets import LOCAL_OFFSETS
from projections.search.table import SEARCH
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.team_time.table import TEAM_TIME
from projections.tickets.table import TICKETS
from projections.timers.table import TIMERS
from projections.usage.table import USAGE

GROUP = "ticketledger.projections"
"""The entry point group of Projection objects."""


def plugged_in() -> tuple[Projection, ...]:
    """The projections of installed plug-ins. Raises PluginError."""
    projections: list[Projection] = []
    for name, projection in plugins(GROUP):
        if not isinstance(projection, Projection):
            raise PluginError(f"The plug-in {name} names no Projection.")
        taken = set(chain.from_iterable(map(_names, (*_OWN, *projections)))) & set(_names(projection))
        if taken:
            raise PluginError(f"The plug-in {name} uses names that are taken: {', '.join(sorted(taken))}. Rename them.")
        projections.append(projection)
    return tuple(projections)


def _names(projection: Projection) -> list[str]:
    """The name of a projection and those of its tables."""
    return [projection.name, *(table.name for table in projection.tables)]


_OWN = (
    TICKETS,
    CUSTOMERS,
    CUSTOMER_GROUPS,
    CUSTOMER_FACTS,
    CONTRACTS,
    USAGE,
    FEEDBACK,
    FILES,
    PROCEDURES,
    NOTIFICATIONS,
    SLA_CLOCKS,
    BACKLOG,
    TASKS,
    TEAM_TIME,
    FIRST_CONTACT,
    CONTACTS,
    LOCAL_OFFSETS,
    AUDIT_HISTORY,
    SEARCH,
    TIMERS,
    ISSUED_REPORTS,
    AVAILABILITY,
)
PROJECTIONS: tuple[Projection, ...] = (*_OWN, *plugged_in())
