"""Pages of bounded size, and the cursors that continue them."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import Field, TypeAdapter, ValidationError
from pydantic_core import to_json

from api.http.problems import malformed
from domain.envelope import BEHIND_ALL

LARGEST_PAGE = 500

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many there are on a page at most.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=500,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The `next` of the page before; keep it as it is, its form may change.",
    ),
]
Position = Annotated[int, Field(ge=0, le=BEHIND_ALL)]
"""A position of a log; 0 is before its first entry."""
Version = Annotated[int, Field(ge=0, le=2**31 - 1)]
"""A version of a stream, or another number that a column of four bytes holds."""
POSITION_KEY: TypeAdapter[int] = TypeAdapter(Position)
CursorKey = TypeVar("CursorKey")
Row = TypeVar("Row")


def cursor_key(cursor: str | None, kind: TypeAdapter[CursorKey]) -> CursorKey | None:
    """The key behind which a page begins, read from its cursor. Raises Problem (malformed)."""
    if cursor is None:
        return None
    try:
        return kind.validate_json(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)), strict=True)
    except (ValueError, ValidationError):
        raise malformed([{"loc": ("cursor",), "msg": "this is not the `next` of a page"}]) from None


def page_of(rows: Sequence[Row], limit: int, key: Callable[[Row], object]) -> tuple[Sequence[Row], str | None]:
    """The first ``limit`` of the rows, of which one more was read, and the cursor of the next page, if there is one."""
    more = len(rows) > limit
    return rows[:limit], cursor_of(key(rows[limit - 1])) if more else None


def cursor_of(key: object) -> str | None:
    """The cursor of a key; None when there is no next page."""
    return None if key is None else urlsafe_b64encode(to_json(key)).rstrip(b"=").decode()
