"""The erasure of the customer's personal data: its state, its deadlines and its legal holds."""

from api.erasing.readings import erasures_of
from api.http.read_session import ReadSession
from api.screen.actions.action import EVERY, Action
from api.screen.actions.of_erasures import ON_ERASURES
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from domain.erasure.state import BEGUN


def erasure(visit: Visit, session: ReadSession) -> Content:
    """The erasure of each record of the customer that has one, as it is now: it is the same at every instant."""
    facts = facts_for(visit, session)
    states = erasures_of(session.connection, visit.reader.tenant, facts.customers)
    survivor = facts.customers[0]
    state = next((each.state for each in states if each.customer == survivor), "none")
    return {"erasures": states, "customer_id": survivor, "actions": _offered(visit, state)}


def _offered(visit: Visit, state: str) -> list[Action]:
    """The actions that the state and the key of the visitor allow; none in the past or once erasing has begun."""
    if visit.is_past or state in BEGUN:
        return []
    return [
        action
        for action in ON_ERASURES
        if visit.may(action.collection.scope) and (action.states is EVERY or state in action.states)
    ]
