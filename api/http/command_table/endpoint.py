"""A command with its address, and the commands of one aggregate."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from api.api_keys import Permission
from domain.messages import Command


class CommandEndpoint(NamedTuple):
    """A command at an address that ends with ``word``; an empty word begins a new ticket or customer."""

    word: str
    command: type[Command]
    summary: str
    example: Mapping[str, Any]


class Collection(NamedTuple):
    """The commands of one aggregate. ``name`` begins their address, ``id`` is the path parameter with the stream."""

    name: str
    id: str
    scope: Permission
    commands: tuple[CommandEndpoint, ...]
