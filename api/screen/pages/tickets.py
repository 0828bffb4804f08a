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
from api.screen.pages.query import SET, is_set, one_of, some_of
from api.screen.search_text import text_in
from api.screen.visit import Visit
from domain.messages import Channel, Priority, WaitingFor
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
_OPEN: Mapping[str, bool | None] = {SET: True, "false": False, "all": None}
_LATE: Mapping[str, bool] = {SET: True, "false": False}
_ANYBODY = "any"
_WAITING: tuple[str, ...] = (_ANYBODY, *get_args(WaitingFor))
_WORDS: tuple[Criterion, ...] = ("team", "agent", "priority", "category", "channel")
_MOST_HITS = 200
"""Tickets that a search finds at most."""
_PAGE = 50
_KEY: TypeAdapter[tuple[bool, AwareDatetime, UUID]] = TypeAdapter(tuple[bool, AwareDatetime, UUID])


def choice_of(visit: Visit, session: ReadSession) -> TicketChoice:
    """Which tickets the query asks for: open ones, unless it says otherwise. Raises Problem (malformed)."""
    where: dict[Criterion, Wanted] = {name: text for name in _WORDS if (text := text_in(visit, name))}
    if is_set(visit, "unassigned"):
        where["agent"] = None
    waiting = one_of(visit, "waiting", _WAITING)
    if waiting is not None and waiting != _ANYBODY:
        where["waiting_for"] = waiting
    if (customer := id_in(visit, "customer")) is not None:
        where["customer"] = customer
    states = ["waiting"] if waiting else some_of(visit, "state", STATES)
    late = one_of(visit, "late", _LATE)
    text = text_in(visit, "q")
    tickets = None
    if text is not None:
        tickets = [hit.ticket for hit in tickets_matching(session.connection, session.schema, text, limit=_MOST_HITS)]
    openness = one_of(visit, "open", _OPEN)
    is_open = _OPEN[openness] if openness else None if states or text else True
    if is_open is not None:
        where["open"] = is_open
    return TicketChoice(where, states or None, tickets, _LATE[late] if late else None)


def _choose(visit: Visit, session: ReadSession) -> Content:
    """The form of the filters, with what they hold now."""
    customer = id_in(visit, "customer")
    name = names_of(session.connection, session.schema, [customer]) if customer else {}
    return {
        "states": STATES,
        "priorities": get_args(Priority),
        "channels": get_args(Channel),
        "waits": _WAITING,
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
        "rows": [(row, row.late_after is not None and row.late_after < session.now) for row in rows],
        "names": names_of(session.connection, session.schema, {row.customer for row in rows}),
        "count": counted(session.connection, session.schema, choice, session.now),
        "following": cursor_of(following),
        "is_cut": choice.tickets is not None and len(choice.tickets) == _MOST_HITS,
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
