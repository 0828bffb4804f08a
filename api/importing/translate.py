"""What the rows of one ticket say, as facts: pure, each row told against what the log says of its ticket."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from api.importing.column_binding import ColumnBinding, CustomerRef, RowCells, RowRejected
from api.importing.comments import Comment, Comments, dated_comments
from api.importing.imported_state import LATE, OVERWRITES, QUEUE, ImportedState
from api.importing.row_times import row_time, times_of, updated_of
from api.importing.state_steps import SourceState, StateStep, agrees, kind_by_times, moves
from api.importing.times import TimeReader
from domain.command_context import Actor
from domain.customer.events import CustomerEvent
from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.ticket import events as e
from domain.ticket.decider import ENDING_A_STATE

MINUTE = 60
"""Seconds between a first reply and the comment that holds it, at most: some columns have minutes only."""


class ImportedEvent(NamedTuple):
    """An event that a row tells, and its circumstances. ``cause`` is the row's own name in the source."""

    at: datetime
    actor: Actor
    payload: e.TicketEvent | CustomerEvent
    reason: str | None = None
    cause: str | None = None


class _Row:
    """A row while it is told: its values, its times by key, who speaks, and the facts so far."""

    def __init__(self, binding: ColumnBinding, memory: ImportedState, values: RowCells) -> None:
        self.binding = binding
        self.values = values
        self.times, self.dated = times_of(binding, memory, values)
        self.at = self.times["row"]
        self.actor = binding.actor(self.cell("actor"))
        self.cause = self.cell("revision") or updated_of(self.times)
        self.facts: list[ImportedEvent] = []
        self.team, self.agent = _holder(binding, memory, self.cell("assignment.team"), self.cell("assignment.agent"))
        self.state = binding.state(values)
        self.kind = binding.kind(self.state, held=self.agent is not None)

    def cell(self, key: str) -> str | None:
        """What stands in the column of a key; None without such a column too."""
        place = self.binding.places.get(key)
        return None if place is None else self.values[place]

    def add(
        self,
        payload: e.TicketEvent,
        at: datetime | None = None,
        *,
        reason: str | None = None,
        actor: Actor | None = None,
    ) -> None:
        """One more fact, of the row's own time and actor unless said."""
        self.facts.append(ImportedEvent(at or self.at, actor or self.actor, payload, reason, self.cause))


class TicketTranslation:
    """One ticket, as far as the log and the rows so far say.

    ``at`` is when the row that was taken last happened. ``out_of_order``: it told a time before the receipt, or before
    what that ends. ``not_overwritten``: it said otherwise what others have decided here since, and was kept as details.
    ``moved_back``: it took a ticket that an earlier export had further along back to an earlier state.
    """

    def __init__(self, binding: ColumnBinding, ticket: str, recorded: Sequence[RecordedEvent] = ()) -> None:
        self._binding = binding
        self._ticket = ticket
        self.memory = ImportedState(binding)
        self.memory.fold(recorded, ticket)
        self.out_of_order = False
        self.not_overwritten = False
        self.moved_back = False
        self.at: datetime | None = None
        self._reference: str | None = None

    def take(self, values: RowCells) -> list[ImportedEvent]:
        """The facts of the next row, at least one. Raises RowRejected, and is then as if the row had not been there."""
        binding, memory = self._binding, self.memory
        row = _Row(binding, memory, values)
        self.at = row.at
        self.not_overwritten = self.moved_back = False
        self.out_of_order = any(at < row.times["created"] for key, at in row.times.items() if key != "due")
        if memory.kind == "none":
            row.add(
                self._receipt(row), row.times["created"], reason=self._state_of_receipt(row), actor=self._receiver(row)
            )
        else:
            self._reclassify(row)
        steps = self._steps(row)
        reopened = next((n for n, step in enumerate(steps, 1) if isinstance(step.payload, e.TicketReopened)), 0)
        self._move(row, steps[:reopened])
        self._assign(row)
        self._move(row, steps[reopened:])
        if binding.has_more:
            self._comments(row)
            self._first_reply(row)
            self._rate(row)
            self._log_effort(row)
        facts = self._in_order(row.facts)
        for fact in facts:
            self._take(fact)
        changes = self._changes(values)
        tells_itself = binding.one_row_each or any(fact.at == row.at for fact in facts)
        if changes or not facts or not tells_itself:
            details = ImportedEvent(row.at, row.actor, e.TicketDetailsChanged(changes=changes), None, row.cause)
            self._take(details)
            facts = sorted([*facts, details], key=_by_time)
        return facts

    def note(self, values: RowCells, before: RowCells | None) -> list[ImportedEvent]:
        """A row as details alone: its place in the history lies behind rows that are recorded already."""
        row = _Row(self._binding, self.memory, values)
        changes = {
            column: e.Change(old=before[place] if before else None, new=values[place])
            for place, column in self._binding.kept
            if values[place] != (before[place] if before else None)
        }
        row.add(e.TicketDetailsChanged(changes=changes), reason=LATE)
        return row.facts

    def row_time(self, values: RowCells, after: datetime | None) -> datetime:
        """When a row happened or was true, as ``take`` reads it. Raises RowRejected."""
        return row_time(self._binding, self.memory, values, after)

    def updated(self) -> datetime | None:
        """When the newest recorded row of a ticket was updated, where only that names its rows."""
        cause = self.memory.cause
        if cause is None or "revision" in self._binding.places or "time.updated" not in self._binding.columns:
            return None
        return datetime.fromisoformat(cause)

    def party(self, values: RowCells) -> CustomerRef | None:
        """The customer that the next row names and what is known of the ticket does not."""
        place = self._binding.places.get("customer")
        reference = None if place is None else values[place]
        if self.memory.kind == "none":
            return self._binding.party(reference, self._ticket)
        if reference is None or reference == self._reference:
            return None
        party = self._binding.party(reference, self._ticket)
        if party.stream == self.memory.customer:
            self._reference = reference
            return None
        self._reference = None
        return party

    def _receipt(self, row: _Row) -> e.TicketReceived:
        binding, mapping = self._binding, self._binding.mapping
        return e.TicketReceived(
            customer_id=binding.party(row.cell("customer"), self._ticket).stream,
            channel=mapping.channel.word(row.cell("channel.column")),
            subject=row.cell("received.subject") or self._ticket,
            category=mapping.category.word(row.cell("category.column")),
            priority=mapping.priority.word(row.cell("priority.column")),
            body=row.cell("received.body"),
            external_reference=self._ticket,
        )

    def _receiver(self, row: _Row) -> Actor:
        return self._binding.actor(row.cell("received.actor") or row.cell("actor"))

    def _state_of_receipt(self, row: _Row) -> str | None:
        return row.state if row.kind in QUEUE else None

    def _reclassify(self, row: _Row) -> None:
        mapping, here = self._binding.mapping, self.memory.ticket
        category = self._changed(row, "category.column", mapping.category.word, here.category)
        if category is not None:
            row.add(e.TicketCategorised(category=category))
        priority = self._changed(row, "priority.column", mapping.priority.word, here.priority)
        if priority is not None:
            row.add(e.TicketPrioritised(priority=priority))

    def _changed(self, row: _Row, key: str, word: Callable[[str | None], str], here: str | None) -> str | None:
        """Our word for what stands under a key, when it is another than was said and nobody here chose otherwise."""
        if (column := self._binding.columns.get(key)) is None:
            return None
        said, known = word(row.cell(key)), self.memory.cells.get(column)
        if said == known:
            return None
        if self.memory.foreign and here != known:
            self.not_overwritten = True
            return None
        return said

    def _assign(self, row: _Row) -> None:
        holder, said, here = (row.team, row.agent), self.memory.holder(), self.memory.ticket
        if holder == said or tuple(map(_folded, holder)) == tuple(map(_folded, said)):
            return
        if self.memory.foreign and (here.team, here.agent) != said:
            self.not_overwritten = True
            return
        is_state = row.kind == "assigned" and self.memory.kind in QUEUE
        at = row.times["created"] if self.memory.kind == "none" and self._binding.one_row_each else row.at
        row.add(e.TicketAssigned(team=holder[0], agent=holder[1]), at, reason=row.state if is_state else None)

    def _steps(self, row: _Row) -> list[StateStep]:
        """How the ticket came to the state that the row says; none when others have decided here since."""
        binding, memory, times = self._binding, self.memory, row.times
        resolved, closed = times.get("resolved"), times.get("closed")
        kind = kind_by_times(row.kind, memory.kind, resolved, closed)
        if kind is None and not binding.state_places:
            kind = "received"
        text, code = row.cell("resolution.text"), row.cell("resolution.code")
        said = SourceState(row.at, kind, row.state, text, code, row.dated, resolved, closed, times.get("waiting"))
        known = memory.cells.get(binding.columns.get("time.resolved", ""))
        steps = moves(memory, said, known)
        if steps and memory.foreign and not agrees(memory):
            self.not_overwritten = True
            return []
        return steps

    def _move(self, row: _Row, steps: list[StateStep]) -> None:
        later = self._binding.one_row_each and self.memory.kind != "none"
        for step in steps:
            self.moved_back |= later and isinstance(step.payload, e.TicketReopened | e.WorkStopped)
            row.add(step.payload, step.at, reason=step.reason)

    def _comments(self, row: _Row) -> None:
        binding, memory = self._binding, self.memory
        seen: Counter[tuple[datetime | None, str]] = Counter()
        customer = row.cell("customer")
        for comments, places, dates in zip(
            binding.mapping.comments, binding.comment_places, binding.dates, strict=True
        ):
            for cell in (cell for place in places if (cell := row.values[place]) is not None):
                for comment, at in _dated_comments(cell, comments, dates):
                    seen[at, comment.text] += 1
                    kind = comments.kind if comment.public is None else "reply" if comment.public else "note"
                    if customer is not None and _folded(comment.author) == _folded(customer):
                        kind = "message"
                    is_receipt = kind == "message" and comment.text == row.cell("received.body")
                    if seen[at, comment.text] > memory.comments[at, comment.text] and not is_receipt:
                        actor = binding.actor(comment.author) if comment.author else row.actor
                        row.add(_comment_event(kind, comment.text), at, actor=actor)

    def _first_reply(self, row: _Row) -> None:
        """The first reply by its time alone, unless a comment holds it."""
        if (at := row.times.get("first_reply")) is None:
            return
        replies = [fact.at for fact in row.facts if type(fact.payload) is e.ReplySent]
        known = [self.memory.replied] if self.memory.replied else []
        if any((reply - at).total_seconds() <= MINUTE for reply in known + replies):
            return
        row.add(e.ReplySent(body=""), at, actor=self._binding.actor(row.cell("assignment.agent") or row.cell("actor")))

    def _rate(self, row: _Row) -> None:
        if (satisfaction := self._binding.mapping.satisfaction) is None:
            return
        cell = row.cell("satisfaction.column")
        score = satisfaction.score(cell) if cell else None
        if score is None or str(score) == self.memory.cells.get(self._binding.columns["satisfaction.column"]):
            return
        at = row.times.get("rated") or row.times.get("closed") or row.times.get("resolved")
        row.add(e.SatisfactionRated(score=score, comment=row.cell("satisfaction.comment")), at)

    def _log_effort(self, row: _Row) -> None:
        if (effort := self._binding.mapping.effort) is None:
            return
        cell = row.cell("effort.column")
        total = self._binding.effort_text(cell) if cell else ""
        if total.isdecimal() and (more := int(total) - self.memory.effort) > 0:
            agent = row.cell("assignment.agent") or "unknown"
            row.add(e.EffortLogged(agent=agent, kind=effort.kind, seconds=more))

    def _in_order(self, facts: list[ImportedEvent]) -> list[ImportedEvent]:
        """By time, the receipt first. What replaces something does not precede it; steps of the state stay in turn."""
        floor = self.memory.moved
        first = facts[0].at if facts else None
        if first is None or ((floor is None or first >= floor) and all(fact.at == first for fact in facts)):
            return facts
        state = floor
        placed = []
        for fact in facts:
            at = fact.at
            if type(fact.payload) is e.TicketReceived:
                floor = state = at
            elif type(fact.payload) in OVERWRITES and floor is not None:
                at = max(at, floor)
                if type(fact.payload) in ENDING_A_STATE and state is not None:
                    at = state = max(at, state)
            if at != fact.at:
                self.out_of_order = True
                fact = fact._replace(at=at)  # noqa: PLW2901 -- the same fact
            placed.append(fact)
        return sorted(placed, key=_by_time)

    def _take(self, fact: ImportedEvent) -> None:
        self.memory.take(fact.payload, fact.at, fact.actor.id, fact.reason, fact.cause)  # type: ignore[arg-type]  # a ticket's facts alone are told

    def _changes(self, values: RowCells) -> dict[str, e.Change]:
        """What the row says and its other facts do not."""
        cells = self.memory.cells
        changes = {
            column: e.Change(old=cells.get(column), new=values[place])
            for place, column in self._binding.unread
            if values[place] != cells.get(column)
        }
        for watched in self._binding.watched:
            new, old = watched.read(values), cells.get(watched.column)
            if new != old and (new is not None or not watched.lasts):
                changes[watched.column] = e.Change(old=old, new=new)
        for place, column, dates in self._binding.joined:
            new = values[place] if all(values[date] is None for date in dates) else None
            if new != cells.get(column):
                changes[column] = e.Change(old=cells.get(column), new=new)
        if "customer" in self._binding.places and (party := self.party(values)):
            column = self._binding.columns["customer"]
            changes[column] = e.Change(old=cells.get(column), new=party.reference)
        return changes


def _holder(
    binding: ColumnBinding, memory: ImportedState, team: str | None, agent: str | None
) -> tuple[str | None, str | None]:
    if binding.mapping.assignment.blank == "nobody":
        return team, agent
    said = memory.holder()
    return team or said[0], agent or said[1]


def _folded(name: str | None) -> str | None:
    return None if name is None else fold_name(name)


def _dated_comments(cell: str, comments: Comments, dates: TimeReader) -> Sequence[tuple[Comment, datetime | None]]:
    """Raises RowRejected."""
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


def _by_time(fact: ImportedEvent) -> tuple[bool, datetime]:
    return type(fact.payload) is not e.TicketReceived, fact.at
