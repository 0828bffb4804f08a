"""The rules of a ticket that depend on more than its state: times, ratings, resolutions, announcements."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from domain.refusal import Refusal
from domain.sla import commands as sla_commands
from domain.sla import events as sla_events
from domain.ticket import commands as c
from domain.ticket import decider
from domain.ticket import events as e
from tests.support.events import AGENT, CUSTOMER_ACTOR, NOON, START, SYSTEM, at, instant
from tests.support.ticket_commands import (
    BREACH,
    BREACHED,
    CORRECT,
    CORRECTED,
    ESCALATED,
    KEPT,
    MISSED,
    REFUSED,
    WARN,
    WARNED,
)
from tests.support.ticket_states import BEGAN, CLOSED, HELD, IN, OTHER, RECEIVED, REOPENED, RESOLVED, WORKING, given

MICROSECOND = timedelta(microseconds=1)


def test_work_on_an_unassigned_ticket_is_started_by_an_agent_alone() -> None:
    given(RECEIVED).when(c.StartWork(), by=SYSTEM).then_refused("ticket_unassigned")
    given(RECEIVED).when(c.StartWork(), by=CUSTOMER_ACTOR).then_refused("ticket_unassigned")
    given(RECEIVED, HELD).when(c.StartWork(), by=SYSTEM).then(e.WorkStarted())


def test_whoever_starts_work_on_a_team_s_ticket_holds_it_for_that_team() -> None:
    given(RECEIVED, e.TicketAssigned(team="network", agent=None)).when(c.StartWork()).then(
        e.TicketAssigned(team="network", agent=AGENT.id), e.WorkStarted()
    )


def test_another_waiting_reason_is_a_new_hold_after_resuming() -> None:
    given(*IN["waiting"]).when(c.PutOnHold(waiting_for="customer", reason="r")).then_refused("not_holdable")


ENDING_A_STATE = [
    pytest.param(command, state, id=f"{type(command).__name__} on {state}")
    for command, state in (
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
    )
]


@pytest.mark.parametrize(("command", "state"), ENDING_A_STATE)
def test_what_ends_a_state_cannot_have_happened_before_that_state_began(command: c.TicketCommand, state: str) -> None:
    began = instant(BEGAN[state])
    before = command.model_copy(update={"occurred_at": began - MICROSECOND})
    given(*IN[state]).when(before).then_refused("precedes_what_it_ends")
    assert given(*IN[state]).when(command.model_copy(update={"occurred_at": began})).facts


@pytest.mark.parametrize(("command", "state"), ENDING_A_STATE)
def test_what_ends_a_state_that_began_by_a_clock_ahead_of_ours_happened_when_that_state_began(
    command: c.TicketCommand, state: str
) -> None:
    began = BEGAN[state]
    assert given(*IN[state]).when(command, minute=began - 3).facts[-1].occurred_at == instant(began)
    assert given(*IN[state]).when(command, minute=began + 3).facts[-1].occurred_at == instant(began + 3)


@pytest.mark.parametrize(
    "late",
    [c.AddNote(body="n"), c.SendReply(body="b"), c.AssignTicket(team="claims")],
    ids=lambda late: type(late).__name__,
)
def test_what_ends_no_state_may_have_happened_at_any_time(late: c.TicketCommand) -> None:
    earlier = START - timedelta(days=3)
    (fact,) = given(*WORKING).when(late.model_copy(update={"occurred_at": earlier})).facts
    assert fact.occurred_at == earlier


def test_a_message_logged_late_keeps_its_own_time_and_what_follows_from_it_does_not() -> None:
    earlier = START - timedelta(hours=3)
    message, reopened = given(*IN["resolved"]).when(c.ReceiveMessage(body="late", occurred_at=earlier)).facts
    assert (message.occurred_at, reopened.occurred_at) == (earlier, instant(BEGAN["resolved"]))


@pytest.mark.parametrize(
    "command",
    [c.EscalateTicket(to="tier 3", level=2, reason="r"), c.EscalateTicket(to="tier 2", level=3, reason="r")],
    ids=["to others", "to a higher level"],
)
def test_a_second_escalation_to_others_or_to_another_level_is_recorded(command: c.EscalateTicket) -> None:
    escalated = e.TicketEscalated(to=command.to, level=command.level)
    given(RECEIVED, ESCALATED).when(command).then(escalated).then_state(escalation=(command.to, command.level))


def test_words_of_a_second_resolution_are_never_dropped_silently() -> None:
    for other in (c.ResolveTicket(resolution="Replaced"), c.ResolveTicket(resolution="Reset", code="workaround")):
        given(*IN["resolved"]).when(other).then_refused("already_resolved")
    replaced = e.TicketResolved(resolution="Replaced", code="solved")
    again = (*IN["resolved"], REOPENED)
    given(*again).when(c.ResolveTicket(resolution="Reset")).then(RESOLVED)
    given(*again, replaced).when(c.ResolveTicket(resolution="Replaced")).then_quiet()
    given(*again, replaced).when(c.ResolveTicket(resolution="Reset")).then_refused("already_resolved")


@pytest.mark.parametrize("comment", [None, "slow"])
def test_the_same_score_with_another_comment_is_another_rating(comment: str | None) -> None:
    rated = (*IN["resolved"], e.SatisfactionRated(score=4, comment="quick"))
    given(*rated).when(c.RateSatisfaction(score=4, comment="quick")).then_quiet()
    given(*rated).when(c.RateSatisfaction(score=4, comment=comment)).then(e.SatisfactionRated(score=4, comment=comment))


def test_a_ticket_is_rated_anew_after_each_resolution() -> None:
    rated = (*IN["resolved"], e.SatisfactionRated(score=4))
    given(*rated).when(c.RateSatisfaction(score=4)).then_quiet()
    given(*rated).when(c.RateSatisfaction(score=2)).then(e.SatisfactionRated(score=2))
    given(*rated, REOPENED, RESOLVED).when(c.RateSatisfaction(score=4)).then(e.SatisfactionRated(score=4))


def test_a_rating_given_before_a_reopening_and_told_after_it_counts_for_the_resolution_that_it_is_of() -> None:
    life = (at(0, RECEIVED), at(60, RESOLVED), at(120, REOPENED))
    given_before = c.RateSatisfaction(score=4, occurred_at=instant(90))
    given(*life).when(given_before).then(e.SatisfactionRated(score=4, comment=None))
    rated = (*life, at(90, e.SatisfactionRated(score=4)))
    given(*rated).when(given_before).then_quiet()
    again = given(*rated, at(180, RESOLVED), at(190, e.SatisfactionRated(score=2)))
    again.when(given_before).then_quiet()
    again.when(c.RateSatisfaction(score=2, occurred_at=instant(90))).then(e.SatisfactionRated(score=2))
    again.when(c.RateSatisfaction(score=2, occurred_at=instant(200))).then_quiet()
    again.when(c.RateSatisfaction(score=2)).then_quiet()


@pytest.mark.parametrize("minute", [59, 120, 130])
def test_a_rating_of_an_instant_at_which_the_ticket_was_open_is_refused_while_it_is_open(minute: int) -> None:
    ticket = given(at(0, RECEIVED), at(60, RESOLVED), at(120, REOPENED))
    ticket.when(c.RateSatisfaction(score=4, occurred_at=instant(minute))).then_refused("ticket_not_resolved")


def test_resolved_and_then_closed_is_one_span_in_which_ratings_count() -> None:
    ticket = given(at(0, RECEIVED), at(60, RESOLVED), at(70, CLOSED), at(120, REOPENED)).state
    assert [(span.since, span.until) for span in ticket.resolved] == [(instant(60), instant(120))]


def test_a_ticket_cancelled_otherwise_than_asked_is_not_passed_over_in_silence() -> None:
    given(*IN["cancelled"]).when(c.CancelTicket(cancelled_as="spam")).then_refused("already_cancelled")
    as_spam = (RECEIVED, e.TicketCancelled(cancelled_by="agent", cancelled_as="spam"))
    given(*as_spam).when(c.CancelTicket(cancelled_by="customer", cancelled_as="spam")).then_quiet()


@pytest.mark.parametrize(
    "command",
    [refused.command for refused in REFUSED if "merged" in refused.codes],
    ids=lambda command: type(command).__name__,
)
def test_the_refusal_of_a_merged_ticket_names_the_ticket_that_goes_on(command: c.TicketCommand) -> None:
    refusal = given(*IN["merged"]).when(command).refusal
    assert refusal is not None
    assert f"it was merged into {OTHER}" in str(refusal)
    assert refusal.ids == {"merged_into": OTHER}
    with pytest.raises(Refusal) as refused:
        decider.decide(c.StartWork(), given(*IN["resolved"]).state, AGENT)
    assert refused.value.ids == {}


def test_each_warning_point_and_each_instance_is_recorded_by_itself() -> None:
    for change in ({"fraction": 0.9}, {"activated_by": 2}, {"target": "first_response"}):
        assert given(RECEIVED, WARNED).when(WARN.model_copy(update=change)).facts
    assert given(RECEIVED, BREACHED).when(BREACH.model_copy(update={"activated_by": 2})).facts


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
        assert given(*history).when(CORRECT.model_copy(update=change)).facts
    back = sla_events.SlaCorrected(target="resolution", instance=1, activated_by=1, ended_at=NOON, was=KEPT, now=MISSED)
    given(*history, back).when(CORRECT).then(CORRECTED)
    given(*history, back.model_copy(update={"activated_by": 2})).when(CORRECT).then_quiet()


def test_a_correction_gives_its_reason() -> None:
    with pytest.raises(ValidationError, match="reason"):
        sla_commands.CorrectSla.model_validate(CORRECT.model_dump(exclude={"reason"}))


def test_a_refusal_names_rule_and_state() -> None:
    with pytest.raises(Refusal, match=r"only a resolved or closed ticket can be reopened \(state: received\)"):
        decider.decide(c.ReopenTicket(reason="r"), given(RECEIVED).state, AGENT)
