"""What was said: answers to surveys, check-ins, notes and feedback; and the files."""

from api.http.customer_readings.facts import READINGS, FactsOf
from api.http.customer_readings.profile import NEWEST, newest_in
from api.http.read_session import ReadSession
from api.screen.customer_of_page import facts_for
from api.screen.page import Content
from api.screen.visit import Visit
from projections.customers.facts.shown import CheckInRow, NoteRow, NpsRow

_READING = {reading.word: reading for reading in READINGS}


def said(visit: Visit, session: ReadSession) -> Content:
    """The newest answers, check-ins and pieces of feedback."""
    facts = facts_for(visit, session)
    return {
        "nps_answers": newest_in(facts, "nps_answers", NpsRow),
        "check_ins": newest_in(facts, "check_ins", CheckInRow),
        "feedback": _newest(facts, "feedback"),
    }


def notes(visit: Visit, session: ReadSession) -> Content:
    """The newest internal notes."""
    return {"notes": newest_in(facts_for(visit, session), "customer_notes", NoteRow)}


def files(visit: Visit, session: ReadSession) -> Content:
    """The newest files of the customer and of its contracts."""
    return {"files": _newest(facts_for(visit, session), "files")}


def _newest(facts: FactsOf, word: str) -> list[object]:
    reading = _READING[word]
    rows = facts.page(reading.projection, reading.table, None, NEWEST)
    return [reading.show(row, facts.today, facts.zone) for row in rows]
