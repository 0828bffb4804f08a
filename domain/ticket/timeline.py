"""A ticket's life as it happened in the world: step by step, and where it came into the backlog or left it."""

from collections.abc import Sequence
from datetime import datetime
from itertools import accumulate
from operator import attrgetter, is_
from typing import Literal, NamedTuple

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve

Entry = Literal["received", "reopened", "merge_undone"]
Exit = Literal["resolved", "closed", "cancelled", "merged"]
_ENTRIES: dict[str, Entry] = {"none": "received", "merged": "merge_undone"}
_EXITS: dict[str, Exit] = {"resolved": "resolved", "closed": "closed", "cancelled": "cancelled", "merged": "merged"}


class LifeStep(NamedTuple):
    """One event, when it counts as having happened, and the ticket right before and after it.

    ``crossing`` is how it took the ticket into the backlog or out of it; None when it stayed where it was. It is the
    states that decide, not the event: an imported closed -> in progress is a reopening.
    """

    at: datetime
    event: RecordedEvent
    before: Ticket
    after: Ticket
    crossing: Entry | Exit | None


def receipt_of(history: Sequence[RecordedEvent]) -> RecordedEvent | None:
    """The event that says who asked for what; None while the history does not hold it."""
    return next((event for event in history if type(event.payload) is e.TicketReceived), None)


def life_of(history: Sequence[RecordedEvent]) -> Sequence[LifeStep]:
    """Every step by (occurred_at, version), the receipt first; empty while the history holds no receipt.

    Nothing happens to a ticket before it was received: what claims to (work begun before it was logged) counts as of
    the receipt, right after it. Where no fact came late, the last step's ``after`` is the rule state.

    One projection after the other asks for the life of the same events: the latest one is kept.
    """
    global _latest  # noqa: PLW0603 -- the only state of a pure function, replaced as a whole
    events, steps = _latest
    if len(events) != len(history) or not all(map(is_, events, history)):
        steps = _walk(history)
        _latest = tuple(history), steps
    return steps


_OCCURRED_AT = attrgetter("envelope.occurred_at")
_latest: tuple[Sequence[RecordedEvent], Sequence[LifeStep]] = ((), ())


def _walk(history: Sequence[RecordedEvent]) -> Sequence[LifeStep]:
    receipt = receipt_of(history)
    if receipt is None:
        return []
    received_at = receipt.envelope.occurred_at
    others = sorted([event for event in history if event is not receipt], key=_OCCURRED_AT)
    steps: list[LifeStep] = []
    before = Ticket()
    for event in (receipt, *others):
        at = max(event.envelope.occurred_at, received_at)
        after = evolve(before, event.payload, at)
        steps.append(LifeStep(at, event, before, after, _crossing(before, after)))
        before = after
    return steps


def rule_states(history: Sequence[RecordedEvent]) -> Sequence[Ticket]:
    """The ticket after each event as the rules see it, folded in recorded order."""
    life = life_of(history)
    if [step.event for step in life] == list(history):
        return [step.after for step in life]
    folded = accumulate(
        history, lambda ticket, event: evolve(ticket, event.payload, event.envelope.occurred_at), initial=Ticket()
    )
    return list(folded)[1:]


def _crossing(before: Ticket, after: Ticket) -> Entry | Exit | None:
    is_open = after.is_open
    if before.is_open == is_open:
        return None
    return _ENTRIES.get(before.state, "reopened") if is_open else _EXITS[after.state]


def is_answer_by_a_person(event: RecordedEvent) -> bool:
    """Whether it is a public reply that neither a bot nor the customer wrote.

    A system is a bot, whatever it says of itself, unless it writes on somebody's behalf. Imported replies are people's.
    """
    payload = event.payload
    if type(payload) is not e.ReplySent or payload.automated:
        return False
    return event.envelope.actor.kind != "customer" and not is_by_a_bot(event)


def is_by_a_bot(event: RecordedEvent) -> bool:
    """Whether a system did it that acts on nobody's behalf."""
    actor = event.envelope.actor
    return actor.kind == "system" and actor.on_behalf_of is None
