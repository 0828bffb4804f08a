"""The erasure of the customer's personal data: its state, its deadlines and its legal holds."""

from api.erasing.readings import erasures_of
from api.http.read_session import ReadSession
from api.screen.page import Content
from api.screen.pages.customer.reading import facts_for
from api.screen.visit import Visit


def erasure(visit: Visit, session: ReadSession) -> Content:
    """Of each record of the customer that has one, as they are now: an erasure is the same at every instant."""
    facts = facts_for(visit, session)
    return {"erasures": erasures_of(session.connection, visit.reader.tenant, facts.customers)}
