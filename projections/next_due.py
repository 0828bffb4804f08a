"""What is due next on a ticket, and what a person has to do on it besides."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import UUID

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import from_microseconds, instant_or_none
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.policy.policy import TargetName
from domain.text_folding import fold_name
from domain.ticket import events as e
from domain.ticket.state import Ticket
from domain.ticket.timeline import LifeStep

NEVER = datetime(9999, 12, 31, tzinfo=UTC)
"""Stands for the due time of what has none, so that it comes last."""
DueFor = TargetName | Literal["hold", "expected_by"]
"""A target of the SLA, the end of a wait that was named, or the date that the customer was told."""
ActionKind = Literal["callback", "reply"]
_PROMISES_AND_PROPOSALS: frozenset[type] = frozenset(
    {
        e.CallbackPromised, e.CallbackKept, e.CallbackWithdrawn,
        e.ReplyProposed, e.ReplyApproved, e.ReplyRejected,
    }
)  # fmt: skip


class NextDue(NamedTuple):
    """The earliest due time of an open ticket; at any instant after ``late_after`` the ticket is late."""

    due_for: DueFor | None = None
    due_at: datetime | None = None
    late_after: datetime = NEVER


@dataclass(slots=True)
class TicketAction:
    """A promised call that was neither made nor withdrawn, or a proposed reply to an open ticket that nobody decided.

    ``version`` is that of its event, which happened ``at`` an instant; ``said_by`` promised or proposed. A call is due
    at the promised instant, a reply when its ticket is due.
    """

    ticket: UUID
    version: int
    kind: ActionKind
    at: datetime
    said_by: str
    due_at: datetime | None
    late_after: datetime
    team: str | None
    agent: str | None
    team_key: str | None
    agent_key: str | None


def next_due(ticket: Ticket, steps: Sequence[LifeStep], instances: Sequence[TargetInstance]) -> NextDue | None:
    """What is due next on a ticket by its clocks, its wait and the date told; None when it is not open.

    A clock that is late and paused counts with the instant at which it became late; one that is paused in time does
    not count.
    """
    if not ticket.is_open:
        return None
    due = [of_clock for instance in instances if (of_clock := _of_clock(instance)) is not None]
    due += [NextDue("hold", ticket.hold_until, ticket.hold_until)] if ticket.hold_until else []
    expected = next(
        (step.event.payload for step in reversed(steps) if type(step.event.payload) is e.ExpectedByTold), None
    )
    due += [NextDue("expected_by", expected.expected_by, expected.expected_by)] if expected else []
    return min(due, key=lambda each: each.late_after, default=NextDue())


def ticket_actions(history: Sequence[RecordedEvent], ticket: Ticket, due: NextDue | None) -> Iterator[TicketAction]:
    """The actions that are left on a ticket, in the order of their events."""
    history = [event for event in history if type(event.payload) in _PROMISES_AND_PROPOSALS]
    if not history:
        return
    ended = {action for event in history if (action := _ended(event)) is not None}
    team_key, agent_key = keys(ticket.team, ticket.agent)
    held = {"team": ticket.team, "agent": ticket.agent, "team_key": team_key, "agent_key": agent_key}
    for event in history:
        payload = event.payload
        if type(payload) is e.CallbackPromised and ("callback", event.version) not in ended:
            yield TicketAction(
                ticket=event.stream,
                version=event.version,
                kind="callback",
                at=event.occurred_at,
                said_by=event.envelope.actor.person,
                due_at=payload.at,
                late_after=payload.at,
                **held,
            )
        elif type(payload) is e.ReplyProposed and ("reply", event.version) not in ended and due is not None:
            yield TicketAction(
                ticket=event.stream,
                version=event.version,
                kind="reply",
                at=event.occurred_at,
                said_by=payload.proposed_by,
                due_at=due.due_at,
                late_after=due.late_after,
                **held,
            )


def keys(team: str | None, agent: str | None) -> tuple[str | None, str | None]:
    """The folded names, by which the work of a team and of an agent is found."""
    return None if team is None else fold_name(team), None if agent is None else fold_name(agent)


def _ended(event: RecordedEvent) -> tuple[ActionKind, int] | None:
    """The action that an event ends, and the version of the promise or the proposal that it names."""
    match event.payload:
        case e.CallbackKept(promise=version) | e.CallbackWithdrawn(promise=version):
            return "callback", version
        case e.ReplyApproved(proposal=version) | e.ReplyRejected(proposal=version):
            return "reply", version
        case _:
            return None


def _of_clock(instance: TargetInstance) -> NextDue | None:
    if instance.finished_at is not None or instance.late_after is None:
        return None
    at = from_microseconds(instance.late_after)
    return NextDue(instance.target, instant_or_none(instance.due_at) or at, at)
