"""What is known for the access journal of the request that is being answered."""

import time
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field

from api.api_keys import Principal, RefusedKey


@dataclass(slots=True)
class RequestAccess:
    """The caller, or the key that was refused; the code and the state of a problem; the rows of the answer.

    ``again``: an open page asks anew for what it shows, so that a true repeat is not noted. ``began``: when the request
    began, by the process's clock.
    """

    caller: Principal | None = None
    refused_key: RefusedKey | None = None
    code: str | None = None
    state: str | None = None
    rows: int | None = None
    again: bool = False
    began: float = field(default_factory=time.monotonic)


_CURRENT: ContextVar[RequestAccess | None] = ContextVar("request_access", default=None)


def begin_access() -> RequestAccess:
    """Begins a request. Its endpoint runs in the same context, in a thread in a copy of it."""
    access = RequestAccess()
    _CURRENT.set(access)
    return access


def current_access() -> RequestAccess:
    """That of the present request; outside of one it belongs to nobody."""
    return _CURRENT.get() or RequestAccess()


def count_rows(rows: int) -> None:
    """Notes how many rows the answer holds."""
    current_access().rows = rows


def rows_of(content: object) -> int:
    """The rows of an answer: the elements of its lists, or 1 for a single thing."""
    if isinstance(content, list):
        return len(content)
    if isinstance(content, Mapping):
        lists = [value for value in content.values() if isinstance(value, list)]
        if lists:
            return sum(map(len, lists))
    return 1
