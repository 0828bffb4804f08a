"""What stands above the form of a merge, of an answer to a match, and of an undoing."""

from collections.abc import Callable
from uuid import UUID

from api.http.customer_readings.merge_preview import merge_preview
from api.http.customer_readings.search import customer_hits
from api.http.customer_readings.since_merge import since_merge_in_words
from api.http.problems import malformed
from api.http.read_session import ReadSession
from api.refusal_words import rule_in
from api.screen.customer_of_page import UNKNOWN, customer_of
from api.screen.page import Content
from api.screen.page_parameters import id_of
from api.screen.search_text import text_in
from api.screen.visit import Visit

HITS = 10


def both(other: str) -> Callable[[Visit, ReadSession], Content]:
    """Both customers of a merge; the parameter ``other`` names the one that goes on. Without it, a search for it."""

    def aside(visit: Visit, session: ReadSession) -> Content:
        customer, named = customer_of(visit), visit.one(other)
        if named is None and other != "into":
            raise malformed([{"loc": (other,), "msg": "name the other customer"}])
        if named is None:
            return {"customer_id": customer, "preview": None, **_search_hits(visit, session, customer)}
        other_id = id_of(other, named, unknown=UNKNOWN)
        preview = merge_preview(visit.reader, session, customer, other_id)
        refusal = preview.refusal
        rule = None if refusal is None else rule_in(refusal.code, refusal.rule, visit.language)
        return {"customer_id": customer, "other_id": other_id, "preview": preview, "rule": rule}

    return aside


def after_merge(visit: Visit, session: ReadSession) -> Content:
    """What was recorded on the survivor since the merge: it stays there. Raises Problem (not_found)."""
    customer = customer_of(visit)
    entries = since_merge_in_words(visit.reader, session, customer, visit.language, visit.zone)
    return {"entries": entries.entries, "customer_id": customer}


def _search_hits(visit: Visit, session: ReadSession, customer: UUID) -> Content:
    text = text_in(visit, "q")
    hits = customer_hits(session, text, visit.settings.phone_region, HITS + 1) if text else []
    return {"text": text, "hits": [hit for hit in hits if hit.customer != customer][:HITS]}
