"""The endpoints of commands: one for each line of the table, from the request to the service desk."""

from collections.abc import Callable, Coroutine, Iterator, Sequence
from dataclasses import replace
from functools import cache
from typing import Any
from uuid import UUID

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from api.automation.suspension import resumption
from api.calendar_bound import refuse_another_calendar
from api.erasing.retained import retained_of_customer
from api.erasing.tenant_keys import must_be_encrypted
from api.http.command_headers import context_of, versions_in
from api.http.command_streams import stream_finder
from api.http.command_table import COLLECTIONS, PUBLISHED, Collection, CommandEndpoint
from api.http.container import Container, container_of
from api.http.direct_route import DirectRoute
from api.http.problems import Problem
from api.http.request_body import LARGEST_BODY, MOST_NAMES, read_body
from api.http.strict_parameters import only_known_parameters
from api.sealing.receipt import Receipt, receipt_of
from domain.automation.commands import ResumeRule
from domain.command_context import CommandContext
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.erasure.commands import ApproveErasure
from domain.messages import Command
from domain.sla.policy.commands import PublishCalendar


class CommandAnswer(BaseModel):
    """``version`` and ``position`` are those of the stream and the log right after the command. ``events`` is how many
    it led to, 0 when everything was so already. ``repeated``: the same command got this answer before. ``receipt`` is
    there when the request says `Prefer: receipt`; it is null where the command led to no event.
    """

    id: UUID
    version: int
    position: int
    events: int
    repeated: bool
    receipt: Receipt | None = None


def add_commands(app: FastAPI) -> None:
    """Adds an endpoint for each command of the table."""
    app.router.routes.extend(_routes())


@cache
def _routes() -> tuple[BaseRoute, ...]:
    """The routes of the commands, shared by all applications of the process."""
    router = APIRouter()
    for method, where, collection, line in _addresses():
        _add(router, method, where, collection, line)
    return tuple(router.routes)


def command_addresses() -> frozenset[str]:
    """The method and the address of every command of the table, such as ``POST /v1/tickets``."""
    return frozenset(f"{method} {where}" for method, where, *_ in _addresses())


def _addresses() -> Iterator[tuple[str, str, Collection, CommandEndpoint]]:
    for collection in COLLECTIONS:
        for line in collection.commands:
            of_stream = line.word and f"/{{{collection.id}}}/{line.word}"
            yield "POST", f"/v1/{collection.name}{of_stream}", collection, line
    for collection in PUBLISHED:
        for line in collection.commands:
            yield "PUT", f"/v1/{collection.name}/{line.word}", collection, line


def _add(router: APIRouter, method: str, where: str, collection: Collection, line: CommandEndpoint) -> None:
    router.add_api_route(
        where,
        _endpoint(collection, line),
        methods=[method],
        name=line.command.__name__,
        operation_id=line.command.__name__,
        summary=line.summary,
        description=line.command.__doc__ if "__doc__" in vars(line.command) else None,
        tags=[collection.name],
        status_code=200 if line.word else 201,
        response_model=CommandAnswer,
        route_class_override=DirectRoute,
    )


def _endpoint(collection: Collection, line: CommandEndpoint) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    read = line.command.__pydantic_validator__.validate_json
    new = not line.word
    stream_of = stream_finder(collection, line)
    most_names = LARGEST_BODY if collection in PUBLISHED else MOST_NAMES  # a definition may have thousands

    async def endpoint(request: Request) -> Response:
        container = container_of(request)
        caller = await container.callers.of(request, collection.scope)
        await only_known_parameters(request)
        command = await read_body(request, read, most_names)
        versions = versions_in(request.headers.get("if-match"))
        context = context_of(request, caller, versions)
        chosen = context.command_id if "idempotency-key" in request.headers else None
        stream = stream_of(request.path_params, command, chosen)
        result = await give(container, caller.tenant, stream, command, context, versions)
        location = f"/v1/{collection.name}/{stream}" if new else None
        if not _wants_receipt(request.headers.get("prefer")):
            return command_answer(result, location)
        receipt = await run_in_threadpool(_receipt, container, caller.tenant, result)
        return command_answer(result, location, f',"receipt":{receipt}')

    return endpoint


async def give(
    container: Container,
    tenant: str,
    stream: UUID,
    command: Command,
    context: CommandContext,
    versions: Sequence[int] | None,
) -> CommandResult:
    """The desk's answer to a command for a stream at one of the versions; None accepts any version."""
    if isinstance(command, ApproveErasure):
        command = await run_in_threadpool(_with_retained, container, tenant, command)
    if isinstance(command, PublishCalendar):
        await run_in_threadpool(_check_calendars, container, tenant, stream)
    if isinstance(command, ResumeRule):
        command = await run_in_threadpool(_resumption, container, tenant, stream, command)
    return await _handle(container.tenants[tenant].desk, stream, command, context, versions)


def _wants_receipt(prefer: str | None) -> bool:
    """Whether a header Prefer (RFC 7240) asks for a receipt."""
    if prefer is None:
        return False
    return "receipt" in {preference.partition(";")[0].strip().lower() for preference in prefer.split(",")}


def _receipt(container: Container, tenant: str, result: CommandResult) -> str:
    """The receipt of the command's last event as JSON; null for a command without events."""
    if not result.answer.events:
        return "null"
    with container.pool.connection() as connection:
        receipt = receipt_of(connection, tenant, result.answer.position)
    return "null" if receipt is None else f'{{"position":{receipt.position},"leaf":"{receipt.leaf}"}}'


def _check_calendars(container: Container, tenant: str, stream: UUID) -> None:
    with container.pool.connection() as connection:
        refuse_another_calendar(connection, tenant, stream)


def _resumption(container: Container, tenant: str, stream: UUID, command: ResumeRule) -> ResumeRule:
    """The command for a rule that is suspended for the stream. Raises Refusal."""
    with container.pool.connection() as connection:
        return resumption(connection, tenant, stream, command.rule, command.reason)


def _with_retained(container: Container, tenant: str, command: ApproveErasure) -> ApproveErasure:
    """The command with what forbids the erasure by retention. Raises NotEncrypted."""
    with container.pool.connection() as connection:
        must_be_encrypted(connection, tenant)
        kept = retained_of_customer(connection, tenant, command.customer_id)
    return command.model_copy(update={"retained": kept})


async def _handle(
    desk: ServiceDesk, stream: UUID, command: Command, context: CommandContext, versions: Sequence[int] | None
) -> CommandResult:
    """The desk's answer for a stream at one of the versions; None accepts any version."""
    while True:
        try:
            return await desk.handle(stream, command, context)
        except StaleVersion as stale:
            if versions == []:
                detail = f"the stream is at version {stale.actual}, and no tag of If-Match names a version strongly"
                raise Problem("stale", detail, actual=stale.actual) from None
            if stale.actual not in (versions or ()) or stale.actual == context.expected_version:
                raise
            context = replace(context, expected_version=stale.actual)


def command_answer(result: CommandResult, location: str | None, more: str = "") -> Response:
    """The answer to a command; ``location`` is the address of what it began, ``more`` further members of the body."""
    stream, version, position, events = result.answer
    repeated = "true" if result.repeated else "false"
    body = (
        f'{{"id":"{stream}","version":{version},"position":{position},"events":{events},"repeated":{repeated}{more}}}'
    )
    headers = {"ETag": f'"{version}"', "Ledger-Position": str(position)}
    if location is not None:
        headers["Location"] = location
    if more:
        headers["Preference-Applied"] = "receipt"
    return Response(body, 200 if location is None else 201, headers, "application/json")
