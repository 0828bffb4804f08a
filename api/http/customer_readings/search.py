"""The customers and tickets that a text may mean."""

from phonenumbers import country_code_for_region

from api.http.read_session import ReadSession
from projections.search.queries import CustomerHit, TicketHit, customers_matching, tickets_matching


def customer_hits(view: ReadSession, text: str, region: str, limit: int) -> list[CustomerHit]:
    """Customers by name, number, address and reference; ``region`` is the country of national numbers."""
    code = country_code_for_region(region) or None
    return customers_matching(view.connection, view.schema, text, limit=limit, country_code=code)


def ticket_hits(view: ReadSession, text: str, limit: int) -> list[TicketHit]:
    """Tickets by id, reference and the words of their subject."""
    return tickets_matching(view.connection, view.schema, text, limit=limit)
