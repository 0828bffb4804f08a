"""The state of a ticket at a glance, and what may be done to it."""

from collections.abc import Iterator, Mapping, Sequence

from api.http.read_session import ReadSession
from api.screen.actions.action import Action
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_tickets import (
    APPROVE_REPLY,
    KEEP_CALLBACK,
    MERGE,
    ON_TICKETS,
    REJECT_REPLY,
    UNDO_MERGE,
    WITHDRAW_CALLBACK,
)
from api.screen.page import Content
from api.screen.pages.ticket.stream import customer_name, history_of, row_of
from api.screen.visit import Visit
from domain.messages import Event
from domain.ticket import events as e
from projections.next_due import NEVER, TicketAction
from projections.point_in_time.readings import rows_as_they_were
from projections.sla.table import SLA_CLOCKS, SlaTicket
from projections.tickets.names_in_use import names_in_use
from projections.tickets.queries import number_of
from projections.tickets.table import TicketRow

_HELD: dict[str, tuple[str, ...]] = {"assign": ("team", "agent"), "categorise": ("category",)}
"""The fields of forms in which what the ticket has stands already."""


def glance(visit: Visit, session: ReadSession) -> Content:
    """The state, who holds the ticket, and what is due next."""
    row = row_of(visit, session, history_of(visit, session))
    rows = rows_as_they_were(session.connection, visit.reader.tenant, SLA_CLOCKS, row.ticket, **visit.reader.instants)
    due = next((each for each in rows if isinstance(each, SlaTicket)), None)
    late_after = due.late_after if due is not None and due.late_after != NEVER else None
    return {
        "ticket": row,
        "number": number_of(row),
        "customer_name": customer_name(visit, session, row.customer),
        "due": due,
        "is_late": late_after is not None and late_after < session.now,
    }


def offered(visit: Visit, session: ReadSession) -> Content:
    """The forms that the state of the ticket allows; none in the past, and none for a key that may only read."""
    if not visit.may_record("tickets:write"):
        return {"forms": (), "merge": None}
    row = row_of(visit, session, history_of(visit, session))
    lists = names_in_use(session.connection, session.schema)
    forms = [_form(visit, action, row, lists) for action in ON_TICKETS if row.state in action.states]
    if row.state in UNDO_MERGE.states:
        path = {"ticket_id": row.ticket}
        forms.append(form_of(visit, UNDO_MERGE, path, version=row.version, into=row.merged_into))
    merge = None
    if row.state in MERGE.states:
        merge = visit.link(MERGE.path.format(ticket_id=row.ticket))
    return {"forms": forms, "merge": merge}


def promised(visit: Visit, session: ReadSession) -> Content:
    """The calls that were promised and the replies that wait for a review, with what may be done."""
    history = history_of(visit, session)
    row = row_of(visit, session, history)
    rows = rows_as_they_were(session.connection, visit.reader.tenant, SLA_CLOCKS, row.ticket, **visit.reader.instants)
    payloads = {event.version: event.payload for event in history}
    may_act = visit.may_record("tickets:write")
    return {
        "items": [
            (
                each,
                each.late_after < session.now,
                _body(payloads.get(each.version)),
                list(_answers(visit, each, row)) if may_act else [],
            )
            for each in rows
            if isinstance(each, TicketAction)
        ],
    }


def _form(visit: Visit, action: Action, row: TicketRow, lists: Mapping[str, Sequence[str]]) -> Form:
    held = {name: getattr(row, name) for name in _HELD.get(action.word, ())}
    return form_of(visit, action, {"ticket_id": row.ticket}, version=row.version, lists=lists, **held)


def _answers(visit: Visit, item: TicketAction, row: TicketRow) -> Iterator[Form]:
    path = {"ticket_id": row.ticket}
    if item.kind == "callback":
        for action in (KEEP_CALLBACK, WITHDRAW_CALLBACK):
            yield form_of(visit, action, path, version=row.version, promise=item.version)
    else:
        for action in (APPROVE_REPLY, REJECT_REPLY):
            yield form_of(visit, action, path, version=row.version, proposal=item.version)


def _body(payload: Event | None) -> str | None:
    """The text of a proposed reply."""
    return payload.body if isinstance(payload, e.ReplyProposed) else None
