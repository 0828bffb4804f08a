"""The page of report packs and of what was issued."""

from dataclasses import replace
from typing import NamedTuple, get_args
from uuid import UUID

from pydantic import AwareDatetime, TypeAdapter

from api.headings import heading
from api.http.paging import Version, cursor_key, cursor_of
from api.http.read_session import ReadSession
from api.report_pages.words import titled
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_position
from api.screen.pages.reports.issue_form import ISSUE, first_form
from api.screen.pages.rules.addresses import rule_path
from api.screen.visit import Visit
from domain.definitions.kinds import REPORT_PACK
from domain.definitions.overview import overview
from domain.definitions.published import PublishedVersion
from domain.report_pack.definition import ReportPack
from projections.issued_reports.queries import IssueKey, issued_reports
from projections.issued_reports.table import ISSUED_REPORTS
from projections.scope.named_periods import days_in_words, last_one_over, period_in_words
from projections.scope.periods import Every

SHOWN = 50
_KEY: TypeAdapter[tuple[AwareDatetime, UUID, int]] = TypeAdapter(tuple[AwareDatetime, UUID, Version])


class PackRow(NamedTuple):
    """A pack in its version in effect. ``last`` is its last period that is over, in words."""

    name: str
    title: str
    covers: str
    sections: int
    last: str
    path: str


def _packs(visit: Visit, session: ReadSession) -> Content:
    """Every pack that can be issued, with its last period."""
    today = visit.local(session.now).date()
    rows = []
    for each, pack in _in_effect(visit, session):
        last = period_in_words(last_one_over(today, pack.period, visit.settings.year_begins), visit.language)
        path = rule_path(REPORT_PACK.name, each.name)
        covers = heading(pack.period, visit.language)
        rows.append(PackRow(each.name, _title(pack, visit), covers, len(pack.sections), last, path))
    return {"packs": rows}


def pack_titles(visit: Visit, session: ReadSession) -> dict[str, str]:
    """The title of every pack that can be issued, by its name."""
    return {each.name: _title(pack, visit) for each, pack in _in_effect(visit, session)}


def _title(pack: ReportPack, visit: Visit) -> str:
    return str(getattr(pack.title, visit.language))


def _in_effect(visit: Visit, session: ReadSession) -> list[tuple[PublishedVersion, ReportPack]]:
    """The packs, that of the shortest period first."""
    then = replace(session, position=last_position(visit, session))
    versions = overview(then.definitions(visit.reader.tenant), session.now, REPORT_PACK.name)
    packs = [(version, ReportPack.model_validate(version.body)) for version in versions]
    return sorted(packs, key=lambda pack: get_args(Every).index(pack[1].period))


def _issue(visit: Visit, session: ReadSession) -> Content:
    """The form that issues a report; None for a visitor who may not issue one."""
    if not visit.may_record(ISSUE):
        return {"form": None, "packs": {}}
    titles = pack_titles(visit, session)
    return {"form": first_form(visit, next(iter(titles))), "packs": titles}


def _listed(visit: Visit, session: ReadSession) -> Content:
    """What was issued, the newest first."""
    pack, key = visit.one("pack"), cursor_key(visit.one("cursor"), _KEY)
    after = None if key is None else IssueKey(*key)
    page, following = issued_reports(session.connection, session.schema, pack, after=after, limit=SHOWN)
    titles = pack_titles(visit, session)
    rows = []
    for each in page:
        period = days_in_words(each.first, each.last, each.year_begins, visit.language)
        title = titled(titles.get(each.name, each.name), period)
        rows.append({"issue": each, "title": title, "path": f"/reports/{each.report}"})
    return {"rows": rows, "following": cursor_of(following), "pack": pack, "packs": titles}


LIST = Page(
    "reports",
    "/reports",
    (Panel("issue", _issue), Panel("packs", _packs), Panel("listed", _listed, wide=True)),
    (ISSUED_REPORTS,),
    parameters=frozenset({"pack", "cursor"}),
    in_menu=True,
    refreshes=False,
)
