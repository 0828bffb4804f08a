"""Ticket histories that hypothesis draws: any facts in any order."""

from collections.abc import Sequence
from uuid import UUID

from hypothesis import strategies as st

from domain.automation import events as a
from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.ticket import events as e
from domain.ticket.routing_choice import RoutingChoice
from tests.support.events import (
    AGENT,
    CUSTOMER,
    CUSTOMER_ACTOR,
    IMPORT,
    MINUTE,
    OTHER_AGENT,
    OTHER_CUSTOMER,
    OTHER_TICKET,
    SYSTEM,
    THIRD_TICKET,
    TICKET,
    Fact,
    asked,
    at,
    history,
    instant,
    received,
    replied,
    resolved,
)

_words = st.sampled_from(["a", "b", "c"])
_priorities = st.sampled_from(["P1", "P2", "P3", "P4", "5 - Planning"])
_waits = st.sampled_from(["customer", "third_party", "internal"])
_nobody_or = st.none() | _words
_tickets = st.sampled_from([OTHER_TICKET, THIRD_TICKET])
_channels = st.sampled_from(["hotline", "zalo", "email"])
_starts = st.sampled_from([0, 0, 1, 7, 61, 60 * 24 * 3])
_versions = st.integers(1, 8)

CHOICE = RoutingChoice(version=1, because="no_candidate")
RECEIPTS = st.builds(
    e.TicketReceived,
    customer_id=st.sampled_from([CUSTOMER, OTHER_CUSTOMER]),
    channel=_channels,
    subject=_words,
    category=_words,
    priority=_priorities,
    external_reference=_nobody_or,
)
OF_AUTOMATION: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        a.AutomationFired,
        rule=_words,
        version=st.integers(1, 3),
        cause=_words,
        outcomes=st.just((a.Outcome(command="escalate", stream=TICKET, events=1),)),
    ),
    st.builds(a.AutomationShadowed, rule=_words, version=st.integers(1, 3), due=_words, commands=st.just(("notify",))),
    st.builds(a.AutomationPassedOver, rule=_words, version=st.integers(1, 3), why=st.sampled_from(["stale", "missed"])),
    st.builds(a.AutomationSuspended, rule=_words, version=st.integers(1, 3), why=st.sampled_from(["depth", "rate"])),
    st.builds(a.AutomationResumed, rule=_words),
)
"""What automation records on a stream of any kind."""
LATER_FACTS: st.SearchStrategy[Event] = st.one_of(
    st.builds(e.TicketCategorised, category=_words),
    st.builds(e.TicketPrioritised, priority=_priorities),
    st.builds(e.TicketAssigned, team=_nobody_or, agent=_nobody_or, routing=st.none() | st.just(CHOICE)),
    st.builds(e.AssignmentProposed, team=_words, agent=_nobody_or, routing=st.just(CHOICE)),
    st.just(e.WorkStarted()),
    st.just(e.WorkStopped()),
    st.builds(e.TicketPutOnHold, waiting_for=_waits, until=st.none() | st.builds(instant, _starts)),
    st.just(e.WorkResumed()),
    st.just(asked()),
    st.builds(e.ReplySent, body=_words, channel=st.none() | _channels, automated=st.booleans()),
    st.just(e.NoteAdded(body="called back")),
    st.builds(e.TicketEscalated, to=_words, level=st.integers(1, 9)),
    st.builds(
        e.EffortLogged,
        agent=_words,
        kind=st.sampled_from(["talk", "hold", "after_contact"]),
        seconds=st.integers(1, 86_400),
    ),
    st.builds(e.TicketResolved, resolution=_words, code=_words | st.just("hardware")),
    st.just(e.TicketReopened()),
    st.builds(e.TicketClosed, closed_by=st.sampled_from(["customer", "agent", "rule"])),
    st.builds(
        e.TicketCancelled, cancelled_by=st.just("agent"), cancelled_as=st.sampled_from(["duplicate", "spam", "other"])
    ),
    st.builds(e.TicketMerged, into=_tickets),
    st.builds(e.MergeUndone, into=_tickets),
    st.builds(e.TicketAbsorbed, ticket_id=_tickets),
    st.builds(e.AbsorptionUndone, ticket_id=_tickets),
    st.builds(e.SatisfactionRated, score=st.integers(1, 5)),
    st.builds(e.CallbackPromised, at=st.builds(instant, _starts)),
    st.builds(e.CallbackKept, promise=_versions),
    st.builds(e.CallbackWithdrawn, promise=_versions),
    st.builds(e.ExpectedByTold, expected_by=st.builds(instant, _starts)),
    st.builds(e.ReplyProposed, body=_words, channel=st.none() | _channels, proposed_by=_words),
    st.builds(e.ReplyApproved, proposal=_versions),
    st.builds(e.ReplyRejected, proposal=_versions),
    st.builds(e.ThanksRecognised, message=_versions, definition=st.just(1)),
    st.builds(e.ThanksTakenBack, message=_versions),
    st.just(e.TicketDetailsChanged(changes={"state": e.Change(old="Active", new="-100")})),
    OF_AUTOMATION,
)
"""Any event in any order: imported histories hold changes that our rules refuse (closed -> in progress)."""

_actors = st.sampled_from([AGENT, OTHER_AGENT, CUSTOMER_ACTOR, SYSTEM, IMPORT])
_minutes = st.sampled_from([0, 0, 1, 2, 7, 60, 60 * 24, 60 * 24 * 9])
_lateness = st.sampled_from([0, 0, 0, 1, 3, 60, 60 * 24 * 2, 60 * 24 * 8])


@st.composite
def histories(
    draw: st.DrawFn,
    ticket: UUID = TICKET,
    *,
    late: bool = True,
    max_size: int = 12,
    start: float = 0,
) -> list[RecordedEvent]:
    """One ticket's history: received first, then any facts, many in one minute and, if ``late``, out of order.

    A late fact may even have happened before the ticket was received, ``start`` minutes after START.
    """
    steps = draw(st.lists(st.tuples(LATER_FACTS, _actors, _minutes, _lateness), max_size=max_size - 1))
    now = instant(start)
    facts = [Fact(now, draw(RECEIPTS), draw(_actors))]
    for payload, actor, pause, lateness in steps:
        now += pause * MINUTE
        happened = now - lateness * MINUTE if late else now
        facts.append(Fact(happened, payload, actor, recorded_at=now))
    return history(*facts, ticket=ticket)


@st.composite
def logs(
    draw: st.DrawFn,
    *,
    late: bool = True,
    tickets: int = 3,
    max_size: int = 12,
) -> list[RecordedEvent]:
    """Up to ``tickets`` tickets' histories in one log: positions 1, 2, 3, ... in the order of recording."""
    streams = [
        draw(histories(UUID(int=number), late=late, max_size=max_size, start=draw(_starts)))
        for number in range(1, draw(st.integers(1, tickets)) + 1)
    ]
    mixed = sorted((event for stream in streams for event in stream), key=lambda event: event.recorded_at)
    return [event._replace(position=position) for position, event in enumerate(mixed, start=1)]


_ends: st.SearchStrategy[Event | None] = st.sampled_from(
    [
        None,
        resolved(),
        e.TicketClosed(closed_by="customer"),
        *(e.TicketMerged(into=into) for into in (TICKET, OTHER_TICKET, THIRD_TICKET)),
        *(e.TicketCancelled(cancelled_by="agent", cancelled_as=reason) for reason in ("duplicate", "spam", "other")),
    ]
)
_between = st.sampled_from(
    [asked(), replied(), e.TicketAssigned(team="a", agent="an"), e.TicketPutOnHold(waiting_for="internal"), resolved(),
     e.TicketReopened(), e.MergeUndone(into=TICKET), e.SatisfactionRated(score=4)]
)  # fmt: skip


@st.composite
def returns(draw: st.DrawFn) -> list[list[RecordedEvent]]:
    """Three tickets of one customer, mostly of one category: one is resolved, the others come before or after it.

    They end in any way, by merges into each other too; something may happen before that, and after it.
    """
    tickets: list[list[RecordedEvent]] = []
    for ticket in (TICKET, OTHER_TICKET, THIRD_TICKET):
        start = draw(st.sampled_from([-30, 0, 5, 90, 60 * 24 * 3, 60 * 24 * 9])) if tickets else 0
        end = draw(_ends) if tickets else resolved()
        around = draw(st.lists(st.tuples(st.sampled_from([1, 10, 70, 60 * 24]), _between), max_size=2))
        facts = [(60, end)] if end else []
        facts += around
        receipt = at(start, received(category=draw(st.sampled_from(["billing", "billing", "refund"]))), draw(_actors))
        later = [at(start + minute, payload) for minute, payload in sorted(facts, key=lambda fact: fact[0])]
        tickets.append(history(receipt, *later, ticket=ticket, first_position=ticket.int * 100))
    return tickets


def streams_of(log: Sequence[RecordedEvent]) -> list[list[RecordedEvent]]:
    """Each stream's own history, in recorded order."""
    streams: dict[UUID, list[RecordedEvent]] = {}
    for event in log:
        streams.setdefault(event.stream, []).append(event)
    return list(streams.values())
