"""What was said: answers to surveys, check-ins, notes and feedback; and the files."""

from api.http.customer_readings.profile import NEWEST
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit


def said(visit: Visit, session: ReadSession) -> Content:
    """The newest answers, check-ins and pieces of feedback."""
    newest = facts_for(visit, session).newest({"nps-answers": NEWEST, "check-ins": NEWEST, "feedback": NEWEST})
    return {word.replace("-", "_"): rows for word, rows in newest.items()}


def notes(visit: Visit, session: ReadSession) -> Content:
    """The newest internal notes."""
    return {**facts_for(visit, session).newest({"notes": NEWEST})}


def files(visit: Visit, session: ReadSession) -> Content:
    """The newest files of the customer and of its contracts."""
    return {**facts_for(visit, session).newest({"files": NEWEST})}
