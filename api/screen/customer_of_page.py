"""The customer that a page shows: the id in its address, and the records that are the same person."""

from contextlib import AbstractContextManager
from uuid import UUID

from api.http.customer_readings.facts import FactsOf, facts_of
from api.http.read_session import ReadSession
from api.screen.page_parameters import id_of
from api.screen.visit import Visit

UNKNOWN = "no customer has that id, or had it by then"


def customer_of(visit: Visit) -> UUID:
    """The id in the address. Raises Problem (not_found) for a text that is no id."""
    return id_of("customer_id", visit.path["customer_id"], unknown=UNKNOWN)


def reading(visit: Visit) -> AbstractContextManager[ReadSession]:
    """The snapshot of a page about a customer: in the past its panels fold many streams, in one slot."""
    return visit.reader.live_for_folds()


def facts_for(visit: Visit, session: ReadSession) -> FactsOf:
    """How to read what belongs to the customer of the page; found once for all panels. Raises Problem (not_found)."""
    customer = customer_of(visit)
    return session.once(f"facts of {customer}", lambda: facts_of(visit.reader, session, customer))
