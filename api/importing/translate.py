"""What the rows of one ticket say, as facts: pure, each row told against the one before it."""

from datetime import datetime
from typing import NamedTuple

from api.importing.plan import Party, Plan, Values
from domain.circumstances import Actor
from domain.customer.events import CustomerEvent
from domain.ticket import events as e

ENDS = frozenset({"resolved", "closed", "cancelled"})
TOLD_BY_RECEIPT = (
    "customer",
    "channel.column",
    "category.column",
    "priority.column",
    "received.subject",
    "received.body",
    "received.actor",
    "time.received",
)


class Fact(NamedTuple):
    """An event that a row tells, and its circumstances. ``cause`` is the row's own name in the source."""

    at: datetime
    actor: Actor
    payload: e.TicketEvent | CustomerEvent
    reason: str | None = None
    cause: str | None = None


class _Tale:
    """The facts of one row while it is told; ``told`` are the places of the cells that they speak of."""

    def __init__(self, plan: Plan, row: Values) -> None:
        keys = plan.places
        self._places = keys
        self._row = row
        self.at = plan.instant(row[keys["time.column"]], plan.mapping.time.column)
        self.actor = plan.actor(self.cell("actor"))
        self.cause = self.cell("revision")
        self.facts: list[Fact] = []
        self.told: set[int] = set()

    def cell(self, key: str) -> str | None:
        """What stands in the column of a key; None without such a column too."""
        place = self._places.get(key)
        return None if place is None else self._row[place]

    def add(self, payload: e.TicketEvent, *keys: str, reason: str | None = None) -> None:
        """One more fact, which tells what stands in the columns of some keys."""
        self.facts.append(Fact(self.at, self.actor, payload, reason, self.cause))
        self.tells(*keys)

    def tells(self, *keys: str) -> None:
        """These columns need no further telling."""
        self.told.update(place for key in keys if (place := self._places.get(key)) is not None)


class History:
    """One ticket's rows so far. ``last`` is when the newest happened."""

    def __init__(self, plan: Plan, ticket: str) -> None:
        self._plan = plan
        self._ticket = ticket
        self._before: Values | None = None
        self._kind = "none"
        self._held: tuple[str | None, str | None] = (None, None)
        self.last: datetime | None = None

    def take(self, row: Values) -> list[Fact]:
        """The facts of the next row, at least one. Raises Unfit, and is then as if the row had not been there."""
        tale = _Tale(self._plan, row)
        if self._before is None:
            self._receive(tale)
        else:
            self._reclassify(tale, self._before)
        self._move(tale)
        changes = self._changes(row, tale.told)
        if changes or not tale.facts:
            tale.add(e.TicketDetailsChanged(changes=changes))
        self._before, self.last = row, tale.at
        return tale.facts

    def note(self, row: Values) -> list[Fact]:
        """The next row as details alone: its place in the history lies behind rows that are recorded already."""
        tale = _Tale(self._plan, row)
        tale.add(e.TicketDetailsChanged(changes=self._changes(row, set())))
        return tale.facts

    def party(self, row: Values) -> Party | None:
        """The customer that the next row names and the one before it did not."""
        place = self._plan.places.get("customer")
        reference = None if place is None else row[place]
        if self._before is None:
            return self._plan.party(reference, self._ticket)
        if place is None or reference is None or reference == self._before[place]:
            return None
        return self._plan.party(reference, self._ticket)

    def _receive(self, tale: _Tale) -> None:
        plan, mapping = self._plan, self._plan.mapping
        written = tale.cell("time.received")
        at = tale.at if written is None else plan.instant(written, mapping.time.received or "")
        actor = plan.actor(tale.cell("received.actor") or tale.cell("actor"))
        payload = e.TicketReceived(
            customer_id=plan.party(tale.cell("customer"), self._ticket).stream,
            channel=mapping.channel.word(tale.cell("channel.column")),
            subject=tale.cell("received.subject") or self._ticket,
            category=mapping.category.word(tale.cell("category.column")),
            priority=mapping.priority.word(tale.cell("priority.column")),
            body=tale.cell("received.body"),
            external_reference=self._ticket,
        )
        tale.facts.append(Fact(at, actor, payload, None, tale.cause))
        tale.tells(*TOLD_BY_RECEIPT)
        self._kind = "received"

    def _reclassify(self, tale: _Tale, before: Values) -> None:
        mapping, places = self._plan.mapping, self._plan.places
        if (place := places.get("category.column")) is not None:
            category = mapping.category.word(tale.cell("category.column"))
            if category != mapping.category.word(before[place]):
                tale.add(e.TicketCategorised(category=category), "category.column")
        if (place := places.get("priority.column")) is not None:
            priority = mapping.priority.word(tale.cell("priority.column"))
            if priority != mapping.priority.word(before[place]):
                tale.add(e.TicketPrioritised(priority=priority), "priority.column")

    def _move(self, tale: _Tale) -> None:
        """Reopened, then assigned, then in the new state. What these do not tell of the state is kept as a detail."""
        written = tale.cell("state.column")
        kind = self._plan.mapping.state.kind(written)
        if self._before is None and kind == "received":
            tale.tells("state.column")
        if self._kind in ENDS and written is not None and kind not in ENDS:
            self._kind = "received"
            before = self._before[self._plan.places["state.column"]] if self._before else None
            told = ("state.column",) if kind in {"received", "assigned"} else ()
            tale.add(e.TicketReopened(), *told, reason=f"{before or ''} -> {written}")
        if self._assign(tale) and kind == "assigned":
            tale.tells("state.column")
        if kind is None or kind == self._kind:
            return
        waiting = self._kind.startswith("waiting")
        if kind not in {"received", "assigned"}:
            self._kind = kind
            reason = written if kind.startswith("waiting") else None
            tale.add(self._arrival(kind, tale, waiting=waiting), "state.column", reason=reason)
        elif waiting:
            self._kind = "in_progress"
            tale.add(e.WorkResumed())

    def _assign(self, tale: _Tale) -> bool:
        """Whether the ticket has got a new holder."""
        team, agent = tale.cell("assignment.team"), tale.cell("assignment.agent")
        if self._plan.mapping.assignment.blank == "unchanged":
            team, agent = team or self._held[0], agent or self._held[1]
        tale.tells("assignment.team", "assignment.agent")
        if (team, agent) == self._held:
            return False
        self._held = (team, agent)
        tale.add(e.TicketAssigned(team=team, agent=agent))
        return True

    def _arrival(self, kind: str, tale: _Tale, *, waiting: bool) -> e.TicketEvent:
        match kind:
            case "in_progress":
                return e.WorkResumed() if waiting else e.WorkStarted()
            case "resolved":
                tale.tells("resolution.text", "resolution.code")
                text = tale.cell("resolution.text") or tale.cell("state.column") or "resolved"
                return e.TicketResolved(resolution=text, code=tale.cell("resolution.code") or "imported")
            case "closed":
                return e.TicketClosed(closed_by="unknown")
            case "cancelled":
                return e.TicketCancelled(cancelled_by="unknown")
            case _:
                return e.TicketPutOnHold(waiting_for=kind.removeprefix("waiting:"))

    def _changes(self, row: Values, told: set[int]) -> dict[str, e.Change]:
        before = self._before
        if before is None:
            return {
                column: e.Change(old=None, new=row[place])
                for place, column in self._plan.watched
                if place not in told and row[place] is not None
            }
        return {
            column: e.Change(old=before[place], new=row[place])
            for place, column in self._plan.watched
            if row[place] != before[place] and place not in told
        }
