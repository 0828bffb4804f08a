"""What stands above the form of an action: the search of what it is about, and what it would do."""

from collections.abc import Mapping
from uuid import UUID

from api.http.customer_readings.search import customers_found, tickets_found
from api.http.read_session import ReadSession
from api.screen.actions.recorded_since import Sentence, sentences_of
from api.screen.drawn_clocks import sentence_of
from api.screen.page_parameters import id_in, id_of
from api.screen.search_text import text_in
from api.screen.visit import Visit
from api.screen.words.rules import rule_in
from domain.refusal import Refusal
from projections.customers.queries import names_of
from projections.tickets.merge_preview import MergePreviewOfTickets, TicketAfterwards, merge_preview

HITS = 20


def whose_ticket(visit: Visit, session: ReadSession) -> Mapping[str, object]:
    """The customers that a search finds, and the one that was chosen."""
    text = text_in(visit, "q")
    chosen = id_in(visit, "customer_id")
    names = names_of(session.connection, session.schema, [chosen]) if chosen else {}
    hits = customers_found(session, text, visit.settings.phone_region, HITS) if text else []
    return {"text": text, "hits": hits, "chosen": chosen, "chosen_name": names.get(chosen) if chosen else None}


def what_a_merge_does(visit: Visit, session: ReadSession) -> Mapping[str, object]:
    """The tickets that a search finds, and what both tickets are after a merge into the chosen one."""
    text = text_in(visit, "q")
    source, target = id_of("ticket_id", visit.path["ticket_id"]), id_in(visit, "into")
    hits = [hit for hit in tickets_found(session, text, HITS) if hit.ticket != source] if text else []
    content: dict[str, object] = {"text": text, "hits": hits, "source": source, "target": target}
    return content | {"refusal": None, "ends": None, "goes_on": None} | _preview(visit, session, source, target)


def _preview(visit: Visit, session: ReadSession, source: UUID | None, target: UUID | None) -> dict[str, object]:
    if source is None or target is None:
        return {}
    try:
        preview: MergePreviewOfTickets | None = merge_preview(
            session.connection, visit.reader.tenant, source, target, visit.caller.actor, session.now
        )
    except Refusal as refusal:
        return {"refusal": rule_in(refusal.code, refusal.rule, visit.language)}
    if preview is None:
        return {"refusal": rule_in("ticket_unknown", "there is no such ticket", visit.language)}
    return {"ends": _side(visit, preview.ends), "goes_on": _side(visit, preview.goes_on)}


def _side(visit: Visit, after: TicketAfterwards) -> Mapping[str, object]:
    lines: list[Sentence] = sentences_of(after.history, visit.language, visit.zone, names_actors=True)
    return {
        "ticket": after.ticket,
        "clocks": [sentence_of(each, visit) for each in after.clocks],
        "new": lines[len(lines) - after.new :],
    }
