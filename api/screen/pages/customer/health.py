"""The health of the customer with its arithmetic, and the segments it is in."""

from api.http.customer_readings.health import health_of, segments_of, source_of, summary_of_customer
from api.http.customer_readings.tickets import tickets_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import customer_of, facts_for, reading
from api.screen.page import Content, Page, Panel
from api.screen.pages.customer.identity import title
from api.screen.visit import Visit
from domain.vietnamese_order import vietnamese_key
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.table import CUSTOMERS
from projections.health.gather import GatheredCustomers
from projections.tickets.table import TICKETS

MOST_TICKETS = 300
"""The health reads every event of every ticket. Of more tickets it stands on a page of its own."""


def health(visit: Visit, session: ReadSession) -> Content:
    """Score, band, coverage, each measure with its weight and points, and the same in sentences."""
    customer = customer_of(visit)
    gathered = GatheredCustomers(source_of(visit.reader, session), [customer])
    summary = summary_of_customer(gathered, customer, session)
    judged, text = health_of(gathered, summary, visit.language, visit.zone)
    return {
        "health": judged,
        "lines": text.splitlines(),
        "segments": sorted(segments_of(gathered, summary), key=vietnamese_key),
    }


def bounded_health(visit: Visit, session: ReadSession) -> Content:
    """The same of a customer with at most MOST_TICKETS tickets; else how many there are."""
    facts = facts_for(visit, session)
    tickets = tickets_in(facts, 0).total
    if tickets > MOST_TICKETS:
        return {"health": None, "tickets": tickets, "customer_id": facts.customers[0]}
    return health(visit, session)


PAGE = Page(
    name="customer_health",
    path="/customers/{customer_id}/health",
    panels=(Panel("health", health, wide=True),),
    projections=(AUDIT_HISTORY, CUSTOMERS, TICKETS),
    reading=reading,
    title=title,
    refreshes=False,
)
