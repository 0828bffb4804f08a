"""Issues a pack as a report of record: computes its figures in a turn of their own, and gives the command."""

from starlette.concurrency import run_in_threadpool

from api.api_keys import Principal
from api.http.container import Container
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from projections.issued_reports.issuing import PackRequest, ReportToIssue, report_to_issue


async def issue_pack(
    container: Container, caller: Principal, request: PackRequest, context: CommandContext
) -> CommandResult:
    """The desk's answer. Raises what ``report_to_issue`` raises, SlotsTaken, and Refusal."""

    def computed() -> ReportToIssue:
        with container.past.turn(caller, container.settings.patience), container.pool.connection() as connection:
            return report_to_issue(connection, caller.tenant, request, container.now(connection))

    report = await run_in_threadpool(computed)
    return await container.tenants[caller.tenant].desk.handle(report.stream, report.command, context)
