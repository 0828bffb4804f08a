"""The access journal: who looked at what, what was refused, which sign-ins failed."""

from datetime import timedelta
from typing import get_args

from api.access_journal.entry import AccessAction
from api.access_journal.queries import AccessFilter, JournalRow, journal_page
from api.access_journal.words import WORDS
from api.http.paging import POSITION_KEY, cursor_key, cursor_of
from api.http.read_session import ReadSession
from api.http.request_access import count_rows
from api.screen.actions.table import ACTIONS as ACTION_TABLE
from api.screen.page import Content, Page, Panel
from api.screen.page_parameters import id_in
from api.screen.pages.audit.question import day_in
from api.screen.pages.query import one_of
from api.screen.pages.subjects import subject_path
from api.screen.visit import Visit
from domain.ids import short_reference
from domain.local_time import midnight
from projections.figures.registry import FIGURES

SHOWN = 50
ACTIONS: tuple[AccessAction, ...] = get_args(AccessAction)
_FORMS = {f"GET {each.path}": each.key for each in ACTION_TABLE}
_SENT = {f"POST {each.path}": each.key for each in ACTION_TABLE}
_SHOWN = {
    "GET /audit": "audit.title",
    "GET /audit/access": "access.title",
    "GET /audit/events/{position}": "audit_event.title",
    "GET /audit/proofs": "proofs.title",
    "GET /automation": "automation.title",
    "GET /customers": "customers.title",
    "GET /customers/{customer_id}": "customer",
    "GET /customers/{customer_id}/health": "access.health_of",
    "GET /customers/{customer_id}/timeline": "access.timeline_of",
    "GET /desk": "desk.title",
    "GET /figures": "figures.title",
    "GET /figures/{name}": "access.one_figure",
    "GET /keys": "keys.title",
    "GET /notifications": "notifications.title",
    "GET /notifications/{notification_id}": "access.one_notification",
    "GET /procedures": "procedures.title",
    "GET /procedures/{procedure_id}": "access.one_procedure",
    "GET /reports": "reports.title",
    "GET /reports/{report_id}": "access.one_report",
    "GET /reports/{report_id}/changes": "access.report_since",
    "GET /reports/{report_id}/verification": "access.report_again",
    "GET /rules": "rules.title",
    "GET /rules/{kind}/{name}": "access.one_rule",
    "GET /tickets": "tickets.title",
    "GET /tickets/{ticket_id}": "ticket.title",
    "GET /work": "work.title",
}
"""Addresses of the screen: the actions of forms, and the words that say what a page shows."""
_CONDITIONS = ("actor", "action", "customer", "ticket", "from", "to")


def _entries(visit: Visit, session: ReadSession) -> Content:
    """The newest entries first."""
    before = cursor_key(visit.one("cursor"), POSITION_KEY)
    page = journal_page(session.connection, visit.reader.tenant, _filter(visit), before=before, limit=SHOWN)
    count_rows(len(page.entries))
    return {
        "lines": [_line(entry, visit) for entry in page.entries],
        "cursor": cursor_of(page.next_before),
        "trimmed": page.trimmed,
        "given": {name: visit.one(name) or "" for name in _CONDITIONS},
        "actions": [(action, _coded(action, visit)) for action in ACTIONS],
    }


def _filter(visit: Visit) -> AccessFilter:
    """The conditions of a visit; at a past instant, what was recorded by then. Raises Problem (malformed)."""
    action = one_of(visit, "action", ACTIONS)
    first, last = (day_in(visit, name) for name in ("from", "to"))
    ends = [at + timedelta(microseconds=1) for at in (visit.reader.as_of, visit.reader.known_at) if at is not None]
    if last is not None:
        ends.append(midnight(last + timedelta(days=1), visit.zone))
    return AccessFilter(
        actor=visit.one("actor"),
        customer=id_in(visit, "customer"),
        ticket=id_in(visit, "ticket"),
        action=next((known for known in ACTIONS if known == action), None),
        since=None if first is None else midnight(first, visit.zone),
        until=min(ends, default=None),
    )


def _line(entry: JournalRow, visit: Visit) -> Content:
    """An entry in words."""
    words = WORDS[visit.language]
    actor = entry.actor or (_coded(entry.kind, visit) if entry.kind else words.nobody)
    return {
        "entry": entry,
        "who": actor if entry.on_behalf_of is None else words.actor_for.format(actor, entry.on_behalf_of),
        "origin": _coded(entry.origin, visit),
        "action": _coded(entry.action, visit),
        "what": entry.what.removeprefix("ticketledger "),
        "in_words": _in_words(entry.what, visit),
        "outcome": _coded(entry.outcome, visit),
        "is_good": entry.outcome == "done",
        "subjects": [
            (_coded(name, visit), short_reference(subject), subject_path(name, subject))
            for name, subject in (entry.subjects or {}).items()
        ]
        + ([(_coded("figure", visit), entry.figure, f"/figures/{entry.figure}")] if entry.figure in FIGURES else []),
    }


def _in_words(what: str, visit: Visit) -> str | None:
    """What was opened or sent, of an address of the screen; None of any other."""
    if what in _FORMS:
        return visit.w("access.opened_form", form=visit.w(f"actions.{_FORMS[what]}"))
    if what in _SENT:
        return visit.w("access.sent_form", form=visit.w(f"actions.{_SENT[what]}"))
    return visit.w("access.opened_page", page=visit.w(_SHOWN[what])) if what in _SHOWN else None


def _coded(code: str, visit: Visit) -> str:
    return WORDS[visit.language].coded(code)


PAGE = Page(
    "access",
    "/audit/access",
    (Panel("entries", _entries, wide=True, still=True),),
    scope="audit:read",
    whole=False,
    parameters=frozenset({*_CONDITIONS, "cursor"}),
    refreshes=False,
)
