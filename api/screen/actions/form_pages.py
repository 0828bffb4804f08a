"""The page of each action: its form alone, at the address that takes it."""

from collections.abc import Mapping
from typing import Any

from api.http.command_table.erasures import ERASURES
from api.http.command_table.tasks import TASKS
from api.http.command_table.tickets import TICKETS
from api.http.problems import Problem
from api.http.read_session import ReadSession
from api.refusal_words import rule_in
from api.screen.actions.about import FormSubject, subject_of, title_of
from api.screen.actions.action import Action
from api.screen.actions.fields import FormField
from api.screen.actions.form import BACK, VERSION, Form, form_of, version_in
from api.screen.actions.table import ACTIONS
from api.screen.local_path import local_path
from api.screen.page import Page, Panel
from api.screen.page_parameters import id_of
from api.screen.visit import Visit
from domain.erasure.state import erasure_stream
from domain.event_log import reader
from projections.audit.words import word_of


def form_in_query(visit: Visit, session: ReadSession, action: Action, subject: FormSubject | None) -> Form:
    """The form with what the query or else the subject says of its fields.

    It is for the version that the query or the stream has.
    """
    held: Mapping[str, Any] = {} if subject is None else subject.held
    typed: dict[str, Any] = {each.name: visit.one(each.name) or held.get(each.name) for each in action.form_fields}
    back = local_path(visit.one(BACK) or "", action.back_of(visit.path))
    return form_of(
        visit,
        action,
        visit.path,
        version=version_in(visit.one(VERSION)) or _version(visit, session, action),
        back=back,
        **{name: value for name, value in typed.items() if value},
    )


def _version(visit: Visit, session: ReadSession, action: Action) -> int | None:
    """The version of the stream that the address names; None where it names none."""
    try:
        stream = id_of(action.collection.id, visit.path[action.collection.id])
    except (KeyError, Problem):
        return None
    if action.collection.name == ERASURES.name:
        stream = erasure_stream(stream)
    return reader.versions(session.connection, visit.reader.tenant, [stream]).get(stream)


def _why_not(visit: Visit, action: Action, subject: FormSubject | None) -> str | None:
    """Why the form cannot be filled in; None where it can, or where the page says above what is missing."""
    state = None if subject is None else subject.state
    if state is not None and action.states and state not in action.states and action.collection in _WITH_STATES:
        refused = visit.w("actions.not_in_state", state=word_of("state", state, visit.language))
        return f"{refused} {_what_first(visit, action)}"
    return None


def _what_first(visit: Visit, action: Action) -> str:
    """What to do first: the rule of the command, or else the states in which it can be recorded."""
    if action.rule:
        return rule_in(None, action.rule, visit.language)
    states = ", ".join(sorted(word_of("state", state, visit.language) for state in action.states))
    return visit.w("actions.in_states", states=states)


def _page(action: Action) -> Page:
    def read(visit: Visit, session: ReadSession) -> Mapping[str, object]:
        form: Form | None = None
        reason: str | None = visit.w("actions.past")
        if not visit.is_past:
            subject = subject_of(visit, session, action)
            form, reason = form_in_query(visit, session, action, subject), _why_not(visit, action, subject)
        is_shown = form is not None and form.is_about_something and reason is None
        return {"form": form if is_shown else None, "said": reason, "back": visit.link(action.back_of(visit.path))}

    def aside(visit: Visit, session: ReadSession) -> Mapping[str, object]:
        if not visit.may("read"):
            raise Problem("forbidden", "this needs a key with the scope read", scope="read")
        return {"action": action, **(action.aside(visit, session) if action.aside else {})}

    own = [each.name if isinstance(each, FormField) else each for each in action.fields]
    asides = (Panel("aside", aside, wide=True, still=True),) if action.aside else ()
    return Page(
        name="actions",
        path=action.path,
        panels=(*asides, Panel("form", read, wide=True, still=True)),
        projections=action.reads,
        scope=action.collection.scope,
        whole=False,
        title=lambda visit, session: title_of(action, subject_of(visit, session, action), visit),
        parameters=frozenset({*own, BACK, VERSION, *action.parameters}),
        refreshes=False,
    )


_WITH_STATES = (TICKETS, TASKS)
"""The collections whose actions name states of what the address names."""
FORM_PAGES: tuple[Page, ...] = tuple(_page(action) for action in ACTIONS)


def form_addresses() -> frozenset[str]:
    """The method and the address of each form's own page."""
    return frozenset(f"GET {page.path}" for page in FORM_PAGES)
