"""Reports of record: issuing one, its figures, the same made again, and what changed since."""

from datetime import date, datetime
from io import BytesIO
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from psycopg import Connection
from pydantic import AwareDatetime, BaseModel, Field, TypeAdapter

from api.api_keys import Principal
from api.http.command_headers import context_of
from api.http.commands import CommandAnswer, command_answer
from api.http.container import container_of
from api.http.filters import STORABLE
from api.http.paging import Cursor, Limit, Version, cursor_key, cursor_of
from api.http.problems import Problem
from api.http.read_session import ReadRequest, caller_with, reader
from api.http.report_issuing import issue_pack
from api.http.report_request import settings_of
from api.http.request_body import read_body
from api.report_pages.html_page import html_page
from api.report_pages.words import file_name
from api.report_pages.workbook import write_workbook
from domain.messages import Message, Text, Word
from domain.zones import ZoneName
from projections.audit.sentences import sentence
from projections.issued_reports.changes import ChangesSince, changes_since
from projections.issued_reports.differences import FigureDifference
from projections.issued_reports.issuing import PackRequest
from projections.issued_reports.late_facts import Relation
from projections.issued_reports.other_versions import OtherFormula
from projections.issued_reports.queries import Issue, IssueKey, issue_of, issued_reports
from projections.issued_reports.table import ISSUED_REPORTS, IssueRow
from projections.issued_reports.verification import Cause, verify

router = APIRouter(prefix="/v1/issued-reports", tags=["issued-reports"])

_KEY: TypeAdapter[tuple[AwareDatetime, UUID, int]] = TypeAdapter(tuple[AwareDatetime, UUID, Version])
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ReadReports = Annotated[ReadRequest, Depends(reader(ISSUED_REPORTS))]
ReadLog = Annotated[ReadRequest, Depends(reader())]
ReadAudit = Annotated[ReadRequest, Depends(reader(scope="audit"))]
ReportId = Annotated[UUID, Path(description="The id of an issued report.")]
Number = Annotated[
    int | None, Query(alias="issue", ge=1, le=2**31, description="The number of the issue; else the newest.")
]
Pack = Annotated[str | None, Query(max_length=200, pattern=STORABLE, description="Reports of this pack alone.")]
Language = Annotated[Literal["en", "vi"] | None, Query(description="The language; else the tenant's.")]


class IssueBody(Message):
    """``period`` is a name such as 2026-11-28, 2026-W48, 2026-11, 2026-Q4 or 2026; else the last one that is over."""

    pack: Word
    period: Annotated[str, Field(max_length=20)] | None = None
    zone: ZoneName | None = None
    reason: Text | None = None


ISSUE_EXAMPLE = {"pack": "weekly", "period": "2026-W48"}


class IssueList(BaseModel):
    """``next`` is the cursor of the next page."""

    issues: list[IssueRow]
    next: str | None


class ReportOfRecord(BaseModel):
    """An issue with its figures: ``figures`` is the JSON whose bytes have the digest ``sha256``, as an object.

    ``made_by`` holds the versions of the program and of its time zones, ``formulas`` those of the figures' formulas;
    an issue of an older program has none.
    """

    report: UUID
    version: int
    issued_at: datetime
    actor: str
    reason: str | None
    name: str
    definition_version: int
    first: date
    last: date
    zone: str
    complete: bool
    position: int
    judged_at: datetime
    sha256: str
    made_by: list[str]
    formulas: dict[str, int]
    figures: dict[str, Any]


class DifferentNumber(BaseModel):
    """A number of a section that differs. ``section`` counts from 0."""

    section: int
    figure: str
    title: dict[str, str]
    period: str | None
    of: dict[str, str | None]
    name: str
    before: float | None
    after: float | None


class ChangedFormula(BaseModel):
    """A figure that differs and whose formula had the version ``before`` when the report was issued."""

    figure: str
    before: int
    after: int


class VerifiedReport(BaseModel):
    """``equal``: the report made again has the same bytes.

    ``cause`` says why not: the issue was altered; another version of the program, its time zones, a projection or a
    formula made it; or the same versions give other figures.
    """

    equal: bool
    cause: Cause | None
    recorded: str
    made_again: str
    differences: list[DifferentNumber]
    otherwise_folded: list[str]
    made_by: list[str]
    formulas: list[ChangedFormula]


class RecordedSince(BaseModel):
    """An event recorded after the report; ``relation`` says when it happened or that it is a definition."""

    position: int
    relation: Relation
    topic: str
    stream: UUID
    customer: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    actor: str
    what: str


class ChangedReport(BaseModel):
    """The figures of the issue beside those at ``position``. ``total`` counts the facts; the first ones are listed.

    ``otherwise_folded``, ``made_by`` and ``formulas`` are versions that differ, as in VerifiedReport: they explain
    differences, too.
    """

    issued_at_position: int
    position: int
    judged_at: datetime
    differences: list[DifferentNumber]
    facts: list[RecordedSince]
    total: int
    otherwise_folded: list[str]
    made_by: list[str]
    formulas: list[ChangedFormula]


async def issue_body(request: Request, _caller: Annotated[Principal, Depends(caller_with("admin"))]) -> IssueBody:
    """The body, read once the caller is known."""
    return await read_body(request, IssueBody.model_validate_json)


@router.post("", summary="Issue a report", status_code=201, response_model=CommandAnswer)
async def issue_report(
    request: Request,
    caller: Annotated[Principal, Depends(caller_with("admin"))],
    body: Annotated[IssueBody, Depends(issue_body)],
) -> Response:
    """The same figures again are no second issue. Other figures of a period that is over need a reason."""
    pack_request = PackRequest(body.pack, body.period, body.zone, body.reason)
    result = await issue_pack(container_of(request), caller, pack_request, context_of(request, caller))
    return command_answer(result, f"/v1/issued-reports/{result.answer.stream}")


@router.get("", summary="The issued reports, the newest first", response_model=IssueList)
def list_issued_reports(reader: ReadReports, pack: Pack = None, cursor: Cursor = None, limit: Limit = 50) -> Response:
    key = cursor_key(cursor, _KEY)
    with reader.live() as view:
        after = None if key is None else IssueKey(*key)
        page, following = issued_reports(view.connection, view.schema, pack, after=after, limit=limit)
        return view.answer({"issues": page, "next": cursor_of(following)})


@router.get("/{report_id}", summary="A report as it was issued", response_model=ReportOfRecord)
def issued_report(report_id: ReportId, reader: ReadLog, number: Number = None) -> Response:
    with reader.live() as view:
        issue = _issue(reader, view.connection, report_id, number)
        facts = issue.facts.model_dump(exclude={"figures", "projections"})
        values = {name: value for name, value in issue._asdict().items() if name != "facts"}
        return view.answer({**values, **facts, "figures": issue.document})


@router.get(
    "/{report_id}/page",
    summary="The report as a page of HTML that prints on A4",
    response_class=Response,
    responses={200: {"content": {"text/html": {"schema": {"type": "string"}}}}},
)
def issued_report_page(
    report_id: ReportId, reader: ReadLog, number: Number = None, language: Language = None
) -> Response:
    """It is a file to keep: one file without script that loads nothing."""
    with reader.live() as view:
        issue = _issue(reader, view.connection, report_id, number)
        page = html_page(issue, language or settings_of(reader, view).language)
    return Response(page, headers=_attached(issue, "html"), media_type="text/html; charset=utf-8")


@router.get(
    "/{report_id}/workbook",
    summary="The report as an Excel workbook",
    response_class=Response,
    responses={200: {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}},
)
def issued_report_workbook(
    report_id: ReportId, reader: ReadLog, number: Number = None, language: Language = None
) -> Response:
    with reader.live() as view:
        issue = _issue(reader, view.connection, report_id, number)
        file = BytesIO()
        write_workbook(issue, language or settings_of(reader, view).language, file)
    return Response(file.getvalue(), headers=_attached(issue, "xlsx"), media_type=XLSX)


@router.get("/{report_id}/verification", summary="The report made again at its position", response_model=VerifiedReport)
def verified_report(report_id: ReportId, reader: ReadAudit, number: Number = None) -> Response:
    """The whole log is folded up to that position."""
    with reader.turn(), reader.container.pool.connection() as connection:
        verified = verify(connection, reader.tenant, _issue(reader, connection, report_id, number))
    content = VerifiedReport(
        equal=verified.equal,
        cause=verified.cause,
        recorded=verified.recorded,
        made_again=verified.made_again,
        differences=_numbers(verified.differences),
        otherwise_folded=verified.otherwise_folded,
        made_by=verified.made_by,
        formulas=_formulas(verified.formulas),
    )
    return Response(content.model_dump_json(), media_type="application/json")


@router.get(
    "/{report_id}/changes", summary="What changed since the report was issued, and why", response_model=ChangedReport
)
def changed_report(
    report_id: ReportId, reader: ReadAudit, number: Number = None, language: Language = None
) -> Response:
    """``facts`` are the events recorded since that concern the period, and what was published since."""
    with reader.turn(), reader.container.pool.connection() as connection:
        issue = _issue(reader, connection, report_id, number)
        since = changes_since(connection, reader.tenant, issue, reader.container.now(connection))
    content = _changed(issue, since, language or "en")
    headers = {"Ledger-Position": str(since.position)}
    return Response(content.model_dump_json(), headers=headers, media_type="application/json")


def _issue(reader: ReadRequest, connection: Connection, report: UUID, number: int | None) -> Issue:
    issue = issue_of(connection, reader.tenant, report, number)
    if issue is None:
        raise Problem("not_found", "no report of that id was issued, or not so often")
    return issue


def _attached(issue: Issue, ending: str) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="{file_name(issue, ending)}"'}


def _numbers(different: list[FigureDifference]) -> list[DifferentNumber]:
    return [DifferentNumber(**each._asdict()) for each in different]


def _formulas(changed: list[OtherFormula]) -> list[ChangedFormula]:
    return [ChangedFormula(**each._asdict()) for each in changed]


def _changed(issue: Issue, since: ChangesSince, language: Literal["en", "vi"]) -> ChangedReport:
    facts = [
        RecordedSince(
            position=fact.position,
            relation=fact.relation,
            topic=fact.topic,
            stream=fact.stream,
            customer=fact.customer,
            occurred_at=fact.occurred_at,
            recorded_at=fact.recorded_at,
            actor=fact.actor,
            what=sentence(fact, language),
        )
        for fact in since.late.facts
    ]
    return ChangedReport(
        issued_at_position=issue.facts.position,
        position=since.position,
        judged_at=since.judged_at,
        differences=_numbers(since.differences),
        facts=facts,
        total=since.late.total,
        otherwise_folded=since.versions.otherwise_folded,
        made_by=since.versions.made_by,
        formulas=_formulas(since.versions.formulas),
    )
