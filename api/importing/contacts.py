"""The contacts that a row holds beside its state: comments, the first reply, the rating and the effort."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from api.importing.column_binding import ColumnBinding
from api.importing.comments import Comment, Comments, dated_comments
from api.importing.compared_columns import effort_seconds
from api.importing.exported_ticket_row import ExportedTicketRow
from api.importing.imported_state import ImportedState
from api.importing.rows import RowRejected
from api.importing.times import TimeReader
from domain.text_folding import same_name
from domain.ticket import events as e

MINUTE = 60
"""The most seconds between a first reply and the comment that holds it: some columns have minutes only."""


def add_contacts(binding: ColumnBinding, imported: ImportedState, row: ExportedTicketRow) -> None:
    """Adds the contacts of a row that are not recorded yet. Raises RowRejected for a date that cannot be read."""
    _add_comments(binding, imported, row)
    _add_first_reply(binding, imported, row)
    _add_rating(binding, imported, row)
    _add_effort(binding, imported, row)


def _add_comments(binding: ColumnBinding, imported: ImportedState, row: ExportedTicketRow) -> None:
    counts: Counter[tuple[datetime | None, str]] = Counter()
    customer = row.cell("customer")
    for comments, indexes, dates in zip(
        binding.mapping.comments, binding.comment_indexes, binding.comment_dates, strict=True
    ):
        for column, cell in [
            (binding.header[index], cell) for index in indexes if (cell := row.values[index]) is not None
        ]:
            for comment, at in _dated_comments(cell, comments, dates):
                key = at, comment.text
                counts[key] += 1
                kind = comments.kind if comment.public is None else "reply" if comment.public else "note"
                if customer is not None and same_name(comment.author, customer):
                    kind = "message"
                is_receipt = kind == "message" and comment.text == row.cell("received.body")
                if kind == "reply" and _is_bare_reply(imported, row, column, comment.text, at):
                    row.details[column] = comment.text
                elif counts[key] > imported.comments[key] and not is_receipt:
                    actor = binding.actor(comment.author) if comment.author else row.actor
                    row.add(_comment_event(kind, comment.text), at, actor=actor)


def _is_bare_reply(
    imported: ImportedState, row: ExportedTicketRow, column: str, text: str, at: datetime | None
) -> bool:
    """Whether a comment is the reply that an earlier export had by its time alone: it is no second reply."""
    bare = imported.bare_reply
    if bare is None or at is None or abs((at - bare).total_seconds()) > MINUTE:
        return False
    return not row.details and imported.cells.get(column, text) == text


def _dated_comments(cell: str, comments: Comments, dates: TimeReader) -> Sequence[tuple[Comment, datetime | None]]:
    try:
        return list(dated_comments(cell, comments, dates))
    except ValueError as error:
        raise RowRejected(str(error)) from None


def _comment_event(kind: str, text: str) -> e.TicketEvent:
    match kind:
        case "reply":
            return e.ReplySent(body=text)
        case "message":
            return e.MessageReceived(body=text)
        case _:
            return e.NoteAdded(body=text)


def _add_first_reply(binding: ColumnBinding, imported: ImportedState, row: ExportedTicketRow) -> None:
    """Adds a reply without text at the time of the first reply, unless a comment is that reply."""
    at = row.times.get("first_reply")
    if at is None:
        return
    replies = [event.at for event in row.events if type(event.payload) is e.ReplySent]
    recorded = [imported.replied] if imported.replied else []
    if any((reply - at).total_seconds() <= MINUTE for reply in recorded + replies):
        return
    row.add(e.ReplySent(body=""), at, actor=binding.actor(row.cell("assignment.agent") or row.cell("actor")))


def _add_rating(binding: ColumnBinding, imported: ImportedState, row: ExportedTicketRow) -> None:
    satisfaction = binding.mapping.satisfaction
    cell = row.cell("satisfaction.column")
    if satisfaction is None or not cell:
        return
    score = satisfaction.score(cell)
    if score is None or str(score) == imported.cells.get(binding.columns["satisfaction.column"]):
        return
    at = row.times.get("rated") or row.times.get("closed") or row.times.get("resolved")
    row.add(e.SatisfactionRated(score=score, comment=row.cell("satisfaction.comment")), at)


def _add_effort(binding: ColumnBinding, imported: ImportedState, row: ExportedTicketRow) -> None:
    effort = binding.mapping.effort
    cell = row.cell("effort.column")
    total = effort_seconds(binding.mapping, cell) if effort and cell else None
    if effort and total is not None and (more := total - imported.effort) > 0:
        row.add(e.EffortLogged(agent=row.cell("assignment.agent") or "unknown", kind=effort.kind, seconds=more))
