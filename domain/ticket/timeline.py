"""The steps of a ticket in world order, and where each step enters or leaves the backlog."""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from itertools import accumulate
from operator import attrgetter, is_
from typing import Literal, NamedTuple, get_args

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.lateness import first_told_late
from domain.ticket.state import Owner, Ticket, evolve, owner_by

Entry = Literal["received", "reopened", "merge_undone"]
Exit = Literal["resolved", "closed", "cancelled", "merged"]
ENTRIES: frozenset[str] = frozenset(get_args(Entry))
_ENTRIES: dict[str, Entry] = {"none": "received", "merged": "merge_undone"}
_EXITS: dict[str, Exit] = {"resolved": "resolved", "closed": "closed", "cancelled": "cancelled", "merged": "merged"}


class LifeStep(NamedTuple):
    """One event, the instant at which it counts, and the ticket right before and after it.

    ``crossing`` says how the event takes the ticket into the backlog or out of it; None when it does neither. The
    states decide, not the event: an imported closed -> in progress is a reopening.
    """

    at: datetime
    event: RecordedEvent
    before: Ticket
    after: Ticket
    crossing: Entry | Exit | None


def receipt_of(history: Sequence[RecordedEvent]) -> RecordedEvent | None:
    """The receipt of the ticket; None while the history does not hold it."""
    return next((event for event in history if type(event.payload) is e.TicketReceived), None)


def owner_of(history: Sequence[RecordedEvent]) -> Owner | None:
    """Whose ticket it is, by the last correction or else by the receipt; None while the history holds neither."""
    payloads = (event.payload for event in reversed(history) if type(event.payload) in _SAYS_WHOSE)
    last = next(payloads, None)
    return None if last is None else owner_by(last)


class StreamTimeline:
    """The history of one ticket and its steps. Who makes it decides how long the steps are kept.

    The steps are made when they are first read, once for all folds that share this object.
    """

    def __init__(self, history: Sequence[RecordedEvent]) -> None:
        self.history = history
        """The ticket's events in recorded order."""

    @cached_property
    def owner(self) -> Owner:
        """Whose ticket it is. Raises ValueError for a history without a receipt."""
        owner = owner_of(self.history)
        if owner is None:
            raise ValueError("a history without a receipt has no owner")
        return owner

    @cached_property
    def told_late(self) -> datetime | None:
        """The instant of the earliest late fact; None when there is none."""
        return first_told_late(self.history)

    @cached_property
    def steps(self) -> Sequence[LifeStep]:
        """Every step by (occurred_at, version), the receipt first; empty while the history holds no receipt.

        Nothing happens to a ticket before it is received: an earlier event (work begun before the ticket was logged)
        counts as of the receipt, right after it. Where no fact is late, the last step's ``after`` is the rule state.
        """
        receipt = receipt_of(self.history)
        if receipt is None:
            return []
        received_at = receipt.envelope.occurred_at
        others = sorted([event for event in self.history if event is not receipt], key=_OCCURRED_AT)
        steps: list[LifeStep] = []
        before = Ticket()
        for event in (receipt, *others):
            at = max(event.envelope.occurred_at, received_at)
            after = evolve(before, event.payload, at)
            crossing = None if after.state == before.state else _crossing(before, after)
            steps.append(LifeStep(at, event, before, after, crossing))
            before = after
        return steps

    @cached_property
    def rule_states(self) -> Sequence[Ticket]:
        """The ticket after each event as the rules see it, folded in recorded order."""
        if len(self.steps) == len(self.history) and all(map(is_, map(_EVENT, self.steps), self.history)):
            return [step.after for step in self.steps]
        folded = accumulate(
            self.history,
            lambda ticket, event: evolve(ticket, event.payload, event.envelope.occurred_at),
            initial=Ticket(),
        )
        return list(folded)[1:]


_SAYS_WHOSE: frozenset[type] = frozenset({e.TicketReceived, e.CustomerCorrected})
_ON_THANKS: frozenset[type] = frozenset({e.ThanksRecognised, e.ThanksTakenBack})
_OCCURRED_AT = attrgetter("envelope.occurred_at")
_EVENT = attrgetter("event")


def life_of(history: Sequence[RecordedEvent]) -> Sequence[LifeStep]:
    """The steps of a history that is read once (`StreamTimeline.steps`)."""
    return StreamTimeline(history).steps


def rule_states(history: Sequence[RecordedEvent]) -> Sequence[Ticket]:
    """The rule states of a history that is read once (`StreamTimeline.rule_states`)."""
    return StreamTimeline(history).rule_states


def _crossing(before: Ticket, after: Ticket) -> Entry | Exit | None:
    is_open = after.is_open
    if before.is_open == is_open:
        return None
    return _ENTRIES.get(before.state, "reopened") if is_open else _EXITS[after.state]


def thanks_in(steps: Sequence[LifeStep]) -> frozenset[int]:
    """The versions of the customer's messages that only say thanks, so that they wait for no answer."""
    payloads = [step.event.payload for step in steps if type(step.event.payload) in _ON_THANKS]
    if not payloads:
        return frozenset()
    taken_back = {payload.message for payload in payloads if type(payload) is e.ThanksTakenBack}
    return frozenset(payload.message for payload in payloads) - taken_back


def is_answer_by_a_person(event: RecordedEvent) -> bool:
    """Whether the event is a public reply that neither a bot nor the customer wrote.

    A system is a bot unless it writes on somebody's behalf. Imported replies count as replies by people.
    """
    payload = event.payload
    if type(payload) is not e.ReplySent or payload.automated:
        return False
    return event.envelope.actor.kind != "customer" and not is_by_a_bot(event)


def is_contact(event: RecordedEvent, receipt: RecordedEvent | None) -> bool:
    """Whether the event is a contact with the customer: the receipt, a message of the customer, a person's answer."""
    return event is receipt or type(event.payload) is e.MessageReceived or is_answer_by_a_person(event)


def is_by_a_bot(event: RecordedEvent) -> bool:
    """Whether the actor is a system that acts on nobody's behalf."""
    actor = event.envelope.actor
    return actor.kind == "system" and actor.on_behalf_of is None
