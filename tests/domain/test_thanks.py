"""A message that only says thanks reopens nothing where the definition says so, and that can be taken back."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from domain.definitions.definition_file import check, read_definition_file
from domain.definitions.kind import DefinitionVersion
from domain.definitions.state import PublishedDefinition
from domain.envelope import RecordedEvent
from domain.refusal import Refusal
from domain.sla.clock.clock import clocks
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.conversation.thanks import ThanksExample, ThanksRules
from projections.first_contact.table import FIRST_CONTACT, FirstContactRow
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.clock_answers import under
from tests.support.events import AGENT, CUSTOMER_ACTOR, SYSTEM, Fact, instant, resolved
from tests.support.folded import rows_of
from tests.support.ticket_decisions import NOTHING, as_recorded, decided, folded, published, told
from tests.support.ticket_states import IN

SHIPPED = Path("api/definitions")
RULES = ThanksRules(phrases=("cảm ơn", "cám ơn", "thanks", "thank you"), beside=("em", "anh", "nhiều", "so much", "ok"))
PROMISED = under([{"first_response": "1h", "next_response": "1h", "periodic_update": "1h", "resolution": "8h"}])
RESOLVED = told(*IN["resolved"])
"""Resolved at minute 3."""


def thanked(minute: float = 10, body: str = "Cảm ơn em nhiều!") -> list[Fact]:
    facts = decided(c.ReceiveMessage(body=body), RESOLVED, published(RULES, 4), by=CUSTOMER_ACTOR, minute=minute)
    return [*RESOLVED, *facts]


def test_a_thank_you_does_not_reopen_a_resolved_ticket() -> None:
    """Field report R38."""
    *_, message, recognised = thanked()
    assert message.payload == e.MessageReceived(body="Cảm ơn em nhiều!")
    assert recognised.payload == e.ThanksRecognised(message=5, definition=4)
    assert folded(thanked()).ticket.state == "resolved"


@pytest.mark.parametrize("definition", [NOTHING, published(ThanksRules())])
def test_without_a_published_definition_every_message_reopens(definition: PublishedDefinition) -> None:
    """Also the negative control of the test above."""
    facts = decided(c.ReceiveMessage(body="Cảm ơn"), RESOLVED, definition, minute=10)
    assert [fact.payload for fact in facts] == [e.MessageReceived(body="Cảm ơn"), e.TicketReopened()]


def test_a_definition_counts_from_its_effective_instant() -> None:
    later = PublishedDefinition("published", (DefinitionVersion(1, instant(60), RULES.model_dump(mode="json")),))
    for minute, topic in ((59, "ticket.reopened"), (60, "ticket.thanks_recognised")):
        assert decided(c.ReceiveMessage(body="Thanks"), RESOLVED, later, minute=minute)[1].payload.topic == topic


@pytest.mark.parametrize("state", ["received", "assigned", "in_progress", "waiting", "waiting for the customer"])
def test_a_thank_you_to_an_open_ticket_is_a_message_like_any_other(state: str) -> None:
    command = c.ReceiveMessage(body="Thanks")
    facts, plain = (decided(command, told(*IN[state]), rules, minute=30) for rules in (published(RULES), NOTHING))
    assert facts == plain


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


def first_contact(events: Sequence[RecordedEvent]) -> FirstContactRow:
    (row,) = rows_of(FirstContactRow, FIRST_CONTACT, events)
    row.told_late = False
    return row


def promises(events: Sequence[RecordedEvent], as_of: datetime | None = None) -> list[tuple[Any, ...]]:
    """The clocks of a ticket without the causes of their facts."""
    instances = clocks(events, PROMISED, as_of)
    return [
        (
            instance.target,
            instance.state,
            instance.activated_at,
            instance.running_since,
            instance.elapsed,
            instance.due_at,
            instance.finished_at,
        )
        for instance in instances
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
    answers = [event for event in as_recorded(again) if event.topic != "ticket.thanks_recognised"]
    assert "next_response" not in started
    assert "next_response" in {clock.target for clock in clocks(answers, PROMISED)}


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


@pytest.mark.parametrize("name", ["thanks", "review"])
def test_the_examples_of_a_shipped_definition_hold(name: str) -> None:
    text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
    answers = check(read_definition_file(text), text)
    assert answers
    assert [answer.differences for answer in answers if answer.differences] == []
