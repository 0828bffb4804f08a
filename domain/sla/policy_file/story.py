"""The story of a worked example, line by line as the desk records it, and the history that it leads to."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from pydantic import ValidationError

from domain.command_context import Actor
from domain.customer.commands import ChangeTier
from domain.envelope import Envelope, RecordedEvent
from domain.errors import message_of
from domain.messages import Command
from domain.refusal import Refusal
from domain.sla.clock.facts import Cause
from domain.sla.clock.tiers import TierChange
from domain.ticket import commands as c
from domain.ticket import decider, merging
from domain.ticket import events as e
from domain.ticket.ownership import decide_ownership
from domain.ticket.state import Ticket, evolve

TICKET, _OTHER_TICKET = UUID(int=0), UUID(int=1)
_AGENT, _BOT = Actor(id="agent", kind="agent"), Actor(id="bot", kind="system")
_TIME = r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d)?(?:Z|[+-]\d\d:\d\d)?"
_LINE = re.compile(rf"({_TIME})\s+(\S.*?)(?:\s*,\s*recorded\s+({_TIME}))?", re.ASCII)
_BY_A_BOT = " by a bot"
_REASON = "as the example says"

_HAPPENINGS: Mapping[str, Command] = MappingProxyType(
    {
        "assigned": c.AssignTicket(agent=_AGENT.id),
        "work started": c.StartWork(),
        "replied": c.SendReply(body=_REASON),
        "replied automatically": c.SendReply(body=_REASON, automated=True),
        "noted": c.AddNote(body=_REASON),
        "customer wrote": c.ReceiveMessage(body=_REASON),
        "waiting for customer": c.PutOnHold(waiting_for="customer", reason=_REASON),
        "waiting for third party": c.PutOnHold(waiting_for="third_party", reason=_REASON),
        "waiting for internal": c.PutOnHold(waiting_for="internal", reason=_REASON),
        "work resumed": c.ResumeWork(),
        "resolved": c.ResolveTicket(resolution=_REASON),
        "reopened": c.ReopenTicket(reason=_REASON),
        "closed": c.CloseTicket(),
        "cancelled": c.CancelTicket(),
        "merged": c.MergeTicket(into=_OTHER_TICKET, reason=_REASON),
        "merge undone": c.UndoMerge(into=_OTHER_TICKET, reason=_REASON),
    }
)
_CHANGES: Mapping[str, Callable[[str], Command]] = MappingProxyType(
    {
        "priority": lambda value: c.PrioritiseTicket.model_validate({"priority": value, "reason": _REASON}),
        "category": lambda value: c.CategoriseTicket(category=value),
        "tier": lambda value: ChangeTier(tier=value),
    }
)


class TicketStoryLine(NamedTuple):
    """A line of a story: the command that happens ``at`` a time, by a bot or by a person.

    ``recorded`` is None for what is recorded at once. Both are wall times of the example's zone, or instants.
    ``happening`` is None for the receipt.
    """

    at: datetime
    happening: Command | None
    by_bot: bool = False
    recorded: datetime | None = None


class StoryRefused(Exception):  # noqa: N818 -- the name says what happened
    """The desk refuses a ``line`` of the story, from 0; the message names the rule."""

    def __init__(self, line: int, rule: str) -> None:
        super().__init__(rule)
        self.line = line


def parse_line(text: object) -> TicketStoryLine:
    """Reads a line of a story, such as "2026-03-02 09:00 priority P1".

    A system does what ends with "by a bot", on nobody's behalf. What ends with ", recorded 2026-03-02 11:00" is a late
    fact.
    """
    match = _LINE.fullmatch(text.strip()) if isinstance(text, str) else None
    if match is None:
        raise ValueError(f'{text!r} is not a line of a story: write it like "2026-03-02 08:00 received"')
    at, what = datetime.fromisoformat(match[1]), " ".join(match[2].split())
    recorded = datetime.fromisoformat(match[3]) if match[3] else None
    done = what.removesuffix(_BY_A_BOT)
    return TicketStoryLine(at, None if done == "received" else _happening(done), done != what, recorded)


def _happening(what: str) -> Command:
    word, _, value = what.partition(" ")
    if word in _CHANGES and value:
        try:
            return _CHANGES[word](value)
        except ValidationError as error:
            raise ValueError(f"{value!r} is not a {word} of a story: {message_of(error.errors()[0])}") from None
    if what not in _HAPPENINGS:
        known = ", ".join(["received", *_HAPPENINGS, *(f"{change} ..." for change in _CHANGES)])
        raise ValueError(f"{what!r} is no event of a story: write one of {known}, or one of them by a bot")
    return _HAPPENINGS[what]


def history_of(
    story: Sequence[TicketStoryLine],
    receipt: c.ReceiveTicket,
    tier: str | None,
    instant: Callable[[datetime], datetime],
) -> tuple[list[RecordedEvent], list[TierChange]]:
    """The history that the desk records of a story, and the customer's tiers, of which ``tier`` is the first.

    ``instant`` turns a time of the story into an instant. Raises StoryRefused.
    """
    ticket = Ticket()
    events: list[RecordedEvent] = []
    tiers: list[TierChange] = []
    begun = known = instant(story[0].at)
    if tier is not None:
        tiers.append(TierChange(begun, Cause("customer.registered", 0), tier))
    for index, line in enumerate(story):
        at = instant(line.at)
        known = _recorded(index, at, known, instant(line.recorded) if line.recorded else None)
        if at < begun:
            raise StoryRefused(index, f"{at} lies before the ticket was received, at {begun}")
        command = receipt if line.happening is None else line.happening
        if isinstance(command, ChangeTier):
            tiers.append(TierChange(at, Cause("customer.tier_changed", len(events)), command.tier))
            continue
        by = _BOT if line.by_bot else _AGENT
        for payload in _decide(index, command, ticket, by):
            number, occurred_at = len(events) + 1, decider.occurred(payload, ticket, at)
            envelope = Envelope(event_id="", schema_version=1, occurred_at=occurred_at, actor=by, command_id="")
            events.append(RecordedEvent(number, TICKET, number, payload.topic, known, envelope, payload))
            ticket = evolve(ticket, payload, occurred_at)
    return events, tiers


def _recorded(line: int, at: datetime, known: datetime, recorded: datetime | None) -> datetime:
    """The instant at which a line is recorded: the given one, else its own, but not before the line above."""
    if recorded is None:
        return max(at, known)
    if recorded < at:
        raise StoryRefused(line, f"it is recorded at {recorded}, before it happened, at {at}")
    if recorded < known:
        raise StoryRefused(line, f"it is recorded at {recorded}, before the line above, at {known}: exchange the two")
    return recorded


def _decide(line: int, command: Command, ticket: Ticket, by: Actor) -> Sequence[e.TicketEvent]:
    try:
        if isinstance(command, c.MergeTicket | c.UndoMerge):
            events, _ = merging.decide_merge(command, TICKET, ticket, Ticket(state="received"))
            return events
        if isinstance(command, c.ReceiveTicket):
            return decide_ownership(command, ticket, organisation=None)
        return decider.decide(command, ticket, by)  # type: ignore[arg-type]  # of a ticket, as all of _HAPPENINGS are
    except Refusal as refusal:
        raise StoryRefused(line, str(refusal)) from None
