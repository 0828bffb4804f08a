"""The facts behind a part of a figure, with the pages of what they are about."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.headings import heading, reason_words
from api.http.paging import cursor_key, page_of
from api.http.read_session import ReadSession
from api.screen.page import Content
from api.screen.pages.figures.question_in_address import question_of
from api.screen.pages.subjects import subject_path
from api.screen.visit import Visit
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS
from projections.figures.counting import LEFT_OUT
from projections.figures.figure import Figure, FigureSubject
from projections.sla.due_instants import due_instants
from projections.sla.table import SLA_CLOCKS
from projections.tickets.queries import named_tickets
from projections.tickets.table import TICKETS

_KEY = TypeAdapter(tuple[AwareDatetime, UUID | None, str | None])
_FACTS = 50


class _Named(NamedTuple):
    """What a fact is about, with its page."""

    text: str
    address: str | None


class _Fact(NamedTuple):
    """``fact`` names it among several of one subject; ``customer`` is None where the subject is the customer.

    ``due`` is that of a clock; ``team`` and ``agent`` hold the ticket now.
    """

    at: datetime
    subject: _Named
    fact: str | None
    due: datetime | None
    team: str | None
    agent: str | None
    customer: _Named | None
    final: bool


def facts_behind(visit: Visit, session: ReadSession) -> Content:
    """A page of the facts behind the part that is asked for."""
    part = visit.one("part")
    if part is None:
        return {"part": None}
    question = question_of(visit)
    after = cursor_key(visit.one("cursor"), _KEY)
    behind = question.facts(visit, session, part, after, _FACTS + 1)
    page, following = page_of(behind, _FACTS, lambda fact: (fact.at, fact.subject, fact.fact))
    names = _SubjectNames(visit, session, question.figure, page)
    reason = part.removeprefix(LEFT_OUT)
    words = heading(part, visit.language) if reason == part else reason_words(reason, visit.language)
    facts = [names.fact(fact) for fact in page]
    columns = [
        *(["at"] if question.figure.judged != "at the present instant" else []),
        "subject",
        *(name for name in ("fact", "due", "team", "agent", "customer") if any(getattr(fact, name) for fact in facts)),
        "state",
    ]
    return {"part": words, "facts": facts, "columns": columns, "cursor": following}


class _SubjectNames:
    """The subjects of tickets and the names of customers that some facts are about."""

    def __init__(self, visit: Visit, session: ReadSession, figure: Figure, facts: Sequence[FigureSubject]) -> None:
        self._visit, self._kind = visit, figure.subject
        subjects = {fact.subject for fact in facts if fact.subject is not None}
        customers = {fact.customer for fact in facts if fact.customer is not None}
        if self._kind == "customer":
            customers |= subjects
        connection, schema = session.connection, session.schema
        self._tickets = named_tickets(connection, schema, subjects) if TICKETS in figure.projections else {}
        self._due = due_instants(connection, schema, self._tickets) if SLA_CLOCKS in figure.projections else {}
        self._customers = names_of(connection, schema, customers) if CUSTOMERS in figure.projections else {}

    def fact(self, fact: FigureSubject) -> _Fact:
        """A fact with names."""
        subject = self._subject(fact)
        customer = self._customer(fact.customer) if self._kind != "customer" else None
        ticket = self._tickets.get(fact.subject) if fact.subject else None
        due, name = None, None if fact.fact == subject.text else fact.fact
        if fact.subject and fact.fact and (fact.subject, fact.fact) in self._due:
            due, name = self._due[fact.subject, fact.fact], self._clock(fact.fact)
        return _Fact(fact.at, subject, name, due, ticket and ticket.team, ticket and ticket.agent, customer, fact.final)

    def _clock(self, fact: str) -> str:
        """A clock in words, such as "Next response 2"; the first one of its target has no number."""
        target, _, instance = fact.partition("/")
        words = self._visit.w(f"desk.target_{target}")
        return words if instance == "1" else f"{words} {instance}"

    def _subject(self, fact: FigureSubject) -> _Named:
        if fact.subject is None:
            return _Named(fact.fact or "", self._visit.link("/work", **{self._kind: fact.fact}))
        if self._kind == "customer":
            return self._customer(fact.subject) or _Named(str(fact.subject), None)
        if self._kind == "contract":
            customer = self._customer(fact.customer)
            return _Named(str(fact.subject), customer and customer.address)
        kind = "ticket" if fact.subject in self._tickets else self._kind
        text = self._tickets[fact.subject].subject if fact.subject in self._tickets else str(fact.subject)
        path = subject_path(kind, fact.subject)
        return _Named(text, None if path is None else self._visit.link(path))

    def _customer(self, customer: UUID | None) -> _Named | None:
        if customer is None:
            return None
        name = self._customers.get(customer) or str(customer)
        return _Named(name, self._visit.link(f"/customers/{customer}"))
