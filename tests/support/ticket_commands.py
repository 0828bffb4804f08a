"""The expected answer to every command in every state of a ticket, for one test of each cell."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from domain.messages import Event, Message
from domain.sla import commands as sla_commands
from domain.sla import events as sla_events
from domain.sla.commands import TargetInstanceCommand
from domain.ticket import commands as c
from domain.ticket import events as e
from tests.support.events import NOON, instant
from tests.support.ticket_states import ENDED, IN, KNOWN, MAI, OPEN, OTHER, RECEIVED, REOPENED

AnyTicketCommand = c.TicketCommand | c.ConversationCommand | c.OwnershipCommand | TargetInstanceCommand
"""What leads to events of one ticket alone. The customers of these commands are registered."""

AnyMessage = TypeVar("AnyMessage", bound=Message)

COMMAND_MINUTE = 30
"""The minute of every command of the tables."""


class Acts(NamedTuple):
    """A command that leads to these events in these states.

    ``moves``: the instant at which the state began becomes ASKED. ``row``: columns of the projection of tickets
    afterwards; ``state`` is the one before where it is not named.
    ``label`` tells variants of a command apart. ``at`` is the minute of the events. ``before`` happens in the state;
    the field that ``names`` says holds the version of the first of these events.
    """

    command: AnyTicketCommand
    states: tuple[str, ...]
    events: tuple[Event, ...]
    row: dict[str, Any]
    moves: bool = False
    label: str = ""
    at: int = COMMAND_MINUTE
    before: tuple[Event, ...] = ()
    names: str = ""

    def named(self, message: AnyMessage, state: str) -> AnyMessage:
        """The command or an event of it, with the version that it names."""
        return named(message, self.names, state, self.before)


class Quiet(NamedTuple):
    """A command that stays quiet in these states after ``before``, the first of which ``names`` refers to."""

    command: AnyTicketCommand
    states: tuple[str, ...]
    before: tuple[Event, ...] = ()
    label: str = ""
    names: str = ""


class Refused(NamedTuple):
    """A command that is refused after ``before``, with a code for each state."""

    command: AnyTicketCommand
    codes: Mapping[str, str]
    before: tuple[Event, ...] = ()
    names: str = ""


def named(message: AnyMessage, field: str, state: str, before: Sequence[Event]) -> AnyMessage:
    """The message with the version of the first event of ``before`` in a field; unchanged without it."""
    if field not in type(message).model_fields:
        return message
    version = len(IN[state]) + 1
    changes = {field: version}
    return message.model_copy(update=changes) if before else message


RECEIVE = c.ReceiveTicket(customer_id=MAI, channel="zalo", subject="Router", category="internet", priority="P2")
FIRST: Mapping[str, Any] = MappingProxyType({"target": "resolution", "instance": 1, "activated_by": 1})
WARN = sla_commands.WarnOfSla(**FIRST, fraction=0.75, reached_at=NOON, due_at=NOON)
WARNED = sla_events.SlaWarned(**FIRST, fraction=0.75, reached_at=NOON, due_at=NOON)
BREACH = sla_commands.RecordSlaBreach(**FIRST, due_at=NOON)
BREACHED = sla_events.SlaBreached(**FIRST, due_at=NOON)
MISSED = sla_events.SlaResult(
    verdict="breached", due_at=NOON, policy="Default", policy_version=0, calendar="24x7", calendar_version=1
)
KEPT = MISSED.model_copy(update={"verdict": "met", "policy": "Flood", "policy_version": 3})
CORRECT = sla_commands.CorrectSla(**FIRST, ended_at=NOON, was=MISSED, now=KEPT, reason="the flood")
CORRECTED = sla_events.SlaCorrected(**FIRST, ended_at=NOON, was=MISSED, now=KEPT)
ESCALATE = c.EscalateTicket(to="tier 2", level=2, reason="hard")
ESCALATED = e.TicketEscalated(to="tier 2", level=2)
PROMISED = e.CallbackPromised(at=NOON)
KEEP, KEPT_PROMISE = c.KeepCallback(promise=1), e.CallbackKept(promise=1)
WITHDRAW, WITHDRAWN = c.WithdrawCallback(promise=1, reason="they called"), e.CallbackWithdrawn(promise=1)
PROPOSED = e.ReplyProposed(body="Xin chào", channel="email", proposed_by="vy")
APPROVE, APPROVED = c.ApproveReply(proposal=1), e.ReplyApproved(proposal=1)
REJECT, REJECTED = c.RejectReply(proposal=1, reason="too short"), e.ReplyRejected(proposal=1)
THANKED = e.ThanksRecognised(message=1, definition=1)
TAKE_BACK, TAKEN_BACK = c.TakeBackThanks(message=1, reason="asks for more"), e.ThanksTakenBack(message=1)

BEGUN = ("in_progress", "waiting", "waiting for the customer")
HELD_STATES = ("assigned", *BEGUN)
ASSIGNED = {"state": "assigned"}
LAST = {"last_event_at": instant(COMMAND_MINUTE)}

ACTS = [
    Acts(RECEIVE, ("none",), (RECEIVED,), {"state": "received", "received_at": instant(COMMAND_MINUTE)}, moves=True),
    Acts(c.CorrectCustomer(customer_id=OTHER, reason="a namesake"), KNOWN, (e.CustomerCorrected(customer_id=OTHER),),
         {"customer": OTHER}, at=0),
    Acts(c.ChangeSubject(subject="Modem", reason="typing error"), KNOWN, (e.SubjectChanged(subject="Modem"),),
         {"subject": "Modem"}),
    Acts(c.CategoriseTicket(category="billing"), OPEN, (e.TicketCategorised(category="billing"),),
         {"category": "billing"}),
    Acts(c.PrioritiseTicket(priority="P1", reason="outage"), OPEN, (e.TicketPrioritised(priority="P1"),),
         {"priority": "P1"}),
    Acts(c.AssignTicket(team="voice"), ("received", "assigned"), (e.TicketAssigned(team="voice", agent=None),),
         ASSIGNED | {"team": "voice", "agent": None}, label="to a team"),
    Acts(c.AssignTicket(team="voice"), BEGUN, (e.TicketAssigned(team="voice", agent=None),),
         {"team": "voice", "agent": None}, label="to a team"),
    Acts(c.AssignTicket(team="voice", agent="vy"), ("received", "assigned"),
         (e.TicketAssigned(team="voice", agent="vy"),), ASSIGNED | {"team": "voice", "agent": "vy"}, label="to both"),
    Acts(c.AssignTicket(team="voice", agent="vy"), BEGUN, (e.TicketAssigned(team="voice", agent="vy"),),
         {"team": "voice", "agent": "vy"}, label="to both"),
    Acts(c.AssignTicket(agent="vy"), ("received",), (e.TicketAssigned(team=None, agent="vy"),),
         ASSIGNED | {"team": None, "agent": "vy"}, label="to an agent"),
    Acts(c.AssignTicket(agent="vy"), HELD_STATES, (e.TicketAssigned(team="network", agent="vy"),),
         {"team": "network", "agent": "vy"}, label="to an agent"),
    Acts(c.StartWork(), ("received",), (e.TicketAssigned(team=None, agent="an"), e.WorkStarted()),
         {"state": "in_progress", "agent": "an"}, moves=True),
    Acts(c.StartWork(), ("assigned",), (e.WorkStarted(),), {"state": "in_progress", "agent": "binh"}, moves=True),
    Acts(c.PutOnHold(waiting_for="internal", reason="parts"), ("assigned", "in_progress"),
         (e.TicketPutOnHold(waiting_for="internal"),), {"state": "waiting", "waiting_for": "internal", "holds": 1},
         moves=True),
    Acts(c.ResumeWork(), ("waiting", "waiting for the customer"), (e.WorkResumed(),),
         {"state": "in_progress", "waiting_for": None}, moves=True),
    Acts(c.ReceiveMessage(body="Hello?"), ("received", "assigned", "in_progress", "waiting"),
         (e.MessageReceived(body="Hello?"),), {"customer_messages": 1}),
    Acts(c.ReceiveMessage(body="Done", channel="zalo"), ("waiting for the customer",),
         (e.MessageReceived(body="Done", channel="zalo"), e.WorkResumed()),
         {"state": "in_progress", "customer_messages": 1}, moves=True),
    Acts(c.ReceiveMessage(body="Again"), ("resolved",), (e.MessageReceived(body="Again"), e.TicketReopened()),
         {"state": "assigned", "customer_messages": 1, "reopenings": 1}, moves=True),
    Acts(c.SendReply(body="Xin chào", channel="zalo", automated=True), OPEN,
         (e.ReplySent(body="Xin chào", channel="zalo", automated=True),), {"replies": 0, "automated_replies": 1},
         label="of a bot"),
    Acts(c.SendReply(body="Xin chào"), OPEN, (e.ReplySent(body="Xin chào"),),
         {"replies": 1, "first_response_at": instant(COMMAND_MINUTE)}),
    Acts(c.AddNote(body="n"), KNOWN, (e.NoteAdded(body="n"),), {"notes": 1}),
    Acts(ESCALATE, OPEN, (ESCALATED,), {"escalated_to": "tier 2", "escalation_level": 2}),
    Acts(c.LogEffort(agent="an", kind="talk", seconds=90), tuple(name for name in KNOWN if name != "merged"),
         (e.EffortLogged(agent="an", kind="talk", seconds=90),), {"talk_seconds": 90}),
    Acts(c.ResolveTicket(resolution="Reset", code="reset"), OPEN,
         (e.TicketResolved(resolution="Reset", code="reset"),),
         {"state": "resolved", "resolution_code": "reset", "last_resolved_at": instant(COMMAND_MINUTE)}, moves=True),
    Acts(c.ReopenTicket(reason="still broken"), ("resolved", "closed"), (e.TicketReopened(),),
         {"state": "assigned", "last_reopened_at": instant(COMMAND_MINUTE)}, moves=True),
    Acts(c.CloseTicket(closed_by="rule"), ("resolved",), (e.TicketClosed(closed_by="rule"),),
         {"state": "closed", "closed_at": instant(COMMAND_MINUTE)}, moves=True),
    Acts(c.CancelTicket(cancelled_by="agent"), OPEN, (e.TicketCancelled(cancelled_by="agent"),),
         {"state": "cancelled", "outcome": "cancelled"}, moves=True),
    Acts(c.CancelTicket(cancelled_as="duplicate"), OPEN,
         (e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"),),
         {"state": "cancelled", "outcome": "duplicate"}, moves=True, label="as a duplicate"),
    Acts(c.RateSatisfaction(score=5, comment="quick"), ("resolved", "closed"),
         (e.SatisfactionRated(score=5, comment="quick"),), {"last_score": 5, "last_rated_at": instant(COMMAND_MINUTE)}),
    Acts(c.PutOnHold(waiting_for="third_party", until=NOON, reason="parts"), ("waiting",),
         (e.TicketPutOnHold(waiting_for="third_party", until=NOON),), {"holds": 2}, moves=True, label="until later"),
    Acts(c.PutOnHold(waiting_for="customer", until=NOON, reason="parts"), ("waiting for the customer",),
         (e.TicketPutOnHold(waiting_for="customer", until=NOON),), {"holds": 2}, moves=True, label="until later"),
    Acts(c.PromiseCallback(at=NOON), (*OPEN, "resolved", "closed"), (PROMISED,), LAST),
    Acts(KEEP, KNOWN, (KEPT_PROMISE,), LAST, before=(PROMISED,), names="promise"),
    Acts(WITHDRAW, KNOWN, (WITHDRAWN,), LAST, before=(PROMISED,), names="promise"),
    Acts(c.TellExpectedBy(expected_by=NOON), OPEN, (e.ExpectedByTold(expected_by=NOON),), LAST),
    Acts(c.ProposeReply(body="Xin chào", channel="email"), OPEN,
         (e.ReplyProposed(body="Xin chào", channel="email", proposed_by="an"),), {"replies": 0}),
    Acts(APPROVE, OPEN, (APPROVED, e.ReplySent(body="Xin chào", channel="email")), {"replies": 1},
         before=(PROPOSED,), names="proposal"),
    Acts(REJECT, KNOWN, (REJECTED,), {"replies": 0}, before=(PROPOSED,), names="proposal"),
    *(Acts(TAKE_BACK, (state,), (REOPENED, TAKEN_BACK), {"state": "assigned", "reopenings": 1}, moves=True,
           at=len(IN[state]), before=(THANKED,)) for state in ("resolved", "closed")),
    *(Acts(TAKE_BACK, (state,), (TAKEN_BACK,), {"reopenings": 0}, at=len(IN[state]), before=(THANKED,))
      for state in (*OPEN, "merged", "cancelled")),
    Acts(WARN, KNOWN, (WARNED,), LAST),
    Acts(BREACH, KNOWN, (BREACHED,), LAST),
    Acts(CORRECT, KNOWN, (CORRECTED,), LAST),
]  # fmt: skip

QUIET = [
    Quiet(c.CorrectCustomer(customer_id=MAI, reason="a namesake"), KNOWN),
    Quiet(c.ChangeSubject(subject="Router", reason="typing error"), KNOWN),
    Quiet(c.CategoriseTicket(category="internet"), OPEN),
    Quiet(c.PrioritiseTicket(priority="P2", reason="sure"), OPEN),
    Quiet(c.AssignTicket(team="network", agent="binh"), HELD_STATES, label="to both"),
    Quiet(c.AssignTicket(team="network"), HELD_STATES, label="to a team"),
    Quiet(c.AssignTicket(agent="binh"), HELD_STATES, label="to an agent"),
    Quiet(c.StartWork(), ("in_progress",)),
    Quiet(c.PutOnHold(waiting_for="third_party", reason="parts"), ("waiting",)),
    Quiet(c.PutOnHold(waiting_for="customer", reason="parts"), ("waiting for the customer",)),
    Quiet(c.ResumeWork(), ("in_progress",)),
    Quiet(ESCALATE, OPEN, (ESCALATED,)),
    Quiet(c.ResolveTicket(resolution="Reset"), ("resolved",)),
    Quiet(c.CloseTicket(), ("closed",)),
    Quiet(c.CancelTicket(), ("cancelled",)),
    Quiet(c.RateSatisfaction(score=4), ("resolved", "closed"), (e.SatisfactionRated(score=4),)),
    Quiet(c.PromiseCallback(at=NOON), (*OPEN, "resolved", "closed"), (PROMISED,)),
    Quiet(KEEP, KNOWN, (PROMISED, KEPT_PROMISE), names="promise"),
    Quiet(WITHDRAW, KNOWN, (PROMISED, WITHDRAWN), names="promise"),
    Quiet(c.TellExpectedBy(expected_by=NOON), OPEN, (e.ExpectedByTold(expected_by=NOON),)),
    Quiet(APPROVE, OPEN, (PROPOSED, APPROVED), names="proposal"),
    Quiet(REJECT, KNOWN, (PROPOSED, REJECTED), names="proposal"),
    Quiet(TAKE_BACK, KNOWN, (THANKED, TAKEN_BACK)),
    Quiet(WARN, KNOWN, (WARNED,)),
    Quiet(BREACH, KNOWN, (BREACHED,)),
    Quiet(CORRECT, KNOWN, (CORRECTED,)),
]

_NOT_OPEN = dict.fromkeys(ENDED, "ticket_not_open")
_NOT_RESOLVED = dict.fromkeys((*OPEN, "merged", "cancelled"), "ticket_not_resolved")
REFUSED = [
    Refused(RECEIVE, dict.fromkeys(KNOWN, "ticket_exists")),
    Refused(c.CategoriseTicket(category="billing"), _NOT_OPEN),
    Refused(c.PrioritiseTicket(priority="P1", reason="outage"), _NOT_OPEN),
    Refused(c.AssignTicket(team="voice"), _NOT_OPEN),
    Refused(c.StartWork(), dict.fromkeys(("waiting", "waiting for the customer", *ENDED), "work_not_startable")),
    Refused(c.PutOnHold(waiting_for="internal", reason="parts"),
            dict.fromkeys(("received", *ENDED), "not_holdable")),
    Refused(c.ResumeWork(), dict.fromkeys(("received", "assigned", *ENDED), "not_waiting")),
    Refused(c.ReceiveMessage(body="Hello?"),
            {"merged": "ticket_merged", "cancelled": "ticket_cancelled", "closed": "ticket_closed_follow_up"}),
    Refused(c.SendReply(body="Hello"), _NOT_OPEN),
    Refused(c.PromiseCallback(at=NOON), {"merged": "ticket_merged", "cancelled": "ticket_cancelled"}),
    Refused(c.TellExpectedBy(expected_by=NOON), _NOT_OPEN),
    Refused(c.ProposeReply(body="Xin chào"), _NOT_OPEN),
    Refused(APPROVE, _NOT_OPEN, (PROPOSED,), "proposal"),
    Refused(ESCALATE, _NOT_OPEN),
    Refused(c.LogEffort(agent="an", kind="hold", seconds=1), {"merged": "ticket_merged"}),
    Refused(c.ResolveTicket(resolution="Reset"), {name: "ticket_not_open" for name in ENDED if name != "resolved"}),
    Refused(c.ReopenTicket(reason="still broken"), _NOT_RESOLVED),
    Refused(c.CloseTicket(), _NOT_RESOLVED),
    Refused(c.CancelTicket(), {name: "ticket_not_open" for name in ENDED if name != "cancelled"}),
    Refused(c.RateSatisfaction(score=1), _NOT_RESOLVED),
]  # fmt: skip


def cell(command: AnyTicketCommand, label: str, state: str, answer: str) -> str:
    """The name of a test: "receive-message on resolved: acts"."""
    name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(command).__name__).lower()
    return f"{name} {label} on {state}: {answer}" if label else f"{name} on {state}: {answer}"
