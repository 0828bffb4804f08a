"""The customers: a search, the newest ones, and the proposed matches that wait for an answer."""

from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from api.http.customer_readings.search import customer_hits, ticket_hits
from api.http.paging import cursor_key, page_of
from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.search_text import text_in
from api.screen.visit import Visit
from projections.customers.proposals import ProposalKey, waiting_matches
from projections.customers.queries import newest_customers
from projections.customers.table import CUSTOMERS
from projections.search.table import SEARCH
from projections.tickets.table import TICKETS

HITS = 20
NEWEST = 20
MATCHES = 20
_PROPOSAL_KEY: TypeAdapter[ProposalKey] = TypeAdapter(tuple[datetime, UUID, UUID])


def _search(visit: Visit, session: ReadSession) -> Content:
    """The hits of the text, the likeliest first; None without a text. ``most`` of each kind are listed."""
    text = text_in(visit, "q")
    if text is None:
        return {"text": None, "customers_found": (), "tickets": (), "most": HITS}
    customers = customer_hits(session, text, visit.settings.phone_region, HITS + 1)
    return {"text": text, "customers_found": customers, "tickets": ticket_hits(session, text, HITS + 1), "most": HITS}


def _newest(visit: Visit, session: ReadSession) -> Content:
    return {"newest": newest_customers(session.connection, session.schema, NEWEST), "may": _may(visit)}


def _matches(visit: Visit, session: ReadSession) -> Content:
    """The matches that wait, the oldest first."""
    after = cursor_key(visit.one("cursor"), _PROPOSAL_KEY)
    proposals = waiting_matches(session.connection, session.schema, after=after, limit=MATCHES + 1)
    matches, following = page_of(proposals, MATCHES, lambda row: (row.proposed_at, row.customer, row.other))
    return {"matches": matches, "following": following, "may": _may(visit)}


def _may(visit: Visit) -> bool:
    """Whether the visitor may record something."""
    return visit.may_record("customers:write")


PAGE = Page(
    name="customers",
    path="/customers",
    panels=(Panel("search", _search, wide=True), Panel("newest", _newest), Panel("matches", _matches)),
    projections=(SEARCH, CUSTOMERS, TICKETS),
    parameters=frozenset({"q", "cursor"}),
    in_menu=True,
    refreshes=False,
)
