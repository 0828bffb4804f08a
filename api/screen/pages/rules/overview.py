"""The page of everything that is configured."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from api.configured.file_text import waiting_to_be_adopted
from api.configured.versions import (
    CALENDAR,
    POLICY,
    ConfiguredVersion,
    all_versions,
    configured_versions,
    published_up_to,
    version_in_effect,
)
from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_position
from api.screen.pages.rules.addresses import kind_in_words, rule_path, title_in
from api.screen.pages.rules.draft_form import PUBLISH
from api.screen.visit import Visit, Visitor
from domain.definitions.kind import TENANT
from domain.definitions.kinds import KINDS
from domain.ids import new_id_text
from domain.text_by_language import in_language

MOST_OPEN = 6
"""The rows of a kind that the page shows at once; more of them are folded away."""


class ConfiguredRow(NamedTuple):
    """``current`` is the version in effect; ``coming`` the newest one where it takes effect later.

    Both are None for a kind of which nothing is published.
    """

    kind: str
    name: str
    shown: str
    title: str | None
    path: str
    current: ConfiguredVersion | None
    coming: ConfiguredVersion | None


class KindRows(NamedTuple):
    """The rows of one kind of definitions. ``named``: there may be several, each with a name of its own."""

    kind: str
    words: str
    named: bool
    rows: Sequence[ConfiguredRow]


def _promises(visit: Visit, session: ReadSession) -> Content:
    """The policy and the calendars."""
    return {"rows": [row for row in _rows(visit, session) if row.kind in {POLICY, CALENDAR}]}


def _definitions(visit: Visit, session: ReadSession) -> Content:
    """Every kind of definitions, with what is published of it."""
    rows = list(_rows(visit, session))
    kinds = [*KINDS, *sorted({row.kind for row in rows} - {*KINDS, POLICY, CALENDAR})]
    return {
        "most_open": MOST_OPEN,
        "kinds": [_of_kind(kind, [row for row in rows if row.kind == kind], visit) for kind in kinds],
    }


def _shipped(visit: Visit, session: ReadSession) -> Content:
    """The definitions that come with the program and are not in effect as they are shipped."""
    published = published_up_to(session.connection, visit.reader.tenant, last_position(visit, session))
    waiting = [
        shipped_row(kind, name, body, visit, changed=bool(configured_versions(published, kind, name)))
        for kind, name, body in waiting_to_be_adopted(published, session.now)
    ]
    may_adopt = visit.may_record(PUBLISH)
    return {"waiting": waiting, "may_adopt": may_adopt, "command_id": new_id_text()}


def shipped_row(kind: str, name: str, body: object, visitor: Visitor, *, changed: bool = False) -> dict[str, object]:
    """A shipped definition in words; ``changed``: other versions of that name are published."""
    return {
        "kind": kind,
        "words": kind_in_words(kind, visitor),
        "name": name,
        "title": in_language(getattr(body, "title", None), visitor.language),
        "description": in_language(getattr(body, "description", None), visitor.language),
        "path": rule_path(kind, name),
        "changed": changed,
    }


def _begin(visit: Visit, _session: ReadSession) -> Content:
    """What may be written under a new name."""
    kind, name = visit.one("kind"), (visit.one("name") or "").strip()
    kinds = {each: kind_in_words(each, visit) for each in (CALENDAR, *KINDS) if each == CALENDAR or _is_named(each)}
    path = rule_path(kind, name) if kind in kinds and name else None
    return {"kinds": kinds, "kind": kind, "name": name, "path": path, "may": visit.may_record(PUBLISH)}


def _rows(visit: Visit, session: ReadSession) -> Iterator[ConfiguredRow]:
    published = published_up_to(session.connection, visit.reader.tenant, last_position(visit, session))
    for (kind, name), versions in all_versions(published).items():
        yield _row(kind, name, versions, session.now, visit)


def _row(kind: str, name: str, versions: Sequence[ConfiguredVersion], now: datetime, visit: Visit) -> ConfiguredRow:
    current, newest = version_in_effect(versions, now), versions[-1]
    coming = newest if newest is not current and newest.effective_from > now else None
    shown = current or newest
    words = kind_in_words(kind, visit) if name == TENANT else shown.name
    path = rule_path(kind, shown.name)
    return ConfiguredRow(kind, shown.name, words, title_in(shown, visit), path, current, coming)


def _of_kind(kind: str, rows: Sequence[ConfiguredRow], visit: Visit) -> KindRows:
    named = _is_named(kind)
    if not rows and not named:
        rows = [ConfiguredRow(kind, TENANT, kind_in_words(kind, visit), None, rule_path(kind, TENANT), None, None)]
    return KindRows(kind, kind_in_words(kind, visit), named, rows)


def _is_named(kind: str) -> bool:
    return kind in KINDS and not KINDS[kind].tenant_wide


PAGE = Page(
    "rules",
    "/rules",
    (
        Panel("promises", _promises, wide=True),
        Panel("definitions", _definitions, wide=True),
        Panel("shipped", _shipped, wide=True),
        Panel("begin", _begin),
    ),
    whole=False,
    parameters=frozenset({"kind", "name"}),
    in_menu=True,
    refreshes=False,
)
