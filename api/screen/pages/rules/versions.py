"""The page of one thing that is configured: its versions, their texts, and how two of them differ."""

from collections.abc import Sequence

from api.configured.checking import examples_under
from api.configured.comparison import changed_fields, compared_lines
from api.configured.file_text import file_text, shipped_text
from api.configured.versions import (
    KINDS_CONFIGURED,
    POLICY,
    ConfigurationEvents,
    ConfiguredVersion,
    configured_versions,
    published_up_to,
    version_in_effect,
)
from api.http.problems import Problem
from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_position
from api.screen.pages.rules.addresses import description_in, rule_path, title_in, titled
from api.screen.pages.rules.draft_form import DAYS, PUBLISH, first_draft
from api.screen.visit import Visit
from domain.definitions.kind import TENANT
from domain.definitions.kinds import KINDS
from domain.text_folding import fold_name


def versions_for(visit: Visit, session: ReadSession) -> tuple[ConfigurationEvents, list[ConfiguredVersion]]:
    """What is published, and the versions of what the address names; empty where nothing is published yet.

    Raises Problem (not_found) for an unknown kind, or a name that it does not have.
    """
    kind, name = visit.path["kind"], visit.path["name"]
    published = published_up_to(session.connection, visit.reader.tenant, last_position(visit, session))
    configured = configured_versions(published, kind, name)
    if configured:
        return published, configured
    tenant_wide = kind == POLICY or (kind in KINDS and KINDS[kind].tenant_wide)
    if kind not in KINDS_CONFIGURED or (tenant_wide and fold_name(name) != TENANT):
        raise Problem("not_found", f"nothing of the kind {kind!r} is named {name!r}")
    return published, []


def _title(visit: Visit, session: ReadSession) -> str:
    _, configured = versions_for(visit, session)
    return titled(visit.path["kind"], configured[-1].name if configured else visit.path["name"], visit)


def _versions(visit: Visit, session: ReadSession) -> Content:
    """All versions, the newest first, with the one in effect."""
    _, configured = versions_for(visit, session)
    current = version_in_effect(configured, session.now)
    old, new = _two(visit, configured)
    return {
        "versions": configured[::-1],
        "current": current and current.version,
        "now": session.now,
        "path": rule_path(visit.path["kind"], visit.path["name"]),
        "old": old and old.version,
        "new": new and new.version,
    }


def _text(visit: Visit, session: ReadSession) -> Content:
    """The text of one version: the one that is asked for, else the one in effect."""
    _, configured = versions_for(visit, session)
    number = visit.one("version")
    shown = version_in_effect(configured, session.now) or (configured[-1] if configured else None)
    if number is not None:
        shown = next((each for each in configured if str(each.version) == number), None)
        if shown is None:
            raise Problem("not_found", f"there is no version {number}, or not by then")
    return {
        "shown": shown,
        "title": shown and title_in(shown, visit),
        "description": shown and description_in(shown, visit),
        "text": shown and file_text(shown, visit.settings.phone_region),
    }


def _comparison(visit: Visit, session: ReadSession) -> Content:
    """How two versions differ: those that are asked for, else the newest two."""
    _, configured = versions_for(visit, session)
    old, new = _two(visit, configured)
    if old is None or new is None:
        return {"old": None, "new": None, "fields": [], "lines": []}
    country = visit.settings.phone_region
    return {"old": old, "new": new, "fields": changed_fields(old, new), "lines": compared_lines(old, new, country)}


def _examples(visit: Visit, session: ReadSession) -> Content:
    """The worked examples of the shipped file of that name, checked against the version in effect."""
    kind = visit.path["kind"]
    published, configured = versions_for(visit, session)
    current = version_in_effect(configured, session.now)
    text = shipped_text(kind, fold_name(visit.path["name"])) if kind in KINDS else None
    outcomes = None if text is None else examples_under(current, text, published, session.now) or None
    return {"outcomes": outcomes, "version": current and current.version}


def _publish(visit: Visit, session: ReadSession) -> Content:
    """The form with the text in effect, to change and publish."""
    _, configured = versions_for(visit, session)
    may = visit.may_record(PUBLISH)
    draft = first_draft(visit, visit.path["kind"], visit.path["name"], configured) if may else None
    return {"draft": draft, "days": DAYS}


def _two(
    visit: Visit, configured: Sequence[ConfiguredVersion]
) -> tuple[ConfiguredVersion | None, ConfiguredVersion | None]:
    """The versions of the parameters ``from`` and ``to``, else the newest two. Raises Problem (not_found)."""
    numbers = {str(each.version): each for each in configured}
    usual = [None, None, *configured][-2:]

    def chosen(name: str, otherwise: ConfiguredVersion | None) -> ConfiguredVersion | None:
        number = visit.one(name)
        if number is not None and number not in numbers:
            raise Problem("not_found", f"there is no version {number}, or not by then")
        return otherwise if number is None else numbers[number]

    return chosen("from", usual[0]), chosen("to", usual[1])


PAGE = Page(
    "rule",
    "/rules/{kind}/{name}",
    (
        Panel("versions", _versions, wide=True),
        Panel("text", _text, wide=True),
        Panel("comparison", _comparison, wide=True),
        Panel("examples", _examples, wide=True),
        Panel("publish", _publish, wide=True),
    ),
    whole=False,
    title=_title,
    parameters=frozenset({"version", "from", "to"}),
    refreshes=False,
)
