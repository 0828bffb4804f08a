"""Pages of bounded size, and cursors that say where the next one begins."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable, Sequence
from typing import Annotated, TypeVar

from fastapi import Query
from pydantic import TypeAdapter, ValidationError
from pydantic_core import to_json

from api.http.problems import malformed

LARGEST_PAGE = 500

Limit = Annotated[int, Query(ge=1, le=LARGEST_PAGE, description="How many there are on a page at most.")]
Cursor = Annotated[
    str | None,
    Query(
        max_length=500,
        pattern=r"^[A-Za-z0-9_-]*$",
        description="The `next` of the page before; keep it as it is, it may change its form.",
    ),
]
Place = TypeVar("Place")
Row = TypeVar("Row")


def place_of(cursor: str | None, kind: TypeAdapter[Place]) -> Place | None:
    """Where a page begins: the place that its cursor holds. Raises Problem (malformed)."""
    if cursor is None:
        return None
    try:
        return kind.validate_json(urlsafe_b64decode(cursor.encode() + b"=" * (-len(cursor) % 4)), strict=True)
    except (ValueError, ValidationError):
        raise malformed([{"loc": ("cursor",), "msg": "this is not the `next` of a page"}]) from None


def page_of(found: Sequence[Row], limit: int, place: Callable[[Row], object]) -> tuple[Sequence[Row], str | None]:
    """The rows of a page, of which one more than ``limit`` was looked for, and the cursor of the next page, if any."""
    more = len(found) > limit
    return found[:limit], cursor_of(place(found[limit - 1])) if more else None


def cursor_of(place: object) -> str | None:
    """The cursor of a place; None when there is no next page."""
    return None if place is None else urlsafe_b64encode(to_json(place)).rstrip(b"=").decode()
