"""The page of a customer: everything about one person or organisation, over every channel."""

from api.screen.customer_of_page import reading
from api.screen.page import Page, Panel
from api.screen.pages.customer.actions import actions
from api.screen.pages.customer.answers_and_notes import files, notes, said
from api.screen.pages.customer.business import contracts, offers, purchases, usage
from api.screen.pages.customer.contact import consent, dates
from api.screen.pages.customer.erasure import erasure
from api.screen.pages.customer.health import bounded_health
from api.screen.pages.customer.history import latest, merges
from api.screen.pages.customer.identity import title, who
from api.screen.pages.customer.tickets import tickets, work
from projections.audit_history.table import AUDIT_HISTORY
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.table import CUSTOMERS
from projections.feedback.table import FEEDBACK
from projections.files.table import FILES
from projections.procedures.table import PROCEDURES
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS
from projections.usage.table import USAGE

PAGE = Page(
    name="customer",
    path="/customers/{customer_id}",
    panels=(
        Panel("who", who),
        Panel("tickets", tickets),
        Panel("health", bounded_health),
        Panel("actions", actions, wide=True),
        Panel("contracts", contracts),
        Panel("purchases", purchases),
        Panel("offers", offers),
        Panel("usage", usage),
        Panel("said", said),
        Panel("notes", notes),
        Panel("consent", consent),
        Panel("dates", dates),
        Panel("work", work),
        Panel("files", files),
        Panel("merges", merges),
        Panel("erasure", erasure),
        Panel("latest", latest, wide=True),
    ),
    projections=(
        CUSTOMERS,
        CUSTOMER_FACTS,
        CONTRACTS,
        TICKETS,
        USAGE,
        FEEDBACK,
        FILES,
        PROCEDURES,
        TASKS,
        AUDIT_HISTORY,
    ),
    reading=reading,
    title=title,
    refreshes=False,
)
