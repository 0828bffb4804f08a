"""What the customer has: contracts with their terms, purchases, offers and usage."""

from datetime import date

from api.http.customer_readings.answers import totals_in, usage_in
from api.http.customer_readings.contracts import contracts_with_terms
from api.http.customer_readings.profile import LATEST, NEWEST
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from projections.contracts.queries import ContractRow

USAGE_DAYS = 14


def contracts(visit: Visit, session: ReadSession) -> Content:
    """The newest contracts with their terms, and the days until what is due of each; None where nothing is."""
    facts = facts_for(visit, session)
    shown = contracts_with_terms(facts, LATEST)
    return {"contracts": [(each, _days_until_due(each.contract, facts.today)) for each in shown]}


def _days_until_due(contract: ContractRow, today: date) -> int | None:
    """The days until the end of a term that runs, or until the end of the grace in which it can be renewed."""
    due = {"running": contract.ends_on, "grace": contract.grace_until}.get(contract.state)
    return None if due is None else (due - today).days


def purchases(visit: Visit, session: ReadSession) -> Content:
    """The totals by currency, and the newest purchases."""
    facts = facts_for(visit, session)
    return {"totals": totals_in(facts), **facts.newest({"purchases": NEWEST})}


def offers(visit: Visit, session: ReadSession) -> Content:
    """The newest offers."""
    return {**facts_for(visit, session).newest({"offers": NEWEST})}


def usage(visit: Visit, session: ReadSession) -> Content:
    """The last values by day."""
    return {"days": usage_in(facts_for(visit, session), limit=USAGE_DAYS)[:USAGE_DAYS]}
