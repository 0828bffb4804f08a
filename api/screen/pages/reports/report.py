"""The page of an issued report: its figures as they were issued, and its files."""

from importlib.util import find_spec

from markupsafe import Markup

from api.api_keys import Permission
from api.http.problems import Problem
from api.http.read_session import ReadSession
from api.report_pages.html_page import sections_html
from api.report_pages.words import foot, head, title_of
from api.screen.page import Content, Page, Panel
from api.screen.page_parameters import id_of
from api.screen.pages.query import last_position
from api.screen.visit import Visit, address_of
from api.whole_numbers import whole_number
from projections.issued_reports.queries import Issue, issue_of

EXAMINE: Permission = "audit"
"""What a visitor needs to have a report made again, or compared with today."""
_HAS_EXCEL = find_spec("xlsxwriter") is not None
"""Whether the extra that writes workbooks is installed."""
_DIGITS = 9


def issue_in(visit: Visit, session: ReadSession) -> Issue:
    """The issue that the address and the parameter ``issue`` name, else the newest. Raises Problem (not_found)."""
    report, number_text = id_of("report_id", visit.path["report_id"]), visit.one("issue")
    number = None if number_text is None else whole_number(number_text, _DIGITS)
    issue = issue_of(session.connection, visit.reader.tenant, report, number, last_position(visit, session))
    if issue is None or (number_text is not None and number is None):
        raise Problem("not_found", "no report of that id was issued, or not so often")
    return issue


def title(visit: Visit, session: ReadSession) -> str:
    """The title of the pack with the name of the period."""
    issue = issue_in(visit, session)
    return title_of(issue, issue.document, visit.language)


def issue_path(issue: Issue, page: str = "") -> str:
    """The address of an issue, or of a page about it."""
    return f"/reports/{issue.report}{page}"


def _facts(visit: Visit, session: ReadSession) -> Content:
    """What was issued when, by whom, and from what."""
    issue = issue_in(visit, session)
    lines = [*head(issue, visit.language), *foot(issue, issue.document, visit.language)]
    newest = issue_of(session.connection, visit.reader.tenant, issue.report, None, last_position(visit, session))
    return {"lines": lines, "issue": issue, "newest": newest, "path": issue_path(issue)}


def _files(visit: Visit, session: ReadSession) -> Content:
    """The report as files, and the pages that examine it."""
    issue = issue_in(visit, session)
    api = f"/v1/issued-reports/{issue.report}"
    parameters = {"issue": issue.version, "language": visit.language}
    return {
        "html": address_of(f"{api}/page", parameters),
        "excel": address_of(f"{api}/workbook", parameters) if _HAS_EXCEL else None,
        "may_examine": visit.may(EXAMINE),
        "verification": visit.link(issue_path(issue, "/verification"), issue=issue.version),
        "changes": visit.link(issue_path(issue, "/changes"), issue=issue.version),
    }


def _figures(visit: Visit, session: ReadSession) -> Content:
    """The sections as they were issued."""
    issue = issue_in(visit, session)
    sections = Markup(sections_html(issue.document, visit.language))  # noqa: S704 -- its text is escaped there
    return {"sections": sections, "complete": issue.facts.complete}


PAGE = Page(
    "report",
    "/reports/{report_id}",
    (Panel("facts", _facts), Panel("files", _files), Panel("figures", _figures, wide=True)),
    whole=False,
    title=title,
    parameters=frozenset({"issue"}),
    refreshes=False,
)
