"""The stream of a command, by the parameters of its address."""

from collections.abc import Callable, Mapping
from functools import partial
from uuid import UUID, uuid5

from api.http.command_table import PUBLISHED, Collection, CommandEndpoint
from api.http.command_table.erasures import ERASURES
from api.http.middleware import name_of
from api.http.problems import malformed
from domain.availability.commands import AvailabilityCommand
from domain.availability.state import availability_stream
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.erasure.state import erasure_stream
from domain.ids import canonical, new_id
from domain.messages import Command
from domain.sla.policy.commands import PublishCalendar
from domain.sla.policy.publishing import POLICY_STREAM, calendar_stream
from domain.text_folding import fold_name

_RETRIES = UUID("5f1c5f0e-6d0c-4c77-9a40-7d3a9a8c2f10")  # the namespace of ids that are derived from an Idempotency-Key
StreamOf = Callable[[Mapping[str, str], Command, str | None], UUID]
"""The stream of a command, from the parameters of its address, its content, and its id where the caller chose it."""


def stream_finder(collection: Collection, line: CommandEndpoint) -> StreamOf:
    """What finds the stream of the commands at an address."""
    if collection in PUBLISHED:
        return _published
    return partial(_stream, collection) if line.word else _new_stream


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
