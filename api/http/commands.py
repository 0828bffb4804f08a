"""The endpoints of commands: one for each line of the table, from the request to the service desk."""

import re
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache, partial
from typing import Any
from uuid import UUID, uuid5

from fastapi import APIRouter, FastAPI, Request, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.routing import BaseRoute

from api.api_keys import Principal
from api.automation.suspension import resumption
from api.calendar_bound import refuse_another_calendar
from api.erasing.opened import must_be_encrypted
from api.erasing.retained import retained_of_customer
from api.http.authentication import acting
from api.http.command_table import COLLECTIONS, PUBLISHED, Collection, CommandEndpoint
from api.http.command_table.erasures import ERASURES
from api.http.container import Container, container_of
from api.http.direct_route import DirectRoute
from api.http.middleware import name_of
from api.http.problems import Problem, malformed
from api.http.request_body import read_body
from api.http.strict_parameters import only_known_parameters
from api.sealing.receipt import Receipt, receipt_of
from domain.automation.commands import ResumeRule
from domain.availability.commands import AvailabilityCommand
from domain.availability.state import availability_stream
from domain.command_context import CommandContext, Origin
from domain.command_handling.decide import StaleVersion
from domain.command_handling.pending_command import CommandResult
from domain.command_handling.service_desk import ServiceDesk
from domain.definitions.commands import PublishDefinition
from domain.definitions.publishing import definition_stream
from domain.erasure.commands import ApproveErasure
from domain.erasure.state import erasure_stream
from domain.ids import canonical, new_id
from domain.messages import Command
from domain.sla.policy.commands import PublishCalendar
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.text_folding import fold_name

_HEADER = re.compile(r"[\x20-\x7e]{1,200}")
_TAG = r'(W/)?"([!#-~]*)"'
TAGS = rf"^(\*|{_TAG}([ \t]*,[ \t]*{_TAG})*)$"
"""The pattern of If-Match and If-None-Match."""
_VERSION = re.compile(r"(\d{1,9})(?:\.\d{1,9})?")
NEVER = -1
"""A version that no stream is at."""
_RETRIES = UUID("5f1c5f0e-6d0c-4c77-9a40-7d3a9a8c2f10")  # the namespace of ids that are derived from an Idempotency-Key

StreamOf = Callable[[Mapping[str, str], Command, str | None], UUID]
"""The stream of a command, from the parameters of its address, its content, and its id where the caller chose it."""


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


def stream_finder(collection: Collection, line: CommandEndpoint) -> StreamOf:
    """What finds the stream of the commands at an address."""
    if collection in PUBLISHED:
        return _published
    return partial(_stream, collection) if line.word else _new_stream


def _endpoint(collection: Collection, line: CommandEndpoint) -> Callable[[Request], Coroutine[Any, Any, Response]]:
    read = line.command.__pydantic_validator__.validate_json
    new = not line.word
    stream_of = stream_finder(collection, line)

    async def endpoint(request: Request) -> Response:
        container = container_of(request)
        caller = await container.callers.of(request, collection.scope)
        await only_known_parameters(request)
        command = await read_body(request, read)
        versions = _versions(request.headers.get("if-match"))
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


def context_of(
    request: Request,
    caller: Principal,
    versions: Sequence[int] | None = None,
    *,
    key: str | None = None,
    channel: str = "api",
) -> CommandContext:
    """Who gives the command of a request, with its id and its origin; ``versions``: those of If-Match.

    ``key`` identifies the command instead of the header Idempotency-Key.
    """
    headers = request.headers
    key = key or _printable(request, "idempotency-key")
    return CommandContext(
        actor=acting(caller, request),
        command_id=f"{caller.space}:{key or new_id()}",
        origin=_origin(headers.get("user-agent", ""), channel),
        correlation_id=_printable(request, "x-correlation-id"),
        causation_id=_printable(request, "x-causation-id"),
        expected_version=None if versions is None else next(iter(versions), NEVER),
        back_dating=caller.back_dating,
    )


def _printable(request: Request, header: str) -> str | None:
    value = request.headers.get(header)
    if value is not None and not _HEADER.fullmatch(value):
        raise malformed([{"loc": (header,), "msg": "1 to 200 printable ASCII characters"}])
    return value


def _versions(if_match: str | None) -> list[int] | None:
    """The versions in If-Match; a weak tag or a foreign one names none (RFC 9110, 13.1.1).

    None accepts any version. Raises Problem (malformed).
    """
    if if_match is None:
        return None
    if not re.search(TAGS, if_match.strip()):
        raise malformed([{"loc": ("if-match",), "msg": 'versions as their ETags gave them, such as "3", or *'}])
    if if_match.strip() == "*":
        return None
    named = (_VERSION.fullmatch(tag) for weak, tag in re.findall(_TAG, if_match) if not weak)
    return [int(version[1]) for version in named if version]


@lru_cache(maxsize=1024)
def _origin(user_agent: str, channel: str) -> Origin:
    with suppress(UnicodeError):  # the server reads headers as Latin-1
        user_agent = user_agent.encode("latin-1").decode()
    client = "".join(character for character in user_agent if character.isprintable()).strip()[:200].strip()
    return Origin(channel=channel, client=client or None)


def _new_stream(_path: Mapping[str, str], _command: Command, chosen: str | None) -> UUID:
    """The id of a new stream; the same Idempotency-Key gives the same id."""
    return new_id() if chosen is None else uuid5(_RETRIES, chosen)


def _stream(collection: Collection, path: Mapping[str, str], command: Command, _chosen: str | None) -> UUID:
    """The stream that the address names, by its id; that of an agent by the name, which the command has too, and that
    of an erasure by its customer.
    """
    if isinstance(command, AvailabilityCommand):
        _must_name(path, "agent", command.agent, ("agent",), "agent")
        return availability_stream(command.agent)
    try:
        named = UUID(str(canonical(path[collection.id])))
    except ValueError as error:
        raise malformed([{"loc": (collection.id,), "msg": str(error)}]) from None
    if collection.name != ERASURES.name:
        return named
    if getattr(command, "customer_id", named) != named:
        raise malformed([{"loc": ("customer_id",), "msg": "the address names another customer"}])
    return erasure_stream(named)


def _published(path: Mapping[str, str], command: Command, _chosen: str | None) -> UUID:
    """The stream of what is published. The address and the command must name the same calendar or definition."""
    if isinstance(command, PublishDefinition):
        _must_name(path, "kind", command.kind, ("kind",), "kind")
        _must_name(path, "name", command.name, ("name",), "definition")
        return definition_stream(command.kind, command.name)
    if isinstance(command, PublishCalendar):
        _must_name(path, "name", command.calendar.name, ("calendar", "name"), "calendar")
        return calendar_stream(command.calendar.name)
    return POLICY_STREAM


def _must_name(path: Mapping[str, str], parameter: str, name: str, field: tuple[str, ...], what: str) -> None:
    """Raises Problem (malformed) when a part of the address is another name than that of the command."""
    if fold_name(name_of(path[parameter])) != fold_name(name):
        raise malformed([{"loc": field, "msg": f"the address names another {what} than {name!r}"}])


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
