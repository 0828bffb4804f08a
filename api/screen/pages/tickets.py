"""The tickets: filters and a search, what is late or due first in front."""

from collections.abc import Mapping
from typing import get_args
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.http.paging import cursor_key, cursor_of
from api.http.read_session import ReadSession
from api.screen.actions.of_tickets import RECEIVE
from api.screen.page import Content, Page, Panel
from api.screen.page_parameters import id_in
from api.screen.search_text import text_in
from api.screen.visit import Visit
from domain.messages import Channel, Priority, WaitingFor
from domain.text_folding import fold_code
from projections.customers.queries import names_of
from projections.customers.table import CUSTOMERS
from projections.scope.filters import Wanted
from projections.search.queries import tickets_matching
from projections.search.table import SEARCH
from projections.sla.table import SLA_CLOCKS
from projections.tickets.late_first import DueKey, TicketChoice, counted, late_first
from projections.tickets.names_in_use import names_in_use
from projections.tickets.queries import Criterion
from projections.tickets.table import TICKETS

STATES = ("received", "assigned", "in_progress", "waiting", "resolved", "closed", "merged", "cancelled")
_OPEN: Mapping[str, bool | None] = {"true": True, "false": False, "all": None}
_WORDS: tuple[Criterion, ...] = ("team", "agent", "priority", "category", "channel")
_FOUND = 200
"""Tickets that a search finds at most."""
_PAGE = 50
_KEY: TypeAdapter[tuple[bool, AwareDatetime, UUID]] = TypeAdapter(tuple[bool, AwareDatetime, UUID])


def choice_of(visit: Visit, session: ReadSession) -> TicketChoice:
    """Which tickets the query asks for: open ones, unless it says otherwise. Raises Problem (malformed)."""
    where: dict[Criterion, Wanted] = {name: text for name in _WORDS if (text := text_in(visit, name))}
    if visit.one("unassigned"):
        where["agent"] = None
    if (waiting := visit.one("waiting")) in get_args(WaitingFor):
        where["waiting_for"] = waiting
    if (customer := id_in(visit, "customer")) is not None:
        where["customer"] = customer
    states = ["waiting"] if waiting else [fold_code(state) for state in visit.query.get("state", ()) if state]
    is_late = {"true": True, "false": False}.get(visit.one("late") or "")
    text = text_in(visit, "q")
    found = None
    if text is not None:
        found = [hit.ticket for hit in tickets_matching(session.connection, session.schema, text, limit=_FOUND)]
    is_open = _OPEN.get(visit.one("open") or "", None if states or text else True)
    if is_open is not None:
        where["open"] = is_open
    return TicketChoice(where, states or None, found, is_late)


def _choose(visit: Visit, session: ReadSession) -> Content:
    """The form of the filters, with what they hold now."""
    customer = id_in(visit, "customer")
    name = names_of(session.connection, session.schema, [customer]) if customer else {}
    return {
        "states": STATES,
        "priorities": get_args(Priority),
        "channels": get_args(Channel),
        "waits": get_args(WaitingFor),
        "lists": names_in_use(session.connection, session.schema),
        "customer": customer,
        "customer_name": next(iter(name.values()), None),
        "receive": None if not visit.may_record(RECEIVE.collection.scope) else visit.link(RECEIVE.path),
    }


def _list(visit: Visit, session: ReadSession) -> Content:
    """A page of the list, with how many tickets it has in all."""
    choice = choice_of(visit, session)
    key = cursor_key(visit.one("cursor"), _KEY)
    after = None if key is None else DueKey(*key)
    rows, following = late_first(session.connection, session.schema, choice, session.now, after=after, limit=_PAGE)
    return {
        "rows": rows,
        "names": names_of(session.connection, session.schema, {row.customer for row in rows}),
        "count": counted(session.connection, session.schema, choice, session.now),
        "following": cursor_of(following),
        "now": session.now,
        "is_cut": choice.tickets is not None and len(choice.tickets) == _FOUND,
    }


PAGE = Page(
    name="tickets",
    path="/tickets",
    panels=(Panel("choose", _choose, wide=True), Panel("list", _list, wide=True)),
    projections=(TICKETS, SLA_CLOCKS, CUSTOMERS, SEARCH),
    parameters=frozenset(
        {
            "q", "state", "team", "agent", "priority", "category", "channel", "open", "late", "customer", "unassigned",
            "waiting", "cursor",
        }
    ),
    in_menu=True,
)  # fmt: skip
