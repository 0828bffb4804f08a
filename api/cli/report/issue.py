"""`report issue`: the figures of a pack for a period become a report of record."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated

import typer

from api.cli.options import zone_of
from api.cli.printing import say, show_json
from api.cli.read_options import ReadOptions
from api.cli.recording import Who, acting, person, record
from api.cli.shared_options import options_of
from api.cli.tenant_database import open_existing, report_connection
from api.cli.usage_error import UsageError
from api.refusal_words import rule_in
from domain.event_log import reader
from domain.event_log.roles import DESK
from domain.readable import Language, number
from domain.refusal import Refusal
from projections.issued_reports.issuing import PackRequest, report_to_issue
from projections.scope.named_periods import EXAMPLES

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "again": "{report} was issued with the same figures already: issue {issue}.",
            "issued": "{report}: issue {issue} at position {position}, {id}.",
            "provisional": "The period is not over: these figures are provisional.",
        },
        "vi": {
            "again": "{report} đã được phát hành với cùng số liệu: lần phát hành {issue}.",
            "issued": "{report}: lần phát hành {issue} tại vị trí {position}, {id}.",
            "provisional": "Kỳ chưa kết thúc: số liệu này là tạm tính.",
        },
    }
)
_ISSUE_FIELDS = ("name", "first", "last", "zone", "complete", "position", "judged_at", "sha256")


@options_of(ReadOptions)
def issue(
    reading: ReadOptions,
    pack: Annotated[str, typer.Argument(help="A report pack; `definition list --kind report-pack` lists them.")],
    period: Annotated[str | None, typer.Option(help=f"{EXAMPLES}; else the last period that is over.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why it is issued again; it stands in the history.")] = None,
    actor: Who = None,
) -> None:
    """Issue a report: record its figures with their position and their digest.

    The same figures again change nothing. Other figures are a second issue, which needs a reason once the period is
    over.
    """
    by, reason = person(actor, reason) if reason is not None else (acting(actor), None)
    if reading.zone is not None:
        zone_of(reading.zone)
    with report_connection(reading.data, reading.tenant) as connection:
        request = PackRequest(pack, period, reading.zone, reason)
        now = reader.now(connection)
        read_in = reading.language_in(connection)
        report = report_to_issue(connection, reading.tenant, request, now)
    with open_existing(reading.data, reading.tenant, DESK) as dsn:
        try:
            ((answer, _),) = record(dsn, reading.tenant, [(report.stream, report.command)], by)
        except Refusal as refusal:
            named = f"{pack} {report.period.name}"
            in_vietnamese = rule_in(refusal.code, refusal.rule, "vi")
            raise UsageError(f"{named}: {refusal.rule}.", f"{named}: {in_vietnamese}") from None
    command = report.command
    if reading.as_json:
        issued = {name: getattr(command, name) for name in _ISSUE_FIELDS}
        if not answer.events and command.same_as is not None:
            issued["sha256"] = command.same_as
        show_json({"id": report.stream, "issue": answer.version, "events": answer.events, **issued})
        return
    words = _WORDS[read_in]
    issued_as = {
        "report": f"{pack} {report.period.name}",
        "issue": answer.version,
        "position": number(command.position, read_in),
        "id": report.stream,
    }
    if not answer.events:
        say(words["again"].format_map(issued_as))
        return
    say(words["issued"].format_map(issued_as))
    if not command.complete:
        say(words["provisional"])
