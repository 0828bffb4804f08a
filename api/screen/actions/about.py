"""What the form of an action is about: the ticket, customer, task or procedure that its address names."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api.http.read_session import ReadSession
from api.screen.actions.action import Action
from api.screen.page_parameters import id_of
from api.screen.visit import Visit, Visitor
from domain.ids import short_reference
from projections.audit.words import in_language, word_of
from projections.customers.queries import customer_in
from projections.customers.table import CUSTOMERS
from projections.engine.projection import Row
from projections.point_in_time.readings import rows_as_they_were
from projections.procedures.table import PROCEDURES, ProcedureRow
from projections.tasks.table import TASKS, TaskRow
from projections.tickets.queries import number_of, ticket_in
from projections.tickets.table import TICKETS

_KINDS = {
    "ticket_id": TICKETS,
    "customer_id": CUSTOMERS,
    "task_id": TASKS,
    "procedure_id": PROCEDURES,
}


class FormSubject(NamedTuple):
    """``name`` says what it is called, its number and its state. ``held`` are values of fields that it has already."""

    name: str
    state: str | None
    held: Mapping[str, Any]


def subject_of(visit: Visit, session: ReadSession, action: Action) -> FormSubject | None:
    """The subject as it is at the instants of the visit; None without one that the visitor may read."""
    name = action.collection.id
    projection = _KINDS.get(name)
    if projection is None or name not in visit.path or not visit.may("read"):
        return None
    stream = id_of(name, visit.path[name], unknown="nothing has that id")
    rows = rows_as_they_were(session.connection, visit.reader.tenant, projection, stream, **visit.reader.instants)
    match name:
        case "ticket_id":
            return _ticket(visit, rows)
        case "customer_id":
            return _customer(visit, rows)
        case _:
            return _other(visit, rows)


def title_of(action: Action, subject: FormSubject | None, visitor: Visitor) -> str:
    """The title of a page with the form: what it records, and of what."""
    name = visitor.w(f"actions.{action.key}")
    return name if subject is None else visitor.w("actions.titled", action=name, subject=subject.name)


def _ticket(visit: Visit, rows: list[Row]) -> FormSubject | None:
    ticket = ticket_in(rows, lambda customer: customer)
    if ticket is None:
        return None
    held = {"into": ticket.merged_into, "team": ticket.team, "agent": ticket.agent, "category": ticket.category}
    return FormSubject(_named(ticket.subject, number_of(ticket), ticket.state, visit), ticket.state, held)


def _customer(visit: Visit, rows: list[Row]) -> FormSubject | None:
    customer = customer_in(rows)
    if customer is None:
        return None
    number = customer.external_reference or short_reference(customer.customer)
    state = None if customer.merged_into is None else "merged"
    name = customer.name or visit.w("customer.no_name")
    return FormSubject(_named(name, number, state, visit), state, {"into": customer.merged_into})


def _other(visit: Visit, rows: list[Row]) -> FormSubject | None:
    for row in rows:
        if isinstance(row, TaskRow):
            return FormSubject(_named(row.title, short_reference(row.task), row.state, visit), row.state, {})
        if isinstance(row, ProcedureRow):
            number = short_reference(row.procedure_stream)
            return FormSubject(_named(row.procedure, number, row.state, visit), row.state, {})
    return None


def _named(name: str, number: str, state: str | None, visit: Visit) -> str:
    parts = number if state is None else f"{number}, {word_of('state', state, visit.language)}"
    return f"{in_language(name, visit.language)} ({parts})"
