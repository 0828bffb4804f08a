"""Replies are reviewed where the definition says so; promises, dates and holds are facts of the ticket."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from domain.automation.events import AutomationPassedOver
from domain.command_context import Actor
from domain.messages import Event
from domain.refusal import Refusal
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.conversation.decider import MOST_OPEN
from domain.ticket.conversation.review import ReviewExample, ReviewRules
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.events import AGENT, CUSTOMER_ACTOR, OTHER_AGENT, SYSTEM, instant, resolved
from tests.support.folded import rows_of
from tests.support.ticket_decisions import NOTHING, as_recorded, decided, folded, published, told
from tests.support.ticket_states import IN, given

OPEN = told(*IN["in_progress"])
HELLO = c.SendReply(body="Xin chào")


def test_a_reply_that_needs_a_review_is_refused_until_another_person_approves_it() -> None:
    rules = published(ReviewRules(categories=("internet",)))
    with pytest.raises(Refusal) as refused:
        decided(HELLO, OPEN, rules, minute=5)
    assert refused.value.code == "reply_needs_review"
    assert decided(HELLO, OPEN, NOTHING, minute=5)[0].payload == e.ReplySent(body="Xin chào")
    proposed = [*OPEN, *decided(c.ProposeReply(body="Xin chào", channel="email"), OPEN, minute=5)]
    approve = c.ApproveReply(proposal=4)
    sent = decided(approve, proposed, by=OTHER_AGENT, minute=6)
    assert [fact.payload for fact in sent] == [
        e.ReplyApproved(proposal=4),
        e.ReplySent(body="Xin chào", channel="email"),
    ]


@pytest.mark.parametrize(
    ("by", "code"), [(AGENT, "own_proposal"), (SYSTEM, "not_a_person"), (CUSTOMER_ACTOR, "not_a_person")]
)
def test_only_another_person_approves_a_reply(by: Actor, code: str) -> None:
    proposed = [*OPEN, *decided(c.ProposeReply(body="Xin chào"), OPEN, minute=5)]
    with pytest.raises(Refusal) as refused:
        decided(c.ApproveReply(proposal=4), proposed, by=by, minute=6)
    assert refused.value.code == code


def test_an_automated_reply_needs_a_review_where_the_definition_says_so() -> None:
    rules = published(ReviewRules(automated=True))
    with pytest.raises(Refusal, match="needs a review"):
        decided(c.SendReply(body="Xin chào", automated=True), OPEN, rules, by=SYSTEM, minute=5)
    assert decided(HELLO, OPEN, rules, minute=5)


def test_an_approved_reply_of_a_program_is_a_persons_answer() -> None:
    proposed = [*OPEN, *decided(c.ProposeReply(body="Xin chào", automated=True), OPEN, by=SYSTEM, minute=5)]
    (row,) = rows_of(
        StoredTicket, TICKETS, as_recorded([*proposed, *decided(c.ApproveReply(proposal=4), proposed, minute=6)])
    )
    assert (row.replies, row.automated_replies, row.first_response_at) == (1, 0, instant(6))


@pytest.mark.parametrize(
    ("category", "automated", "review"), [("internet", False, True), ("other", False, False), ("other", True, True)]
)
def test_the_definition_names_categories_in_any_spelling_and_automated_replies(
    category: str, automated: bool, review: bool
) -> None:
    rules = ReviewRules(categories=(" internet ",), automated=True)
    example = ReviewExample(name="n", category=category, automated=automated, review=review)
    assert example.differences(rules) == []
    assert example.model_copy(update={"review": not review}).differences(rules) != []


def test_a_ticket_is_put_on_hold_until_an_instant() -> None:
    """Field report R37."""
    command = c.PutOnHold.model_validate(
        {"waiting_for": "customer", "until": "2026-03-05T09:00:00+07:00", "reason": "the customer travels"}
    )
    until = datetime(2026, 3, 5, 2, tzinfo=UTC)
    answer = given(*IN["in_progress"]).when(command).then(e.TicketPutOnHold(waiting_for="customer", until=until))
    answer.then_state(hold_until=until, waiting_for="customer")


@pytest.mark.parametrize(
    "ends", [e.WorkResumed(), resolved(), e.TicketCancelled(cancelled_by="agent"), e.TicketMerged(into=UUID(int=9))]
)
def test_the_end_of_a_hold_is_forgotten_when_the_hold_ends(ends: Event) -> None:
    held = (*IN["in_progress"], e.TicketPutOnHold(waiting_for="internal", until=instant(90)))
    assert given(*held).state.hold_until == instant(90)
    assert given(*held, ends).state.hold_until is None


def test_an_undone_merge_restores_the_end_of_a_hold() -> None:
    held = (*IN["in_progress"], e.TicketPutOnHold(waiting_for="internal", until=instant(90)))
    undone = given(*held, e.TicketMerged(into=UUID(int=9)), e.MergeUndone(into=UUID(int=9))).state
    assert (undone.state, undone.waiting_for, undone.hold_until) == ("waiting", "internal", instant(90))


def test_a_ticket_that_waits_for_something_else_is_resumed_first() -> None:
    for waiting_for, until in (("internal", None), ("internal", instant(90)), ("customer", instant(90))):
        command = c.PutOnHold.model_validate({"waiting_for": waiting_for, "until": until, "reason": "parts"})
        given(*IN["waiting"]).when(command).then_refused("not_holdable")


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.KeepCallback(promise=2), "promise_unknown"),
        (c.WithdrawCallback(promise=2, reason="r"), "promise_unknown"),
        (c.ApproveReply(proposal=2), "proposal_unknown"),
        (c.RejectReply(proposal=2, reason="r"), "proposal_unknown"),
    ],
)
def test_what_no_event_of_the_ticket_names_is_unknown(command: c.ConversationCommand, code: str) -> None:
    given(*IN["in_progress"], e.CallbackPromised(at=instant(9)), e.ReplyProposed(body="b", proposed_by="vy")).when(
        command
    ).then_refused(code)


@pytest.mark.parametrize(
    ("earlier", "command", "code"),
    [
        (e.CallbackWithdrawn(promise=4), c.KeepCallback(promise=4), "promise_withdrawn"),
        (e.CallbackKept(promise=4), c.WithdrawCallback(promise=4, reason="r"), "promise_kept"),
    ],
)
def test_a_promise_ends_in_one_way(earlier: Event, command: c.ConversationCommand, code: str) -> None:
    given(*IN["in_progress"], e.CallbackPromised(at=instant(9)), earlier).when(command).then_refused(code)


@pytest.mark.parametrize(
    ("earlier", "command", "code"),
    [
        (e.ReplyRejected(proposal=4), c.ApproveReply(proposal=4), "proposal_rejected"),
        (e.ReplyApproved(proposal=4), c.RejectReply(proposal=4, reason="r"), "proposal_approved"),
    ],
)
def test_a_proposal_is_decided_in_one_way(earlier: Event, command: c.ConversationCommand, code: str) -> None:
    given(*IN["in_progress"], e.ReplyProposed(body="b", proposed_by="vy"), earlier).when(command).then_refused(code)


def test_a_ticket_has_a_bounded_number_of_open_promises_and_proposals() -> None:
    promised = [e.CallbackPromised(at=instant(number)) for number in range(MOST_OPEN)]
    full = given(*IN["in_progress"], *promised)
    full.when(c.PromiseCallback(at=instant(900))).then_refused("too_many_promises")
    given(*IN["in_progress"], *promised, e.CallbackKept(promise=4)).when(c.PromiseCallback(at=instant(900))).then(
        e.CallbackPromised(at=instant(900))
    )
    proposed = [e.ReplyProposed(body="b", proposed_by="vy")] * MOST_OPEN
    given(*IN["in_progress"], *proposed).when(c.ProposeReply(body="b")).then_refused("too_many_proposals")


def test_events_of_automation_count_in_the_version_that_names_a_promise() -> None:
    passed_over = AutomationPassedOver(rule="r", version=1, why="stale")
    facts = told(*IN["in_progress"], passed_over, e.CallbackPromised(at=instant(90)))
    assert [promise.version for promise in folded(facts).conversation.promises] == [5]
    assert decided(c.KeepCallback(promise=5), facts, minute=90)[0].payload == e.CallbackKept(promise=5)


def test_another_date_takes_the_place_of_the_one_told_before() -> None:
    first = e.ExpectedByTold(expected_by=instant(90))
    told_again = given(*IN["in_progress"], first).when(c.TellExpectedBy(expected_by=instant(120)))
    told_again.then(e.ExpectedByTold(expected_by=instant(120)))
