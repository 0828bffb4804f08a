"""What pages call tickets and customers by: a ticket by its number, subject and customer, a customer by name."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from api.http.read_session import ReadSession
from api.screen.pages.subjects import subject_path
from domain.ids import short_reference
from domain.readable import Language
from projections.audit.words import word_of
from projections.customers.queries import names_of
from projections.tickets.queries import number_of, tickets_by_id


class NamedSubject(NamedTuple):
    """``address`` is that of its page; None where its kind has none. ``customer`` is that of a ticket."""

    name: str
    address: str | None
    customer: UUID | None = None
    customer_name: str | None = None


def about_in_words(kind: str, named: NamedSubject, language: Language) -> str:
    """A subject as people call it; one whose kind has no names with its kind in front."""
    return named.name if kind in {"ticket", "customer"} else f"{word_of('stream kind', kind, language)} {named.name}"


def named_subjects(session: ReadSession, kinds: Mapping[UUID, str]) -> Mapping[UUID, NamedSubject]:
    """The subjects of some kinds, as they are now. What has no name is called by the end of its id."""
    connection, schema = session.connection, session.schema
    tickets = tickets_by_id(connection, schema, [each for each, kind in kinds.items() if kind == "ticket"])
    customers = {each for each, kind in kinds.items() if kind == "customer"}
    names = names_of(connection, schema, {*customers, *(ticket.customer for ticket in tickets.values())})
    named = {
        each: NamedSubject(names.get(each) or short_reference(each), subject_path(kinds[each], each)) for each in kinds
    }
    for each, ticket in tickets.items():
        name = f"{number_of(ticket)}, {ticket.subject}"
        named[each] = NamedSubject(name, subject_path("ticket", each), ticket.customer, names.get(ticket.customer))
    return named
