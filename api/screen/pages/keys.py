"""The page of keys, for visitors who may make keys."""

from api.api_keys import LONGEST_WALL, list_keys
from api.http.read_session import ReadSession
from api.screen.keys.key_form import (
    BACK_DATING,
    KINDS,
    LONGEST_DAYS,
    SCOPES,
    USUAL_DAYS,
    USUAL_OVERLAP_DAYS,
    USUAL_WALL_DAYS,
)
from api.screen.keys.key_row import KeyRow, key_rows
from api.screen.keys.tenant_facts import tenant_facts
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_instant
from api.screen.visit import Visit
from domain.ids import new_id_text

CHOICES: Content = {
    "kinds": KINDS,
    "scopes": SCOPES,
    "back_datings": ("usual", *BACK_DATING),
    "overlap_days": USUAL_OVERLAP_DAYS,
    "days": USUAL_DAYS,
    "wall_days": USUAL_WALL_DAYS,
    "longest_days": LONGEST_DAYS,
    "longest_wall_days": LONGEST_WALL.days,
}
"""What people choose from in the forms, what stands in them at first, and the largest numbers of days."""


def _tenant(visit: Visit, session: ReadSession) -> Content:
    """The tenant; its facts and settings are those of the present, so a page of the past leaves them out."""
    tenant = visit.caller.tenant
    return {"tenant": tenant, "facts": None if visit.is_past else tenant_facts(session.connection, tenant)}


def _keys(visit: Visit, session: ReadSession) -> Content:
    return {**CHOICES, "keys": _rows(visit, session, of_walls=False), "ids": new_id_text, "typed": {}}


def _walls(visit: Visit, session: ReadSession) -> Content:
    return {**CHOICES, "walls": _rows(visit, session, of_walls=True), "ids": new_id_text, "typed": {}}


def _make(_visit: Visit, _session: ReadSession) -> Content:
    return {**CHOICES, "ids": new_id_text, "typed": {}}


def _rows(visit: Visit, session: ReadSession, *, of_walls: bool) -> list[KeyRow]:
    """The keys of the tenant. The role of readings does not see them."""
    with visit.container.keys.connection() as connection:
        keys = list_keys(connection, visit.caller.tenant)
    return key_rows(keys, last_instant(visit) or session.now, of_walls=of_walls)


PAGE = Page(
    "keys",
    "/keys",
    (
        Panel("keys", _keys, wide=True),
        Panel("make", _make),
        Panel("walls", _walls),
        Panel("tenant", _tenant),
    ),
    scope="admin",
    whole=False,
    in_menu=True,
    refreshes=False,
)
