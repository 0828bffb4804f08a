"""What each command to a ticket leads to, state by state."""

from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from pydantic import ValidationError

from domain.message import Command, Event
from domain.refusal import Refusal
from domain.ticket import commands as c
from domain.ticket import decider
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from tests.support.events import NOON
from tests.support.specification import AGENT, CUSTOMER, SYSTEM, Specification

given = Specification(Ticket(), evolve, decider.decide).given

MAI = UUID("0198a000-0000-7000-8000-000000000001")
OTHER = UUID("0198a000-0000-7000-8000-000000000002")

RECEIVED = e.TicketReceived(customer_id=MAI, channel="zalo", subject="Router", category="internet", priority="P2")
TO_LINH = e.TicketAssigned(team="network", agent="linh")
WORKING = (RECEIVED, TO_LINH, e.WorkStarted())
RESOLVED_BY_US = e.TicketResolved(resolution="Reset", code="solved")
CLOSED = e.TicketClosed(closed_by="agent")

IN: dict[str, tuple[Event, ...]] = {
    "none": (),
    "received": (RECEIVED,),
    "assigned": (RECEIVED, TO_LINH),
    "in_progress": WORKING,
    "waiting": (*WORKING, e.TicketPutOnHold(waiting_for="third_party")),
    "waiting for the customer": (*WORKING, e.TicketPutOnHold(waiting_for="customer")),
    "resolved": (*WORKING, RESOLVED_BY_US),
    "closed": (*WORKING, RESOLVED_BY_US, CLOSED),
    "merged": (*WORKING, e.TicketMerged(into=OTHER)),
    "cancelled": (RECEIVED, e.TicketCancelled(cancelled_by="customer")),
}
KNOWN = tuple(IN)[1:]
OPEN = ("received", "assigned", "in_progress", "waiting", "waiting for the customer")
ENDED = ("resolved", "closed", "merged", "cancelled")


def minute(number: int) -> datetime:
    return NOON + timedelta(minutes=number)


def moved(*facts: tuple[int, e.TicketEvent]) -> Ticket:
    """A ticket after facts that happened so many minutes after noon."""
    ticket = Ticket()
    for at, event in facts:
        ticket = evolve(ticket, event, minute(at))
    return ticket


RECEIVE = c.ReceiveTicket(customer_id=MAI, channel="zalo", subject="Router", category="internet", priority="P2")
WARN = c.WarnOfSla(target="resolution", instance=1, activated_by=1, fraction=0.75, reached_at=NOON, due_at=NOON)
WARNED = e.SlaWarned(target="resolution", instance=1, activated_by=1, fraction=0.75, reached_at=NOON, due_at=NOON)
BREACH = c.RecordSlaBreach(target="resolution", instance=1, activated_by=1, due_at=NOON)
BREACHED = e.SlaBreached(target="resolution", instance=1, activated_by=1, due_at=NOON)
MISSED = e.SlaResult(
    verdict="breached", due_at=NOON, policy="Default", policy_version=0, calendar="24x7", calendar_version=1
)
KEPT = MISSED.model_copy(update={"verdict": "met", "policy": "Flood", "policy_version": 3})
FIRST: dict[str, Any] = {"target": "resolution", "instance": 1, "activated_by": 1}
CORRECT = c.CorrectSla(**FIRST, ended_at=NOON, was=MISSED, now=KEPT, reason="the flood")
CORRECTED = e.SlaCorrected(target="resolution", instance=1, activated_by=1, ended_at=NOON, was=MISSED, now=KEPT)

ACTS: list[tuple[Command, tuple[str, ...], tuple[Event, ...]]] = [
    (RECEIVE, ("none",), (RECEIVED,)),
    (c.CategoriseTicket(category="billing"), OPEN, (e.TicketCategorised(category="billing"),)),
    (c.PrioritiseTicket(priority="P1", reason="outage"), OPEN, (e.TicketPrioritised(priority="P1"),)),
    (c.AssignTicket(team="voice"), OPEN, (e.TicketAssigned(team="voice", agent=None),)),
    (c.AssignTicket(team="voice", agent="an"), OPEN, (e.TicketAssigned(team="voice", agent="an"),)),
    (c.AssignTicket(agent="an"), ("received",), (e.TicketAssigned(team=None, agent="an"),)),
    (c.AssignTicket(agent="an"), ("assigned", "waiting"), (e.TicketAssigned(team="network", agent="an"),)),
    (c.StartWork(), ("received",), (e.TicketAssigned(team=None, agent="linh"), e.WorkStarted())),
    (c.StartWork(), ("assigned",), (e.WorkStarted(),)),
    (c.PutOnHold(waiting_for="internal", reason="parts"), ("assigned", "in_progress"),
     (e.TicketPutOnHold(waiting_for="internal"),)),
    (c.ResumeWork(), ("waiting", "waiting for the customer"), (e.WorkResumed(),)),
    (c.ReceiveMessage(body="Hello?"), ("received", "assigned", "in_progress", "waiting"),
     (e.MessageReceived(body="Hello?"),)),
    (c.ReceiveMessage(body="Done", channel="zalo"), ("waiting for the customer",),
     (e.MessageReceived(body="Done", channel="zalo"), e.WorkResumed())),
    (c.ReceiveMessage(body="Again"), ("resolved",), (e.MessageReceived(body="Again"), e.TicketReopened())),
    (c.SendReply(body="Xin chào", channel="zalo", automated=True), OPEN,
     (e.ReplySent(body="Xin chào", channel="zalo", automated=True),)),
    (c.AddNote(body="n"), KNOWN, (e.NoteAdded(body="n"),)),
    (c.EscalateTicket(to="tier 2", level=2, reason="hard"), OPEN, (e.TicketEscalated(to="tier 2", level=2),)),
    (c.LogEffort(agent="an", kind="talk", seconds=90), tuple(name for name in KNOWN if name != "merged"),
     (e.EffortLogged(agent="an", kind="talk", seconds=90),)),
    (c.ResolveTicket(resolution="Reset", code="reset"), OPEN, (e.TicketResolved(resolution="Reset", code="reset"),)),
    (c.ReopenTicket(reason="still broken"), ("resolved", "closed"), (e.TicketReopened(),)),
    (c.CloseTicket(closed_by="rule"), ("resolved",), (e.TicketClosed(closed_by="rule"),)),
    (c.CancelTicket(cancelled_by="agent"), OPEN, (e.TicketCancelled(cancelled_by="agent"),)),
    (c.CancelTicket(cancelled_as="duplicate"), OPEN,
     (e.TicketCancelled(cancelled_by="agent", cancelled_as="duplicate"),)),
    (c.RateSatisfaction(score=5, comment="quick"), ("resolved", "closed"),
     (e.SatisfactionRated(score=5, comment="quick"),)),
    (WARN, KNOWN, (WARNED,)),
    (BREACH, KNOWN, (BREACHED,)),
    (CORRECT, KNOWN, (CORRECTED,)),
]  # fmt: skip

QUIET: list[tuple[Command, tuple[Event, ...]]] = [
    (c.CategoriseTicket(category="internet"), IN["received"]),
    (c.PrioritiseTicket(priority="P2", reason="sure"), IN["received"]),
    (c.AssignTicket(team="network", agent="linh"), IN["assigned"]),
    (c.AssignTicket(team="network"), IN["assigned"]),
    (c.AssignTicket(agent="linh"), IN["in_progress"]),
    (c.StartWork(), IN["in_progress"]),
    (c.PutOnHold(waiting_for="third_party", reason="parts"), IN["waiting"]),
    (c.ResumeWork(), IN["in_progress"]),
    (c.EscalateTicket(to="tier 2", level=2, reason="hard"), (RECEIVED, e.TicketEscalated(to="tier 2", level=2))),
    (c.ResolveTicket(resolution="Reset"), IN["resolved"]),
    (c.CloseTicket(), IN["closed"]),
    (c.CancelTicket(), IN["cancelled"]),
    (c.RateSatisfaction(score=4), (*IN["resolved"], e.SatisfactionRated(score=4))),
    (WARN, (RECEIVED, WARNED)),
    (BREACH, (RECEIVED, BREACHED)),
    (CORRECT, (RECEIVED, CORRECTED)),
]

NOT_OPEN = dict.fromkeys(ENDED, "ticket_not_open")
NOT_RESOLVED = dict.fromkeys((*OPEN, "merged", "cancelled"), "ticket_not_resolved")
REFUSED: list[tuple[Command, dict[str, str]]] = [
    (RECEIVE, dict.fromkeys(KNOWN, "ticket_exists")),
    (c.CategoriseTicket(category="billing"), NOT_OPEN),
    (c.PrioritiseTicket(priority="P1", reason="outage"), NOT_OPEN),
    (c.AssignTicket(team="voice"), NOT_OPEN),
    (c.StartWork(), dict.fromkeys(("waiting", *ENDED), "work_not_startable")),
    (c.PutOnHold(waiting_for="internal", reason="parts"),
     dict.fromkeys(("received", "waiting", "waiting for the customer", *ENDED), "not_holdable")),
    (c.ResumeWork(), dict.fromkeys(("received", "assigned", *ENDED), "not_waiting")),
    (c.ReceiveMessage(body="Hello?"),
     {"merged": "ticket_merged", "cancelled": "ticket_cancelled", "closed": "ticket_closed_follow_up"}),
    (c.SendReply(body="Hello"), NOT_OPEN),
    (c.EscalateTicket(to="tier 2", level=2, reason="hard"), NOT_OPEN),
    (c.LogEffort(agent="an", kind="hold", seconds=1), {"merged": "ticket_merged"}),
    (c.ResolveTicket(resolution="Reset"), {name: "ticket_not_open" for name in ENDED if name != "resolved"}),
    (c.ReopenTicket(reason="still broken"), NOT_RESOLVED),
    (c.CloseTicket(), NOT_RESOLVED),
    (c.CancelTicket(), {name: "ticket_not_open" for name in ENDED if name != "cancelled"}),
    (c.RateSatisfaction(score=1), NOT_RESOLVED),
]  # fmt: skip


def _name(value: object) -> str | None:
    return type(value).__name__ if isinstance(value, Command) else None


@pytest.mark.parametrize(("command", "states", "events"), ACTS, ids=_name)
def test_a_command_acts_in_the_states_that_allow_it(
    command: Command, states: tuple[str, ...], events: tuple[Event, ...]
) -> None:
    for state in states:
        given(*IN[state]).when(command).then(*events)


@pytest.mark.parametrize(("command", "history"), QUIET, ids=_name)
def test_a_command_stays_quiet_when_what_it_asks_is_so_already(command: Command, history: tuple[Event, ...]) -> None:
    given(*history).when(command).then_quiet()


@pytest.mark.parametrize(("command", "codes"), REFUSED, ids=_name)
def test_a_command_is_refused_in_the_states_that_forbid_it(command: Command, codes: dict[str, str]) -> None:
    for state, code in codes.items():
        given(*IN[state]).when(command).then_refused(code)


@pytest.mark.parametrize("command", [command for command, _, _ in ACTS if command is not RECEIVE], ids=_name)
def test_nothing_but_its_receipt_can_be_asked_of_a_ticket_that_does_not_exist(command: Command) -> None:
    given().when(command).then_refused("ticket_unknown")


def test_every_command_is_specified() -> None:
    commands = set(get_args(c.TicketCommand))
    never_quiet = {c.ReceiveTicket, c.ReceiveMessage, c.SendReply, c.AddNote, c.LogEffort, c.ReopenTicket}
    refused_only_while_unknown = {c.AddNote, c.WarnOfSla, c.RecordSlaBreach, c.CorrectSla}
    assert {type(command) for command, _, _ in ACTS} == commands
    assert {type(command) for command, _ in QUIET} == commands - never_quiet
    assert {type(command) for command, _ in REFUSED} == commands - refused_only_while_unknown


def test_every_answer_in_every_state_is_specified() -> None:
    """Each command in each state is in exactly one of the tables, or listed here with the table it belongs to."""
    acts = {(type(command), state) for command, states, _ in ACTS for state in states}
    refused = {(type(command), state) for command, codes in REFUSED for state in codes}
    quiet = {
        (c.StartWork, "in_progress"),
        (c.ResumeWork, "in_progress"),
        (c.ResolveTicket, "resolved"),
        (c.CloseTicket, "closed"),
        (c.CancelTicket, "cancelled"),
    }
    as_other_waits = {(c.StartWork, "waiting for the customer")}
    every = {(command, state) for command in get_args(c.TicketCommand) for state in KNOWN}
    assert not acts & refused
    assert not (acts | refused) & quiet
    assert every == {pair for pair in acts | refused | quiet | as_other_waits if pair[1] != "none"}


def test_work_on_an_unassigned_ticket_is_started_by_an_agent_alone() -> None:
    given(RECEIVED).when(c.StartWork(), by=SYSTEM).then_refused("ticket_unassigned")
    given(RECEIVED).when(c.StartWork(), by=CUSTOMER).then_refused("ticket_unassigned")
    given(RECEIVED, TO_LINH).when(c.StartWork(), by=SYSTEM).then(e.WorkStarted())


def test_whoever_starts_work_on_a_team_s_ticket_holds_it_for_that_team() -> None:
    given(RECEIVED, e.TicketAssigned(team="network", agent=None)).when(c.StartWork()).then(
        e.TicketAssigned(team="network", agent="linh"), e.WorkStarted()
    )


def test_another_waiting_reason_is_a_new_hold_after_resuming() -> None:
    given(*IN["waiting"]).when(c.PutOnHold(waiting_for="customer", reason="r")).then_refused("not_holdable")


ENDING_A_STATE: list[tuple[c.TicketCommand, str]] = [
    (c.StartWork(), "received"),
    (c.StartWork(), "assigned"),
    (c.PutOnHold(waiting_for="customer", reason="r"), "in_progress"),
    (c.ResumeWork(), "waiting"),
    (c.ResolveTicket(resolution="Reset"), "received"),
    (c.ResolveTicket(resolution="Reset"), "waiting"),
    (c.CancelTicket(), "in_progress"),
    (c.CloseTicket(), "resolved"),
    (c.ReopenTicket(reason="r"), "resolved"),
    (c.ReopenTicket(reason="r"), "closed"),
]


@pytest.mark.parametrize(("command", "state"), ENDING_A_STATE, ids=_name)
def test_what_ends_a_state_cannot_have_happened_before_that_state_began(command: Command, state: str) -> None:
    before = NOON - timedelta(microseconds=1)
    given(*IN[state]).when(command.model_copy(update={"occurred_at": before})).then_refused("precedes_what_it_ends")
    assert given(*IN[state]).when(command.model_copy(update={"occurred_at": NOON})).events


@pytest.mark.parametrize(("command", "state"), ENDING_A_STATE, ids=_name)
def test_what_ends_a_state_that_began_by_a_clock_ahead_of_ours_happened_when_that_state_began(
    command: c.TicketCommand, state: str
) -> None:
    ticket = given(*IN[state]).state
    *_, ending = decider.decide(command, ticket, AGENT)
    assert decider.occurred(ending, ticket, NOON - timedelta(minutes=3)) == NOON
    assert decider.occurred(ending, ticket, NOON + timedelta(minutes=3)) == NOON + timedelta(minutes=3)


@pytest.mark.parametrize("late", [c.AddNote(body="n"), c.SendReply(body="b"), c.AssignTicket(team="claims")], ids=_name)
def test_what_ends_no_state_may_have_happened_at_any_time(late: c.TicketCommand) -> None:
    ticket = given(*WORKING).state
    earlier = NOON - timedelta(days=3)
    (event,) = decider.decide(late.model_copy(update={"occurred_at": earlier}), ticket, AGENT)
    assert decider.occurred(event, ticket, earlier) == earlier


def test_a_message_logged_late_keeps_its_own_time_and_what_follows_from_it_does_not() -> None:
    ticket = given(*IN["resolved"]).state
    earlier = NOON - timedelta(hours=3)
    message, reopened = decider.decide(c.ReceiveMessage(body="late", occurred_at=earlier), ticket, AGENT)
    assert decider.occurred(message, ticket, earlier) == earlier
    assert decider.occurred(reopened, ticket, earlier) == NOON


def test_words_of_a_second_resolution_are_never_dropped_silently() -> None:
    for other in (c.ResolveTicket(resolution="Replaced"), c.ResolveTicket(resolution="Reset", code="workaround")):
        given(*IN["resolved"]).when(other).then_refused("already_resolved")
    replaced = e.TicketResolved(resolution="Replaced", code="solved")
    again = (*IN["resolved"], e.TicketReopened())
    given(*again).when(c.ResolveTicket(resolution="Reset")).then(RESOLVED_BY_US)
    given(*again, replaced).when(c.ResolveTicket(resolution="Replaced")).then_quiet()
    given(*again, replaced).when(c.ResolveTicket(resolution="Reset")).then_refused("already_resolved")


def test_a_ticket_is_rated_anew_after_each_resolution() -> None:
    rated = (*IN["resolved"], e.SatisfactionRated(score=4))
    given(*rated).when(c.RateSatisfaction(score=4)).then_quiet()
    given(*rated).when(c.RateSatisfaction(score=2)).then(e.SatisfactionRated(score=2))
    again = (*rated, e.TicketReopened(), RESOLVED_BY_US)
    given(*again).when(c.RateSatisfaction(score=4)).then(e.SatisfactionRated(score=4))


def test_a_rating_given_before_a_reopening_and_told_after_it_counts_for_the_resolution_that_it_is_of() -> None:
    ticket = moved((0, RECEIVED), (60, RESOLVED_BY_US), (120, e.TicketReopened()))
    given_before = c.RateSatisfaction(score=4, occurred_at=minute(90))
    assert decider.decide(given_before, ticket, AGENT) == [e.SatisfactionRated(score=4, comment=None)]
    rated = evolve(ticket, e.SatisfactionRated(score=4), minute(90))
    assert decider.decide(given_before, rated, AGENT) == []
    resolved_again = evolve(evolve(rated, RESOLVED_BY_US, minute(180)), e.SatisfactionRated(score=2), minute(190))
    assert decider.decide(given_before, resolved_again, AGENT) == []
    assert decider.decide(c.RateSatisfaction(score=2, occurred_at=minute(90)), resolved_again, AGENT)
    assert decider.decide(c.RateSatisfaction(score=2, occurred_at=minute(200)), resolved_again, AGENT) == []
    assert decider.decide(c.RateSatisfaction(score=2), resolved_again, AGENT) == []


@pytest.mark.parametrize("at", [59, 120, 130])
def test_a_rating_of_an_instant_at_which_the_ticket_was_open_is_refused_while_it_is_open(at: int) -> None:
    ticket = moved((0, RECEIVED), (60, RESOLVED_BY_US), (120, e.TicketReopened()))
    with pytest.raises(Refusal, match="once the ticket is resolved"):
        decider.decide(c.RateSatisfaction(score=4, occurred_at=minute(at)), ticket, AGENT)


def test_resolved_and_then_closed_is_one_span_in_which_ratings_count() -> None:
    ticket = moved((0, RECEIVED), (60, RESOLVED_BY_US), (70, CLOSED), (120, e.TicketReopened()))
    assert [(span.since, span.until) for span in ticket.resolved] == [(minute(60), minute(120))]


def test_a_ticket_cancelled_otherwise_than_asked_is_not_passed_over_in_silence() -> None:
    given(*IN["cancelled"]).when(c.CancelTicket(cancelled_as="spam")).then_refused("already_cancelled")
    as_spam = (RECEIVED, e.TicketCancelled(cancelled_by="agent", cancelled_as="spam"))
    given(*as_spam).when(c.CancelTicket(cancelled_by="customer", cancelled_as="spam")).then_quiet()


@pytest.mark.parametrize("command", [command for command, codes in REFUSED if "merged" in codes], ids=_name)
def test_the_refusal_of_a_merged_ticket_names_the_ticket_that_goes_on(command: c.TicketCommand) -> None:
    with pytest.raises(Refusal, match=f"it was merged into {OTHER}") as refused:
        decider.decide(command, given(*IN["merged"]).state, AGENT)
    assert refused.value.ids == {"merged_into": OTHER}
    with pytest.raises(Refusal) as refused:
        decider.decide(c.StartWork(), given(*IN["resolved"]).state, AGENT)
    assert refused.value.ids == {}


def test_each_warning_point_and_each_instance_is_recorded_by_itself() -> None:
    history = (RECEIVED, WARNED)
    for change in ({"fraction": 0.9}, {"activated_by": 2}, {"target": "first_response"}):
        assert given(*history).when(WARN.model_copy(update=change)).events
    assert given(RECEIVED, BREACHED).when(BREACH.model_copy(update={"activated_by": 2})).events


def test_an_instance_that_has_got_another_number_is_not_announced_again() -> None:
    given(RECEIVED, WARNED).when(WARN.model_copy(update={"instance": 2})).then_quiet()
    given(RECEIVED, BREACHED).when(BREACH.model_copy(update={"instance": 2})).then_quiet()
    given(RECEIVED, CORRECTED).when(CORRECT.model_copy(update={"instance": 2})).then_quiet()


def test_a_correction_is_quiet_only_when_the_last_one_of_its_instance_and_its_end_says_the_same() -> None:
    history = (RECEIVED, CORRECTED)
    for change in (
        {"now": MISSED},
        {"ended_at": NOON + timedelta(1)},
        {"activated_by": 2},
        {"target": "first_response"},
    ):
        assert given(*history).when(CORRECT.model_copy(update=change)).events
    back = e.SlaCorrected(target="resolution", instance=1, activated_by=1, ended_at=NOON, was=KEPT, now=MISSED)
    given(*history, back).when(CORRECT).then(CORRECTED)
    given(*history, back.model_copy(update={"activated_by": 2})).when(CORRECT).then_quiet()


def test_a_correction_gives_its_reason() -> None:
    with pytest.raises(ValidationError, match="reason"):
        c.CorrectSla.model_validate(CORRECT.model_dump(exclude={"reason"}))


def test_a_refusal_names_rule_and_state() -> None:
    with pytest.raises(Refusal, match=r"only a resolved or closed ticket can be reopened \(state: received\)"):
        decider.decide(c.ReopenTicket(reason="r"), given(RECEIVED).state, AGENT)
