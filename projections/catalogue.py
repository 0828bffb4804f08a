"""Every projection there is."""

from projections.audit_history import AUDIT_HISTORY
from projections.backlog import BACKLOG
from projections.customers import CUSTOMERS
from projections.first_contact import FIRST_CONTACT
from projections.projection import Projection
from projections.tickets import TICKETS

PROJECTIONS: tuple[Projection, ...] = (TICKETS, CUSTOMERS, BACKLOG, FIRST_CONTACT, AUDIT_HISTORY)
