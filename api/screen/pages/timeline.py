"""The timeline of a customer: everything that happened, over every channel, in one order, by kind, page by page."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast, get_args

from pydantic import TypeAdapter

from api.http.customer_readings.timeline import timeline_of
from api.http.paging import Position, cursor_key, cursor_of
from api.http.read_session import ReadSession
from api.screen.customer_of_page import customer_of, reading
from api.screen.page import Content, Page, Panel
from api.screen.pages.customer.identity import title
from api.screen.pages.query import some_of
from api.screen.visit import Visit
from projections.audit.names import NAMED_IN
from projections.audit_history.table import AUDIT_HISTORY
from projections.timeline.kinds import Kind
from projections.timeline.queries import Order, TimelineKey

ENTRIES = 50
KINDS: tuple[Kind, ...] = get_args(Kind)
ORDERS: tuple[Order, ...] = get_args(Order)
_KEY: TypeAdapter[tuple[datetime, int]] = TypeAdapter(tuple[datetime, Position])


def _entries(visit: Visit, session: ReadSession) -> Content:
    """A page of entries of the chosen kinds; the newest first unless the visitor asks for the oldest."""
    customer = customer_of(visit)
    kinds = cast("Sequence[Kind]", some_of(visit, "kind", KINDS))
    order = cast("Order", next(iter(some_of(visit, "order", ORDERS)), "newest"))
    key = cursor_key(visit.one("cursor"), _KEY)
    page = timeline_of(
        visit.reader,
        session,
        customer,
        visit.language,
        kinds=kinds,
        order=order,
        after=None if key is None else TimelineKey(*key),
        limit=ENTRIES,
        zone=visit.zone,
    )
    return {
        "entries": page.entries,
        "following": cursor_of(page.following),
        "kinds": KINDS,
        "chosen": kinds,
        "order": order,
        "customer_id": customer,
    }


def _title(visit: Visit, session: ReadSession) -> str:
    return visit.w("timeline.title", name=title(visit, session))


PAGE = Page(
    name="timeline",
    path="/customers/{customer_id}/timeline",
    panels=(Panel("entries", _entries, wide=True),),
    projections=(AUDIT_HISTORY, *NAMED_IN),
    reading=reading,
    title=_title,
    parameters=frozenset({"kind", "order", "cursor"}),
)
