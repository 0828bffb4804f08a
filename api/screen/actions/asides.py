"""What stands above the form of an action: the search of what it is about, and what it would do."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple
from uuid import UUID

from api.http.customer_readings.search import customer_hits, ticket_hits
from api.http.read_session import ReadSession
from api.refusal_words import rule_in
from api.screen.actions.recorded_since import sentences_of
from api.screen.drawn_clocks import sentence_of
from api.screen.page_parameters import id_in, id_of
from api.screen.search_text import text_in
from api.screen.visit import Visit
from domain.refusal import Refusal
from projections.customers.queries import names_of
from projections.customers.survivors import survivors_of
from projections.point_in_time.readings import rows_of_streams_as_they_were
from projections.search.queries import TicketHit
from projections.tickets.merge_preview import MergePreviewOfTickets, TicketAfterwards, merge_preview
from projections.tickets.queries import number_of
from projections.tickets.table import TICKETS, StoredTicket

HITS = 20


def whose_ticket(visit: Visit, session: ReadSession) -> Mapping[str, object]:
    """The customers that a search finds, and the one that was chosen."""
    text = text_in(visit, "q")
    chosen = id_in(visit, "customer_id")
    names = names_of(session.connection, session.schema, [chosen]) if chosen else {}
    hits = customer_hits(session, text, visit.settings.phone_region, HITS) if text else []
    return {"text": text, "hits": hits, "chosen": chosen, "chosen_name": names.get(chosen) if chosen else None}


def what_a_merge_does(visit: Visit, session: ReadSession) -> Mapping[str, object]:
    """The tickets that a search finds, and what both tickets are after a merge into the chosen one."""
    text = text_in(visit, "q")
    source, target = id_of("ticket_id", visit.path["ticket_id"]), id_in(visit, "into")
    hits = [hit for hit in ticket_hits(session, text, HITS) if hit.ticket != source] if text else []
    content: dict[str, object] = {
        "text": text,
        "hits": _with_names(visit, session, hits),
        "source": source,
        "target": target,
        "refusal": None,
        "ends": None,
        "goes_on": None,
        "customers_differ": False,
    }
    return content | _preview(visit, session, source, target)


def _with_names(visit: Visit, session: ReadSession, hits: Sequence[TicketHit]) -> list[Mapping[str, object]]:
    """The tickets that a search finds, each with its number and its customer."""
    if not hits:
        return []
    rows = rows_of_streams_as_they_were(
        session.connection, visit.reader.tenant, TICKETS, [hit.ticket for hit in hits], known_at=None, as_of=None
    )
    numbers = {row.ticket: number_of(row) for row in rows if isinstance(row, StoredTicket)}
    named = _customers(session, [hit.customer for hit in hits])
    return [{"hit": hit, "number": numbers[hit.ticket], "customer_name": named[hit.customer].name} for hit in hits]


class _Survivor(NamedTuple):
    customer: UUID
    name: str | None


def _customers(session: ReadSession, ids: Collection[UUID]) -> Mapping[UUID, _Survivor]:
    """The survivor of each customer, with its name."""
    survivors = survivors_of(session.connection, session.schema, ids)
    by_id = {each: survivors.get(each, each) for each in ids}
    names = names_of(session.connection, session.schema, set(by_id.values()))
    return {each: _Survivor(survivor, names.get(survivor)) for each, survivor in by_id.items()}


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
    tickets = [side.ticket for side in (preview.ends, preview.goes_on)]
    customers = _customers(session, [ticket.customer for ticket in tickets])
    ends, goes_on = (
        _side(visit, session, side, customers[side.ticket.customer]) for side in (preview.ends, preview.goes_on)
    )
    return {"ends": ends, "goes_on": goes_on, "customers_differ": ends["customer"] != goes_on["customer"]}


def _side(visit: Visit, session: ReadSession, after: TicketAfterwards, customer: _Survivor) -> Mapping[str, object]:
    """A ticket after the merge. Its new lines have no reason yet."""
    new = sentences_of(session.connection, visit, after.history)[len(after.history) - after.new :]
    return {
        "ticket": after.ticket,
        "number": number_of(after.ticket),
        "customer": customer.customer,
        "customer_name": customer.name,
        "clocks": [sentence_of(each, visit) for each in after.clocks],
        "new": [replace(each, reason=None) for each in new],
    }
