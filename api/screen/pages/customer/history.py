"""What happened: the merges behind the customer with the matches that wait, and the newest of the timeline."""

from api.http.customer_readings.members import names_in
from api.http.customer_readings.merges import merges_in
from api.http.customer_readings.profile import customers_in
from api.http.customer_readings.timeline import timeline_of
from api.http.read_session import ReadSession
from api.screen.customer_of_page import customer_of, facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from projections.customers.proposals import waiting_matches

MOST_MATCHES = 20
LATEST = 10


def merges(visit: Visit, session: ReadSession) -> Content:
    """The merges and undoings, the newest first, each with whether it can be undone; the proposed matches of now."""
    facts = facts_for(visit, session)
    steps = merges_in(facts)
    matches = []
    if not visit.is_past:
        matches = waiting_matches(session.connection, session.schema, customer=facts.customers[0], limit=MOST_MATCHES)
    names = names_in(facts, {customer for step in steps for customer in (step.customer, step.into)})
    merged = {(row.customer, row.merged_into) for row in customers_in(facts)}
    return {
        "steps": [(step, not step.undone and (step.customer, step.into) in merged) for step in steps],
        "names": names,
        "matches": matches,
        "customer_id": facts.customers[0],
        "may": visit.may_record("customers:write"),
    }


def latest(visit: Visit, session: ReadSession) -> Content:
    """The newest entries of the timeline."""
    customer = customer_of(visit)
    page = timeline_of(visit.reader, session, customer, visit.language, order="newest", limit=LATEST, zone=visit.zone)
    return {"entries": page.entries, "customer_id": customer}
