"""A ticket in plain Python by the definitions, without the folds of the product."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any, NamedTuple
from uuid import UUID

from domain.automation.events import AutomationEvent
from domain.envelope import RecordedEvent
from domain.sla.events import SlaBreached, SlaCorrected, SlaWarned
from domain.ticket import events as e

WEEK = timedelta(hours=168)
OPEN = ("received", "assigned", "in_progress", "waiting")

LEFT_OUT = ("merged", "duplicate", "spam", "cancelled")

NO_CONTACT = ("merged", "duplicate", "spam")


class Move(NamedTuple):
    """An event, its instant, and the state before and after it."""

    at: datetime
    event: RecordedEvent
    before: str
    after: str
    team_before: str | None

    @property
    def payload(self) -> Any:
        return self.event.payload

    @property
    def leaves(self) -> bool:
        return self.before in OPEN and self.after not in OPEN

    @property
    def comes_back(self) -> bool:
        return self.before not in (*OPEN, "none") and self.after in OPEN


def plain_thanks(history: Sequence[RecordedEvent]) -> set[int]:
    """The versions of the messages that were taken for thanks, and still are."""
    taken_back = [event.payload.message for event in history if isinstance(event.payload, e.ThanksTakenBack)]
    recognised = [event.payload.message for event in history if isinstance(event.payload, e.ThanksRecognised)]
    return {message for message in recognised if message not in taken_back}


class PlainTicket:
    """A ticket's events by (occurred_at, version). No event precedes the receipt."""

    def __init__(self, history: Sequence[RecordedEvent]) -> None:
        self.receipt = next(event for event in history if isinstance(event.payload, e.TicketReceived))
        self.id: UUID = self.receipt.stream
        self.customer, self.channel = self.receipt.payload.customer_id, self.receipt.payload.channel
        self.received_at: datetime = self.receipt.occurred_at
        self.category = self.receipt.payload.category
        self.merged_into: UUID | None = None
        self.moves = list(self._walk(history))
        self.is_told_late = any(map(_is_told_late, history))
        self.thanks = plain_thanks(history)

    def _walk(self, history: Sequence[RecordedEvent]) -> Iterable[Move]:
        later = sorted((event for event in history if event is not self.receipt), key=lambda event: event.version)
        later.sort(key=lambda event: event.occurred_at)
        state, before_merge = "none", None
        team: str | None = None
        agent: str | None = None
        for event in (self.receipt, *later):
            before, payload, team_before = state, event.payload, team
            match payload:
                case e.TicketAssigned():
                    team, agent = payload.team, payload.agent
                    if state in {"received", "assigned"}:
                        state = "assigned" if team or agent else "received"
                case e.TicketCategorised():
                    self.category = payload.category
                case e.TicketMerged():
                    before_merge = before_merge if state == "merged" else state
                    state, self.merged_into = "merged", payload.into
                case e.MergeUndone():
                    state = before_merge or ("assigned" if team or agent else "received")
                    before_merge = None
                case e.ThanksTakenBack() if state not in {"resolved", "closed"}:
                    pass
                case e.TicketReopened() | e.WorkStopped() | e.ThanksTakenBack():
                    state = "assigned" if team or agent else "received"
                case _:
                    state = _STATES.get(type(payload), state)
            yield Move(max(event.occurred_at, self.received_at), event, before, state, team_before)

    @cached_property
    def outcome(self) -> str | None:
        """None while it is open."""
        if self.moves[-1].after in OPEN:
            return None
        after = self.left.after
        if after != "cancelled":
            return "merged" if after == "merged" else "resolved"
        reason = [m.payload.cancelled_as for m in self.moves[: self.moves.index(self.left) + 1] if _is_cancellation(m)]
        return reason[-1] if reason[-1] in {"duplicate", "spam"} else "cancelled"

    @cached_property
    def left(self) -> Move:
        return [move for move in self.moves if move.leaves][-1]

    @cached_property
    def resolutions(self) -> list[Move]:
        return [move for move in self.moves if move.leaves and move.after in {"resolved", "closed"}]

    @property
    def is_left_out(self) -> bool:
        return self.outcome in LEFT_OUT

    @property
    def is_contact(self) -> bool:
        return self.outcome not in NO_CONTACT

    def of(self, *kinds: type) -> list[Move]:
        return [move for move in self.moves if isinstance(move.payload, kinds)]

    @property
    def messages(self) -> list[Move]:
        """Those of the customer that say more than thanks."""
        return [move for move in self.of(e.MessageReceived) if move.event.version not in self.thanks]

    def ratings(self) -> list[tuple[Move | None, datetime, int]]:
        """The last rating of each resolution (None: before the first), with its instant."""
        last: dict[Move | None, tuple[Move | None, datetime, int]] = {}
        resolution: Move | None = None
        for move in self.moves:
            if move in self.resolutions:
                resolution = move
            elif isinstance(move.payload, e.SatisfactionRated):
                last[resolution] = (resolution, move.at, move.payload.score)
        return list(last.values())


_STATES: dict[type, str] = {
    e.TicketReceived: "received",
    e.WorkStarted: "in_progress",
    e.WorkResumed: "in_progress",
    e.TicketPutOnHold: "waiting",
    e.TicketResolved: "resolved",
    e.TicketClosed: "closed",
    e.TicketCancelled: "cancelled",
}


def _is_cancellation(move: Move) -> bool:
    return isinstance(move.payload, e.TicketCancelled)


def _is_told_late(event: RecordedEvent) -> bool:
    """Whether an event was recorded more than a week after it happened, by no import, and counts in a figure."""
    counts = not isinstance(
        event.payload, e.NoteAdded | e.AssignmentProposed | AutomationEvent | SlaWarned | SlaBreached | SlaCorrected
    )
    return counts and event.envelope.actor.kind != "import" and event.recorded_at > event.occurred_at + WEEK
