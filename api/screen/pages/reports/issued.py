"""The page of report packs and of what was issued."""

from typing import NamedTuple

from api.headings import heading
from api.http.read_session import ReadSession
from api.screen.page import Content, Page, Panel
from api.screen.pages.query import last_position
from api.screen.pages.reports.issue_form import ISSUE, first_form
from api.screen.pages.rules.addresses import rule_path
from api.screen.visit import Visit
from domain.definitions.kinds import REPORT_PACK
from domain.definitions.published import PublishedVersion, overview
from domain.event_log import reader as log_reader
from domain.report_pack.definition import ReportPack
from projections.issued_reports.queries import issued_reports
from projections.issued_reports.table import ISSUED_REPORTS, IssueRow
from projections.scope.named_periods import last_one_over, period_named_by

MOST = 200
"""The issues that the page lists."""


class PackRow(NamedTuple):
    """A pack in its version in effect. ``last`` is the name of its last period that is over."""

    name: str
    title: str
    covers: str
    sections: int
    version: int
    last: str
    path: str


def packs_in_effect(visit: Visit, session: ReadSession) -> list[PackRow]:
    """Every pack that can be issued."""
    today = visit.local(session.now).date()
    rows = []
    for each in _in_effect(visit, session):
        pack = ReportPack.model_validate(each.body)
        title = pack.title.vi if visit.language == "vi" else pack.title.en
        last = last_one_over(today, pack.period, visit.settings.year_begins).name
        path = rule_path(REPORT_PACK.name, each.name)
        covers = heading(pack.period, visit.language)
        rows.append(PackRow(each.name, title, covers, len(pack.sections), each.version, last, path))
    return rows


def _in_effect(visit: Visit, session: ReadSession) -> list[PublishedVersion]:
    events = log_reader.definitions(session.connection, visit.reader.tenant, last_position(visit, session))
    return overview(events, session.now, REPORT_PACK.name)


def _packs(visit: Visit, session: ReadSession) -> Content:
    return {"packs": packs_in_effect(visit, session)}


def _issue(visit: Visit, session: ReadSession) -> Content:
    """The form that issues a report; None for who may not."""
    if not visit.may(ISSUE) or visit.is_past:
        return {"form": None, "packs": ()}
    packs = packs_in_effect(visit, session)
    return {"form": first_form(visit, packs[0].name), "packs": packs}


def _listed(visit: Visit, session: ReadSession) -> Content:
    """What was issued, the newest first."""
    pack = visit.one("pack")
    found = issued_reports(session.connection, session.schema, pack, MOST + 1)
    year_begins = visit.settings.year_begins
    rows = [{"issue": each, "period": _period(each, year_begins), "path": f"/reports/{each.report}"} for each in found]
    names = [each.name for each in _in_effect(visit, session)]
    return {"rows": rows[:MOST], "more": len(rows) > MOST, "pack": pack, "packs": names, "most": MOST}


def _period(issue: IssueRow, year_begins: int) -> str:
    return period_named_by(issue.first, issue.last, year_begins)


LIST = Page(
    "reports",
    "/reports",
    (Panel("issue", _issue), Panel("packs", _packs), Panel("listed", _listed, wide=True)),
    (ISSUED_REPORTS,),
    parameters=frozenset({"pack"}),
    in_menu=True,
    refreshes=False,
)
