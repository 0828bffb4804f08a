"""Issues a pack as a report of record: computes its figures in a turn of their own, and gives the command."""

from starlette.concurrency import run_in_threadpool

from api.http.container import Container
from domain.command_context import CommandContext
from domain.command_handling.pending_command import CommandResult
from projections.issued_reports.issuing import PackRequest, ReportToIssue, report_to_issue


async def issue_pack(container: Container, tenant: str, request: PackRequest, context: CommandContext) -> CommandResult:
    """The desk's answer. Raises what ``report_to_issue`` raises, and Refusal."""

    def computed() -> ReportToIssue:
        with (
            container.refolding.slot(tenant, container.settings.patience),
            container.pool.connection() as connection,
        ):
            return report_to_issue(connection, tenant, request, container.now(connection))

    report = await run_in_threadpool(computed)
    return await container.tenants[tenant].desk.handle(report.stream, report.command, context)
