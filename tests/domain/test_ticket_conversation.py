"""Thanks reopen nothing, replies are reviewed where the definition says so, and promises are named by their event."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.automation.events import AutomationPassedOver
from domain.command_context import Actor
from domain.command_handling.aggregates import handler_of
from domain.command_handling.ticket_stream import TICKET as TICKETS_OF_DESK
from domain.command_handling.ticket_stream import TicketStream
from domain.definitions.kind import DefinitionVersion
from domain.definitions.publishing import PublishedDefinition
from domain.envelope import RecordedEvent
from domain.messages import Command, Event
from domain.refusal import Refusal
from domain.sla.clock.clock import clocks
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.conversation.decider import MOST_OPEN
from domain.ticket.conversation.review import ReviewExample, ReviewRules
from domain.ticket.conversation.thanks import ThanksExample, ThanksRules
from projections.first_contact.table import FIRST_CONTACT, FirstContactRow
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.clock_answers import under
from tests.support.events import (
    AGENT,
    CUSTOMER_ACTOR,
    OTHER_AGENT,
    SYSTEM,
    TICKET,
    Fact,
    history,
    in_turn,
    instant,
    resolved,
)
from tests.support.folded import rows_of
from tests.support.ticket_states import IN, given

RULES = ThanksRules(phrases=("cảm ơn", "cám ơn", "thanks", "thank you"), beside=("em", "anh", "nhiều", "so much", "ok"))
NOTHING = PublishedDefinition()
PROMISED = under([{"first_response": "1h", "next_response": "1h", "periodic_update": "1h", "resolution": "8h"}])


def published(body: Any, version: int = 1) -> PublishedDefinition:
    first = datetime(2026, 1, 1, tzinfo=UTC)
    return PublishedDefinition("published", (DefinitionVersion(version, first, body.model_dump(mode="json")),))


def folded(facts: Sequence[Fact]) -> TicketStream:
    stream = TicketStream()
    for fact in facts:
        stream = TICKETS_OF_DESK.after(stream, fact.payload, fact.occurred_at)
    return stream


def decided(
    command: Command, facts: Sequence[Fact], *definitions: PublishedDefinition, by: Actor = AGENT, minute: float
) -> list[Fact]:
    """What the desk records for a command at a minute."""
    handler = handler_of(command)
    known = instant(minute)
    events = handler.decide(command, TICKET, [folded(facts), *definitions], by, command.occurred_at or known)
    return [Fact(happened, payload, by, recorded_at=known) for _, payload, happened in events]


def told(*facts: Fact | Event) -> list[Fact]:
    return in_turn(facts)


RESOLVED = told(*IN["resolved"])
"""Resolved at minute 3."""


def thanked(minute: float = 10, body: str = "Cảm ơn em nhiều!") -> list[Fact]:
    said = decided(c.ReceiveMessage(body=body), RESOLVED, published(RULES, 4), by=CUSTOMER_ACTOR, minute=minute)
    return [*RESOLVED, *said]


def test_a_thank_you_does_not_reopen_a_resolved_ticket() -> None:
    """Field report R38."""
    *_, message, recognised = thanked()
    assert message.payload == e.MessageReceived(body="Cảm ơn em nhiều!")
    assert recognised.payload == e.ThanksRecognised(message=5, definition=4)
    assert folded(thanked()).ticket.state == "resolved"


@pytest.mark.parametrize("definition", [NOTHING, published(ThanksRules())])
def test_without_a_published_definition_every_message_reopens(definition: PublishedDefinition) -> None:
    """Also the negative control of the test above."""
    said = decided(c.ReceiveMessage(body="Cảm ơn"), RESOLVED, definition, minute=10)
    assert [fact.payload for fact in said] == [e.MessageReceived(body="Cảm ơn"), e.TicketReopened()]


def test_a_definition_counts_from_its_effective_instant() -> None:
    later = PublishedDefinition("published", (DefinitionVersion(1, instant(60), RULES.model_dump(mode="json")),))
    for minute, topic in ((59, "ticket.reopened"), (60, "ticket.thanks_recognised")):
        assert decided(c.ReceiveMessage(body="Thanks"), RESOLVED, later, minute=minute)[1].payload.topic == topic


@pytest.mark.parametrize("state", ["received", "assigned", "in_progress", "waiting", "waiting for the customer"])
def test_a_thank_you_to_an_open_ticket_is_a_message_like_any_other(state: str) -> None:
    command = c.ReceiveMessage(body="Thanks")
    said, plain = (decided(command, told(*IN[state]), rules, minute=30) for rules in (published(RULES), NOTHING))
    assert said == plain


@pytest.mark.parametrize(
    ("message", "thanks"),
    [
        ("Cảm ơn", True),
        ("CAM ON EM", True),
        ("Cám ơn anh nhiều nhiều!!! 🙏", True),
        ("ok, thanks so much.", True),
        ("ok", False),
        ("🙏", False),
        ("Cảm ơn, nhưng vẫn chưa được", False),
        ("thanks?", False),
        ("thanks thanks thanks thanks thanks thanks thanks thanks thanks thanks thanks thanks thanks", False),
        ("thanksgiving", False),
        ("cảm ơn " * 200, False),
    ],
)
def test_a_message_only_says_thanks_when_every_word_of_it_does(message: str, thanks: bool) -> None:
    assert ThanksExample(name="n", message=message, thanks=thanks).differences(RULES) == []
    assert ThanksExample(name="n", message=message, thanks=not thanks).differences(RULES) != []


def as_recorded(facts: Sequence[Fact]) -> list[RecordedEvent]:
    return history(*facts, ticket=TICKET)


def first_contact(events: Sequence[RecordedEvent]) -> FirstContactRow:
    (row,) = rows_of(FirstContactRow, FIRST_CONTACT, events)
    row.told_late = False
    return row


def promises(events: Sequence[RecordedEvent], as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """The clocks of a ticket without the causes of their facts."""
    found = clocks(events, PROMISED, as_of)
    return [
        (one.target, one.state, one.activated_at, one.running_since, one.elapsed, one.due_at, one.finished_at)
        for one in found
    ]


TAKE_BACK = c.TakeBackThanks(message=5, reason="asks for the invoice")


def taken_back(facts: Sequence[Fact], minute: float) -> list[Fact]:
    return [*facts, *decided(TAKE_BACK, facts, minute=minute)]


def test_thanks_that_are_taken_back_count_as_if_the_message_had_reopened_the_ticket() -> None:
    recognised = thanked()
    reopened = [*RESOLVED, *decided(c.ReceiveMessage(body="Cảm ơn em nhiều!"), RESOLVED, NOTHING, minute=10)]
    corrected = taken_back(recognised, minute=200)
    assert folded(corrected).ticket == folded(reopened).ticket
    known_before = [event for event in as_recorded(corrected) if event.recorded_at < instant(200)]
    assert promises(known_before) == promises(as_recorded(recognised))
    assert first_contact(known_before).reopened_at is None
    for as_of in (None, instant(5), instant(10), instant(11), instant(300)):
        assert promises(as_recorded(corrected), as_of) == promises(as_recorded(reopened), as_of)
    assert first_contact(as_recorded(corrected)) == first_contact(as_recorded(reopened))
    assert first_contact(as_recorded(corrected)).reopened_at == instant(10)
    assert first_contact(as_recorded(corrected)).wrote_again_at == instant(10)


def test_recognised_thanks_are_no_contact_and_start_no_clock() -> None:
    events = as_recorded(thanked())
    row = first_contact(events)
    assert (row.reopened_at, row.wrote_again_at) == (None, None)
    assert "next_response" not in {clock.target for clock in clocks(events, PROMISED)}
    assert promises(events) == promises(as_recorded(RESOLVED))


def test_after_an_ordinary_reopening_thanks_still_wait_for_no_answer() -> None:
    again = [*thanked(), Fact(instant(20), e.TicketReopened(), AGENT)]
    started = {clock.target for clock in clocks(as_recorded(again), PROMISED)}
    asked = [event for event in as_recorded(again) if event.topic != "ticket.thanks_recognised"]
    assert "next_response" not in started
    assert "next_response" in {clock.target for clock in clocks(asked, PROMISED)}


def test_thanks_to_a_ticket_that_was_closed_since_reopen_it_from_the_closing_on() -> None:
    closed = [*thanked(), Fact(instant(30), e.TicketClosed(closed_by="rule"), SYSTEM)]
    *_, reopened, back = taken_back(closed, minute=200)
    assert (reopened.payload, back.payload) == (e.TicketReopened(), e.ThanksTakenBack(message=5))
    assert {reopened.occurred_at, back.occurred_at} == {instant(30)}
    (row,) = rows_of(StoredTicket, TICKETS, as_recorded(taken_back(closed, minute=200)))
    assert (row.state, row.reopenings, row.last_reopened_at) == ("assigned", 1, instant(30))


def test_of_a_ticket_that_was_reopened_since_the_instant_alone_changes() -> None:
    """It was resolved again: the new resolution stays."""
    since = [Fact(instant(20), e.TicketReopened(), AGENT), Fact(instant(30), resolved(), AGENT)]
    facts = taken_back([*thanked(), *since], minute=200)
    assert [fact.payload.topic for fact in facts[-1:]] == ["ticket.thanks_taken_back"]
    assert folded(facts).ticket.state == "resolved"
    (row,) = rows_of(StoredTicket, TICKETS, as_recorded(facts))
    assert (row.state, row.reopenings, row.last_reopened_at, row.last_resolved_at) == (
        "resolved",
        1,
        instant(10),
        instant(30),
    )


def test_a_message_that_was_not_taken_for_thanks_cannot_be_taken_back() -> None:
    with pytest.raises(Refusal, match="event 9 of the ticket is no message that was taken for thanks"):
        decided(c.TakeBackThanks(message=9, reason="r"), thanked(), minute=20)


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
def test_a_promise_and_a_proposal_are_named_by_the_version_of_their_event(
    command: c.ConversationCommand, code: str
) -> None:
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
