"""Every view of a tenant, and the one that says how far the others are."""

from projections.backlog.table import BACKLOG
from projections.contacts.table import CONTACTS
from projections.contracts.table import CONTRACTS
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.engine.view import View
from projections.feedback.table import FEEDBACK
from projections.notifications.table import NOTIFICATIONS
from projections.procedures.table import PROCEDURES
from projections.reporting import customers, personal, tickets, work
from projections.reporting.columns import ViewColumn, view
from projections.reporting.local_days import zone
from projections.reporting.local_offsets import LOCAL_OFFSETS
from projections.reporting.sources import piece
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE

READ_BY_VIEWS = (
    TICKETS,
    SLA_CLOCKS,
    BACKLOG,
    CONTACTS,
    CUSTOMERS,
    CUSTOMER_GROUPS,
    CUSTOMER_FACTS,
    CONTRACTS,
    FEEDBACK,
    USAGE,
    PROCEDURES,
    TASKS,
    NOTIFICATIONS,
    LOCAL_OFFSETS,
)
"""The projections whose tables the views read."""

_NAMES = ", ".join(f"'{projection.name}'" for projection in READ_BY_VIEWS)
AS_OF = view(
    "as_of",
    "One row: what the views hold when they are read.",
    ViewColumn("position", "p.position", "Every event of the log up to this position is in every view."),
    ViewColumn("projected_at", "p.projected_at", "When the last batch of the slowest table was written."),
    ViewColumn(
        "complete_up_to",
        "e.recorded_at",
        "What was recorded before this instant is in every view; null: nothing is.",
    ),
    ViewColumn("zone", zone(), "The tenant's zone, in which local dates are counted."),
    source=piece("as_of", names=_NAMES),
)
VIEWS: tuple[View, ...] = (
    AS_OF,
    tickets.TICKET,
    tickets.TICKET_RESOLUTION,
    tickets.CONTACT,
    tickets.SLA_INSTANCE,
    tickets.BACKLOG_DAILY,
    customers.CUSTOMER,
    customers.CUSTOMER_TIER,
    customers.SEGMENT_MEMBER,
    customers.CONTRACT_TERM,
    customers.PURCHASE,
    customers.OFFER,
    customers.NPS_ANSWER,
    customers.FEEDBACK,
    customers.USAGE,
    work.PROCEDURE,
    work.PROCEDURE_STEP,
    work.TASK,
    work.NOTIFICATION,
    personal.CUSTOMER,
    personal.CUSTOMER_ADDRESS,
    personal.TICKET,
    personal.NPS_ANSWER,
    personal.FEEDBACK,
    personal.CONTRACT,
)
