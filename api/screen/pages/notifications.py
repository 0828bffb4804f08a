"""The pages of notifications: a list with what a person has to decide about, and one with its text."""

from collections.abc import Mapping, Sequence
from typing import get_args
from uuid import UUID

from api.http.paging import POSITION_KEY, cursor_key, cursor_of
from api.http.problems import unknown_id
from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_automation import RESEND
from api.screen.page import Content, Page, Panel
from api.screen.page_parameters import id_in, id_of
from api.screen.pages.named_subjects import NamedSubject, about_in_words, named_subjects
from api.screen.pages.query import is_set, one_of
from api.screen.pages.rules.titles import rule_titles
from api.screen.visit import Visit
from domain.notification.commands import NotificationChannel
from domain.text_folding import fold_name
from projections.audit.words import word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.family import family_of
from projections.customers.table import CUSTOMERS
from projections.notifications.queries import NotificationFilter, notifications, one_notification
from projections.notifications.table import NOTIFICATIONS, STATES, NotificationRow
from projections.notifications.texts import texts_of
from projections.point_in_time.readings import rows_as_they_were
from projections.tickets.table import TICKETS

SHOWN = 50
CHANNELS = get_args(NotificationChannel)
_RESENT = frozenset({"failed", "uncertain", "suppressed"})
"""The states in which a person may have it sent again."""


def _listed(visit: Visit, session: ReadSession) -> Content:
    """Those that were requested last first."""
    customer, state, channel = (
        id_in(visit, "customer"),
        one_of(visit, "state", STATES),
        one_of(visit, "channel", CHANNELS),
    )
    members = () if customer is None else family_of(session.connection, session.schema, customer).members
    wanted = NotificationFilter(
        [state] if state else (), members, channel, visit.one("rule"), dead=is_set(visit, "dead")
    )
    after = cursor_key(visit.one("cursor"), POSITION_KEY)
    listed, following = notifications(session.connection, session.schema, wanted, after=after, limit=SHOWN)
    named = _named(listed, session)
    return {
        "rows": [{"row": each, **_in_words(each, visit, named), "form": _resend(each, visit)} for each in listed],
        "cursor": cursor_of(following),
        "states": {name: word_of("state of a notification", name, visit.language) for name in STATES},
        "channels": CHANNELS,
    }


def _facts(visit: Visit, session: ReadSession) -> Content:
    """How it stands, and the form that has it sent again."""
    row = _row(visit, session)
    rule_title = row.rule and rule_titles(visit, session).get(fold_name(row.rule))
    words = _in_words(row, visit, _named([row], session))
    return {"row": row, **words, "rule_title": rule_title, "form": _resend(row, visit)}


def _text(visit: Visit, session: ReadSession) -> Content:
    """The text, rendered again from the version of its template."""
    row = _row(visit, session)
    return {
        "text": texts_of(session.connection, visit.reader.tenant, [row.notification], session.position).get(
            row.notification
        )
    }


def _row(visit: Visit, session: ReadSession) -> NotificationRow:
    """The notification of the address at the instants of the visit. Raises Problem (not_found)."""
    stream, reader = id_of("notification_id", visit.path["notification_id"]), visit.reader
    if visit.is_past:
        rows = rows_as_they_were(session.connection, reader.tenant, NOTIFICATIONS, stream, **reader.instants)
        notification = next((row for row in rows if isinstance(row, NotificationRow)), None)
    else:
        notification = one_notification(session.connection, session.schema, stream)
    if notification is None:
        raise unknown_id()
    return notification


def _named(rows: Sequence[NotificationRow], session: ReadSession) -> Mapping[UUID, NamedSubject]:
    """The customers that notifications go to, and their subjects."""
    kinds = {row.customer: "customer" for row in rows if row.customer is not None}
    return named_subjects(session, kinds | {row.about: row.about_kind for row in rows if row.about and row.about_kind})


def _in_words(row: NotificationRow, visit: Visit, named: Mapping[UUID, NamedSubject]) -> dict[str, str | None]:
    language = visit.language
    customer = named[row.customer] if row.customer is not None else None
    about = named[row.about] if row.about is not None and row.about_kind else None
    return {
        "state": word_of("state of a notification", row.state, language),
        "why": row.why and word_of("why", row.why, language),
        "purpose": word_of("purpose", row.purpose, language),
        "title": _title(row, visit),
        "recipient": customer.name if customer and row.to_kind == "customer" else row.recipient,
        "to": customer and customer.address,
        "about": about and about.address,
        "about_what": about and about_in_words(row.about_kind or "", about, language),
        "sign": _SIGNS.get(row.state, ""),
    }


def _title(row: NotificationRow, visit: Visit) -> str:
    """What its template is called; a template that is not shipped has its name alone."""
    title = word_of("template", row.template, visit.language)
    return title[:1].upper() + title[1:] if title != row.template else title


def _resend(row: NotificationRow, visit: Visit) -> Form | None:
    """The form that has it sent again; None where that is not possible, or not allowed."""
    if row.state not in _RESENT or row.next_at is not None or not visit.may_record("customers:write"):
        return None
    return form_of(visit, RESEND, {"notification_id": row.notification}, version=row.version)


_SIGNS = {"failed": "bad", "uncertain": "warn", "suppressed": "warn", "delivered": "good", "handed_over": "good"}
"""The class of a state's tag."""

LIST = Page(
    "notifications",
    "/notifications",
    (Panel("listed", _listed, wide=True),),
    (NOTIFICATIONS, AUDIT_HISTORY, CUSTOMERS, TICKETS),
    parameters=frozenset({"state", "channel", "customer", "rule", "dead", "cursor"}),
)
NOTIFICATION_PAGE = Page(
    "notification",
    "/notifications/{notification_id}",
    (Panel("facts", _facts), Panel("text", _text)),
    (NOTIFICATIONS, CUSTOMERS, TICKETS),
    whole=False,
    title=lambda visit, session: _title(_row(visit, session), visit),
    refreshes=False,
)
