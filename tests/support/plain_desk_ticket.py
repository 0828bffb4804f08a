"""A ticket in plain Python with what it was at each of its moves: who held it, what it was about, how it went on."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import NamedTuple
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.text_folding import fold_name
from domain.ticket import events as e
from tests.support.plain_ticket import OPEN, Move, PlainTicket

Step = tuple[str, datetime]


class Held(NamedTuple):
    """A ticket behind a move, with folded names."""

    team: str | None
    agent: str | None
    priority: str | None
    category: str | None
    waiting_for: str | None
    hold_until: datetime | None


class DeskTicket(PlainTicket):
    """A ticket with its customer as it was corrected; words are folded."""

    def __init__(self, history: Sequence[RecordedEvent]) -> None:
        super().__init__(history)
        self.history = history
        self.owner: UUID = self.customer
        self.organisation: UUID | None = self.receipt.payload.organisation_id
        for event in history:
            if isinstance(event.payload, e.CustomerCorrected):
                self.owner, self.organisation = event.payload.customer_id, event.payload.organisation_id
        self.held = self._held()
        self.category = self.held[-1].category or ""

    def _held(self) -> list[Held]:
        first = self.receipt.payload
        held = Held(None, None, _folded(first.priority), _folded(first.category), None, None)
        kept = []
        for move in self.moves:
            payload = move.payload
            if isinstance(payload, e.TicketAssigned):
                held = held._replace(team=_folded(payload.team), agent=_folded(payload.agent))
            elif isinstance(payload, e.TicketPrioritised):
                held = held._replace(priority=_folded(payload.priority))
            elif isinstance(payload, e.TicketCategorised):
                held = held._replace(category=_folded(payload.category))
            elif isinstance(payload, e.TicketPutOnHold):
                held = held._replace(waiting_for=payload.waiting_for, hold_until=payload.until)
            kept.append(held)
        return kept

    def of_move(self, number: int) -> dict[str, str | None]:
        """The groups of a ticket behind its move of that number, with the state."""
        held, move = self.held[number], self.moves[number]
        return {
            "team": held.team,
            "agent": held.agent,
            "priority": held.priority,
            "category": held.category,
            "channel": fold_name(self.channel),
            "state": move.after,
        }

    def of_resolution(self, resolution: Move | None) -> dict[str, str | None]:
        """Who held a ticket at a resolution; of a category, what it was found to be about."""
        number = -1 if resolution is None else self.moves.index(resolution)
        return self.of_move(number) | {"category": self.category}

    def last_by(self, at: datetime) -> int | None:
        """The number of the last move by an instant."""
        return max((number for number, move in enumerate(self.moves) if move.at <= at), default=None)

    @cached_property
    def first_late(self) -> datetime | None:
        """The instant of the first fact that was told late."""
        late = [event.occurred_at for event in self.history if PlainTicket([self.receipt, event]).is_told_late]
        return min(late, default=None)

    @cached_property
    def path(self) -> list[Step]:
        """Each state, a wait with its reason, and when it began; a merge that was undone leaves no trace."""
        path: list[Step] = []
        before_merge = path
        for move, held in zip(self.moves, self.held, strict=True):
            if move.after == "merged" != move.before:
                before_merge = [*path]
            elif isinstance(move.payload, e.MergeUndone) and move.before == "merged":
                path = before_merge
            name = f"waiting_{held.waiting_for}" if move.after == "waiting" else move.after
            if not path or path[-1][0] != name:
                path.append((name, move.at))
        return path

    @property
    def loops(self) -> bool:
        """Whether it came back to a state otherwise than by going on after a wait."""
        states = [state for state, _ in self.path]
        return any(
            state in states[:number] and not states[number - 1].startswith("waiting")
            for number, state in enumerate(states)
            if number
        )

    @cached_property
    def teams(self) -> list[str]:
        """The teams that held it while open, ``-`` for nobody; the last of several moves at an instant counts."""
        teams: list[str] = []
        before_merge = teams
        for number, (move, held) in enumerate(zip(self.moves, self.held, strict=True)):
            if move.after == "merged" != move.before:
                before_merge = [*teams]
            elif isinstance(move.payload, e.MergeUndone) and move.before == "merged":
                teams = before_merge
            lasts = number + 1 == len(self.moves) or self.moves[number + 1].at > move.at
            if lasts and move.after in OPEN and (not teams or teams[-1] != (held.team or "-")):
                teams.append(held.team or "-")
        return teams

    @property
    def team_loops(self) -> bool:
        """Whether it came back to a team, or to nobody."""
        return len(set(self.teams)) < len(self.teams)


def _folded(name: str | None) -> str | None:
    return None if name is None else fold_name(name)
