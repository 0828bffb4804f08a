"""The tickets of the customer, its procedures and its tasks."""

from api.http.customer_readings.tickets import open_and_past_in
from api.http.customer_readings.work import work_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.pages.procedures import title_in
from api.screen.visit import Visit
from domain.definitions.procedure_book import ProcedureBook

SHOWN = 10


def tickets(visit: Visit, session: ReadSession) -> Content:
    """Open ones first; each list begins with the newest."""
    facts = facts_for(visit, session)
    both = open_and_past_in(facts, SHOWN)
    return both._asdict() | {"customer_id": facts.customers[0], "shown": SHOWN}


def work(visit: Visit, session: ReadSession) -> Content:
    """Procedures and tasks, the newest first."""
    of_customer = work_in(facts_for(visit, session), SHOWN)._asdict()
    book = ProcedureBook(session.definitions(visit.reader.tenant))
    return of_customer | {"procedures": [(each, title_in(book, each, visit)) for each in of_customer["procedures"]]}
