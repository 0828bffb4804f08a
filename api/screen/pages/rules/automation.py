"""The page of automation: what the rules did, what is stopped or suspended, and why a rule fired or did not."""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple, get_args

from api.automation.condition_words import condition_text
from api.automation.explanation import Explained, ExplanationRequest, explain
from api.automation.overview import SuspendedRule, rules_in_effect, suspended_rules
from api.automation.stops import stops_of
from api.automation.words import code_text, command_text, reacts_to_text
from api.http.paging import POSITION_KEY, cursor_key, page_of
from api.http.read_session import ReadSession
from api.screen.actions.form import Form, form_of
from api.screen.actions.of_automation import RESUME_RULE, START_SWITCH, STOP_SWITCH
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_position
from api.screen.pages.rules.addresses import rule_path
from api.screen.pages.rules.draft_form import PUBLISH
from api.screen.pages.rules.titles import rule_titles
from api.screen.visit import Visit
from api.ticket_names import tickets_named
from domain.definitions.kinds import AUTOMATION
from domain.event_log import reader as log_reader
from domain.notification.commands import NotificationChannel
from domain.switches.commands import ALL
from domain.text_folding import fold_name
from projections.audit.due_words import due_in_words
from projections.audit.words import actor_words, word_of
from projections.audit_history.table import AUDIT_HISTORY
from projections.tickets.table import TICKETS

SUSPENDED = 50
"""Suspended rules on a page."""


class SuspendedRow(NamedTuple):
    """A rule that is suspended for a subject, with the form that resumes it; None for a visitor who may not."""

    rule: SuspendedRule
    path: str
    title: str | None
    kind: str
    why: str
    form: Form | None


class ExplainedRule(NamedTuple):
    """What became of a rule for an event or a due instance, in words."""

    explained: Explained
    path: str
    title: str | None
    due: str | None
    verdict: str
    why: str | None
    does: Sequence[str]


def _rules(visit: Visit, session: ReadSession) -> Content:
    """The rules in effect with what they did in a day, in the order in which they fire."""
    rules = rules_in_effect(session.connection, visit.reader.tenant, session.now, last_position(visit, session))
    may = _may(visit)
    rows = []
    for rule in rules:
        action = START_SWITCH if rule.state == "stopped" else STOP_SWITCH
        form = form_of(visit, action, {}, what="rule", name=rule.rule) if may and rule.state != "off" else None
        rows.append(
            {
                "rule": rule,
                "title": rule.title_vi if visit.language == "vi" else rule.title_en,
                "path": rule_path(AUTOMATION.name, rule.rule),
                "state": code_text(rule.state, visit.language),
                "reacts_to": reacts_to_text(rule.reacts_to, visit.language),
                "does": [code_text(effect, visit.language) for effect in rule.does],
                "form": form,
            }
        )
    return {"rows": rows, "may": may}


def _switches(visit: Visit, session: ReadSession) -> Content:
    """What is stopped and by whom, each with the form that starts it, and the form that stops everything."""
    reader = visit.reader
    switched_off = stops_of(session.connection, reader.tenant, last_position(visit, session))
    stopped = {(stop.what, stop.name) for stop in switched_off}
    may, titles = _may(visit), rule_titles(visit, session)
    rows = [
        {
            "what": word_of("what", stop.what, visit.language),
            "name": None if stop.what == "tenant" else stop.name,
            "title": titles.get(fold_name(stop.name)) if stop.what == "rule" else None,
            "by": actor_words(stop.actor, stop.actor_kind, visit.language, stop.on_behalf_of),
            "stop": stop,
            "form": form_of(visit, START_SWITCH, {}, what=stop.what, name=stop.name) if may else None,
        }
        for stop in switched_off
    ]
    may_stop = {("tenant", ALL): visit.w("automation.everything")} | {
        ("channel", channel): word_of("channel", channel, visit.language) for channel in get_args(NotificationChannel)
    }
    stops = [
        (words, form_of(visit, STOP_SWITCH, {}, what=what, name=name))
        for (what, name), words in may_stop.items()
        if may and (what, name) not in stopped
    ]
    return {"rows": rows, "stops": stops}


def _suspended(visit: Visit, session: ReadSession) -> Content:
    """The rules that are suspended for a subject, the newest first."""
    tenant, up_to = visit.reader.tenant, last_position(visit, session)
    before = cursor_key(visit.one("cursor"), POSITION_KEY)
    newest = suspended_rules(session.connection, tenant, SUSPENDED + 1, before, up_to)
    listed, following = page_of(newest, SUSPENDED, lambda each: each.position)
    histories = (
        log_reader.streams(session.connection, tenant, {each.subject for each in listed}, up_to) if listed else {}
    )
    rows, titles = [], rule_titles(visit, session)
    for each in listed:
        kind = histories[each.subject][0].kind
        subject = {"subject": each.subject}
        form = form_of(visit, RESUME_RULE, subject, subject_kind=kind, rule=each.rule) if _may(visit) else None
        words = word_of("stream kind", kind, visit.language)
        path, title = rule_path(AUTOMATION.name, each.rule), titles.get(fold_name(each.rule))
        rows.append(SuspendedRow(each, path, title, words, code_text(each.why, visit.language), form))
    return {"rows": rows, "following": following}


def _explained(visit: Visit, session: ReadSession) -> Content:
    """Why rules fired on a subject, or did not; it is asked for by a number or an id."""
    subject_text, rule = (visit.one("subject") or "").strip(), visit.one("rule")
    if not subject_text:
        return {"asked": "", "rule": rule, "subject": None, "rows": None}
    named = tickets_named(session.connection, session.schema, subject_text)
    subject = named[0] if len(named) == 1 else None
    log = ExplanationRequest(session.connection, visit.reader.tenant, session.now, last_position(visit, session))
    explanations = explain(log, subject, rule) if subject else None
    titles = rule_titles(visit, session)
    rows = None if explanations is None else [_explained_row(each, titles, visit) for each in explanations]
    return {"asked": subject_text, "rule": rule, "subject": subject, "rows": rows}


def _reading(visit: Visit) -> AbstractContextManager[ReadSession]:
    """A snapshot; an explanation judges a history, in a slot."""
    return visit.reader.live_in_slot() if visit.one("subject") else visit.reader.live()


def _explained_row(each: Explained, titles: Mapping[str, str], visit: Visit) -> ExplainedRule:
    language = visit.language
    why = each.why and code_text(each.why, language)
    if each.condition is not None:
        why = condition_text(each.condition, language)
    does = [command_text(command, language) for command in each.commands]
    due = each.due and due_in_words(each.due, language, visit.zone)
    path, title = rule_path(AUTOMATION.name, each.rule), titles.get(fold_name(each.rule))
    return ExplainedRule(each, path, title, due, code_text(each.verdict, language), why, does)


def _may(visit: Visit) -> bool:
    return visit.may_record(PUBLISH)


PAGE = Page(
    "automation",
    "/automation",
    (
        Panel("switches", _switches),
        Panel("explained", _explained, wide=True),
        Panel("suspended", _suspended, wide=True),
        Panel("rules", _rules, wide=True),
    ),
    (AUDIT_HISTORY, TICKETS),
    reading=_reading,
    parameters=frozenset({"subject", "rule", "cursor"}),
    refreshes=False,
)
