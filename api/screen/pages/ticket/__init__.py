"""The page of a ticket: its state, what was said and recorded, its clocks, and what may be done to it."""

from api.screen.page import Page, Panel
from api.screen.pages.ticket.clocks import clocks
from api.screen.pages.ticket.glance import glance, offered, promised
from api.screen.pages.ticket.history import assignment, automation, conversation, history
from api.screen.pages.ticket.related import merged, work
from api.screen.pages.ticket.stream import title
from projections.customers.table import CUSTOMERS
from projections.procedures.table import PROCEDURES
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS

PAGE = Page(
    name="ticket",
    path="/tickets/{ticket_id}",
    panels=(
        Panel("glance", glance),
        Panel("offered", offered),
        Panel("conversation", conversation),
        Panel("clocks", clocks, wide=True),
        Panel("promised", promised),
        Panel("work", work),
        Panel("merged", merged),
        Panel("assignment", assignment),
        Panel("automation", automation),
        Panel("history", history, wide=True),
    ),
    projections=(TICKETS, SLA_CLOCKS, CUSTOMERS, TASKS, PROCEDURES),
    whole=False,
    title=title,
    parameters=frozenset({"all"}),
    refreshes=False,
)
