"""The comments in the cells of a file: text, author, time, and whether the customer sees them."""

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, StringConstraints

from api.importing.times import Column, TimeFormat, TimeReader
from domain.messages import Message

CommentKind = Literal["note", "reply", "message"]
_PARTS = re.compile("date|author|text")


class Comment(NamedTuple):
    """``date`` is as written. ``public`` is None when the comment does not say whether the customer sees it."""

    text: str
    date: str | None = None
    author: str | None = None
    public: bool | None = None


def _template(shape: str) -> str:
    if shape not in {"text", "json"} and sorted(_PARTS.findall(shape)) not in (
        ["date", "text"],
        ["author", "text"],
        ["author", "date", "text"],
    ):
        raise ValueError(
            'write "text", "json", or text with date or author and what stands between: "date;author;text"'
        )
    return shape


class CommentNames(Message):
    """The names of the fields of a comment in JSON."""

    date: str = "created_at"
    author: str = "author_id"
    text: str = "body"
    public: str = "public"


class Comments(TimeFormat):
    """Comments in one column, and in those of the same name that follow it ("Comment (2)").

    ``shape``: "text" (the cell is one comment), "json" (a list of objects), or the parts of a comment and what stands
    between them, like "date;author;text". ``kind``: of a comment that does not say whether it is public. A comment by
    the ticket's customer is always a message. ``format``, ``language`` and ``zone`` apply to its dates.
    """

    column: Column
    shape: Annotated[str, StringConstraints(min_length=1), AfterValidator(_template)] = "text"
    kind: CommentKind = "note"
    names: CommentNames = CommentNames()


def dated_comments(cell: str, comments: Comments, dates: TimeReader) -> Iterator[tuple[Comment, datetime | None]]:
    """The comments of a cell with their times; None for a comment without a date, which has the time of its row.

    A cell whose date cannot be read has another shape, and all of it is text. In JSON such a date raises ValueError.
    """
    for comment in comments_in(cell, comments):
        if comment.date is None:
            yield comment, None
            continue
        try:
            yield comment, dates.read(comment.date).first
        except ValueError as error:
            if comments.shape == "json":
                raise ValueError(f"the date {comment.date[:40]!r} of a comment in {comments.column} {error}") from None
            yield Comment(cell.strip()), None


def comments_in(cell: str, comments: Comments) -> Iterator[Comment]:
    """The comments of a cell. A cell of another shape is one comment without a date."""
    if comments.shape == "json":
        yield from _from_json(cell, comments.names)
    elif comments.shape == "text":
        yield Comment(cell)
    else:
        match = pattern(comments.shape).fullmatch(cell)
        parts = match.groupdict() if match else {"text": cell}
        if parts["text"].strip():
            yield Comment(parts["text"].strip(), parts.get("date"), parts.get("author"))


def pattern(shape: str) -> re.Pattern[str]:
    """The pattern of comments of a shape. Its last part matches the rest of the cell."""
    last = _PARTS.findall(shape)[-1]
    pieces = re.split(f"({_PARTS.pattern})", shape)
    return re.compile("".join(_piece(piece, last) for piece in pieces), re.DOTALL)


def _piece(piece: str, last: str) -> str:
    if not _PARTS.fullmatch(piece):
        return re.escape(piece)
    return f"(?P<{piece}>.{'*' if piece == last else '*?'})"


def _from_json(cell: str, names: CommentNames) -> Iterator[Comment]:
    try:
        value = json.loads(cell)
    except (ValueError, RecursionError):
        value = cell
    for element in value if isinstance(value, list) else [value]:
        fields: dict[str, Any] = element if isinstance(element, dict) else {names.text: element}
        text = fields.get(names.text)
        if text is None or not str(text).strip():
            continue
        date, author = fields.get(names.date), fields.get(names.author)
        public = fields.get(names.public)
        yield Comment(
            str(text).strip(),
            None if date is None else str(date),
            None if author is None else str(author),
            public if isinstance(public, bool) else None,
        )
