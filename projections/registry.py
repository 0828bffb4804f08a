"""The list of all projections."""

from projections.audit.table import AUDIT_HISTORY
from projections.backlog.table import BACKLOG
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Projection
from projections.first_contact.table import FIRST_CONTACT
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

PROJECTIONS: tuple[Projection, ...] = (TICKETS, CUSTOMERS, SLA_CLOCKS, BACKLOG, FIRST_CONTACT, AUDIT_HISTORY)
