"""What the commands about notifications lead to."""

from collections.abc import Sequence
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.command_handling.aggregates import handler_of
from domain.definitions.kind import DefinitionVersion
from domain.definitions.state import PublishedDefinition
from domain.messages import Command
from domain.notification import events as e
from domain.notification import sending as s
from domain.notification.commands import RecordDelivery, RequestNotification, RequestResend
from domain.notification.retries import JITTER, PAUSES, retry_at
from domain.notification.state import Notification, evolve, notification_stream
from domain.refusal import Refusal
from tests.support.events import AGENT, CUSTOMER, MINUTE, NOON

STREAM = notification_stream("a key")
DATA = {"customer_name": "Lan", "ticket_reference": "T-1", "ticket_subject": "Máy in", "tenant": "An Phát"}
REQUEST = RequestNotification(
    to_kind="customer",
    to=str(CUSTOMER),
    channel="email",
    purpose="service",
    template="received",
    template_version=0,
    data=DATA,
    dedupe_key="a key",
)
REQUESTED = e.NotificationRequested(**REQUEST.facts())
START = s.StartAttempt(attempt=1, address="lan@example.vn")
STARTED = e.AttemptStarted(attempt=1, address="lan@example.vn")
TAKEN = e.NotificationHandedOver(attempt=1, provider_id="m-1")
FAILED = e.NotificationFailed(attempt=1, permanent=True, why="refused_by_receiver")
LOST = e.NotificationUncertain(attempt=1)
UNPUBLISHED = PublishedDefinition()


def after(*events: Any, of: Notification | None = None) -> Notification:
    return reduce(lambda state, event: evolve(state, event, NOON), events, of or Notification())


def decided(command: Command, *states: Any, at: Any = NOON) -> list[Any]:
    return [event for _, event, _ in handler_of(command).decide(command, STREAM, states, AGENT, at)]


def code_of(command: Command, *states: Any, at: Any = NOON) -> str:
    with pytest.raises(Refusal) as refused:
        decided(command, *states, at=at)
    return refused.value.code


def sms(*events: Any) -> Notification:
    return after(REQUESTED.model_copy(update={"channel": "sms"}), *events)


WAITING = after(REQUESTED)
ATTEMPTING = after(REQUESTED, STARTED)
HANDED_OVER = after(REQUESTED, STARTED, TAKEN)
DELIVERED = after(REQUESTED, STARTED, TAKEN, e.NotificationDelivered())
DEAD = after(REQUESTED, STARTED, FAILED)
UNCERTAIN = sms(STARTED, LOST)
SUPPRESSED = after(REQUESTED, e.NotificationSuppressed(why="no_consent"))


def test_a_notification_is_requested_once_for_each_key() -> None:
    assert decided(REQUEST, Notification(), UNPUBLISHED) == [REQUESTED]
    assert decided(REQUEST, DELIVERED, UNPUBLISHED) == []
    assert notification_stream("a key") != notification_stream("another key")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"template": "no such"}, "template_unknown"),
        ({"template_version": 7}, "template_unknown"),
        ({"purpose": "marketing"}, "purpose_differs"),
        ({"data": {"customer_name": "Lan"}}, "placeholder_missing"),
    ],
)
def test_a_request_that_its_template_does_not_fit_is_refused(change: dict[str, Any], code: str) -> None:
    assert code_of(REQUEST.model_copy(update=change), Notification(), UNPUBLISHED) == code


def test_a_request_names_the_version_of_its_template() -> None:
    text = {"subject": "Tin", "body": "Chào {agent}"}
    body = {"purpose": "service", "vi": text, "en": text}
    published = PublishedDefinition("published", (DefinitionVersion(1, NOON, body),))
    command = REQUEST.model_copy(update={"template_version": 1})
    assert code_of(command, Notification(), published) == "placeholder_missing"
    assert decided(command.model_copy(update={"data": {"agent": "An"}}), Notification(), published) != []


@pytest.mark.parametrize(
    "wrong",
    [
        {"to": "Lan"},
        {"not_before": NOON, "not_after": NOON - MINUTE},
        {"data": {"agent": "a" * 2_001}},
        {"channel": "fax"},
    ],
)
def test_a_request_that_cannot_be_sent_is_malformed(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        RequestNotification(**(REQUEST.facts() | wrong))


def test_an_attempt_begins_when_it_is_due_and_only_once() -> None:
    assert decided(START, WAITING) == [STARTED]
    assert code_of(START, ATTEMPTING) == "notification_not_waiting"
    assert code_of(s.StartAttempt(attempt=2), WAITING) == "attempt_superseded"
    later = after(REQUESTED, e.NotificationPostponed(until=NOON + MINUTE, why="quiet_hours"))
    assert code_of(START, later) == "attempt_not_due"
    assert decided(START, later, at=NOON + MINUTE) == [STARTED]
    assert after(REQUESTED.model_copy(update={"not_before": NOON - MINUTE})).next_at == NOON
    early = after(REQUESTED.model_copy(update={"not_before": NOON + MINUTE}))
    assert code_of(START, early) == "attempt_not_due"


def test_a_slow_sender_cannot_end_the_attempt_of_another() -> None:
    again = after(REQUESTED, STARTED, LOST.model_copy(update={"retry_at": NOON}), e.AttemptStarted(attempt=2))
    for command in (
        s.RecordHandOver(attempt=1),
        s.RecordFailure(attempt=1, why="receiver_failed"),
        s.RecordUncertain(attempt=1),
    ):
        assert code_of(command, again) == "attempt_superseded"
    assert decided(s.RecordHandOver(attempt=2), again) == [e.NotificationHandedOver(attempt=2)]


def test_an_uncertain_attempt_may_get_its_answer_until_the_next_one_begins() -> None:
    assert decided(s.RecordHandOver(attempt=1), UNCERTAIN) == [e.NotificationHandedOver(attempt=1)]
    (failed,) = decided(s.RecordFailure(attempt=1, why="receiver_failed"), UNCERTAIN)
    assert isinstance(failed, e.NotificationFailed)
    assert decided(s.RecordUncertain(attempt=1), UNCERTAIN) == []


def test_what_the_provider_said_before_the_answer_was_recorded_counts() -> None:
    delivered = after(REQUESTED, STARTED, e.NotificationDelivered())
    assert decided(s.RecordHandOver(attempt=1), delivered) == []
    assert decided(s.RecordUncertain(attempt=1), delivered) == []
    assert decided(s.RecordHandOver(attempt=1), DEAD) == [], "it bounced before its receiver had answered"


def test_pauses_grow_with_jitter_that_the_id_decides_until_the_seventh_attempt_was_the_last() -> None:
    for tries, pause in enumerate(PAUSES, start=1):
        again = retry_at(STREAM, tries, NOON)
        assert again is not None
        assert pause <= again - NOON < pause * (1 + JITTER)
        assert again == retry_at(STREAM, tries, NOON)
    assert retry_at(STREAM, len(PAUSES) + 1, NOON) is None
    assert len({retry_at(UUID(int=number), 1, NOON) for number in range(100)}) > 90


def test_the_receiver_may_ask_for_a_longer_pause_and_for_no_shorter_one() -> None:
    shortest = retry_at(STREAM, 1, NOON)
    assert retry_at(STREAM, 1, NOON, timedelta(seconds=1)) == shortest
    assert retry_at(STREAM, 1, NOON, timedelta(hours=1)) == NOON + timedelta(hours=1)
    (failed,) = decided(s.RecordFailure(attempt=1, why="too_many_requests", retry_after=3_600), ATTEMPTING)
    assert failed == e.NotificationFailed(
        attempt=1, permanent=False, why="too_many_requests", retry_at=NOON + timedelta(hours=1)
    )


def test_after_the_last_attempt_a_failure_is_permanent_until_a_person_has_it_sent_again() -> None:
    state, attempt = WAITING, 0
    while state.state == "waiting":
        attempt += 1
        assert state.next_at is not None
        at = state.next_at
        for command in (s.StartAttempt(attempt=attempt), s.RecordFailure(attempt=attempt, why="receiver_failed")):
            (event,) = decided(command, state, at=at)
            state = evolve(state, event, at)
    assert (state.state, attempt) == ("failed", 7)
    assert code_of(s.StartAttempt(attempt=8), state) == "notification_not_waiting"
    (resent,) = decided(RequestResend(), state)
    assert decided(s.StartAttempt(attempt=8), after(resent, of=state)) == [e.AttemptStarted(attempt=8)]
    assert after(resent, of=state).tries == 0


@pytest.mark.parametrize(("channel", "again"), [("email", True), ("webhook", True), ("sms", False), ("zalo", False)])
def test_an_uncertain_attempt_is_repeated_by_itself_only_where_the_receiver_knows_repeats(
    channel: str, again: bool
) -> None:
    state = after(REQUESTED.model_copy(update={"channel": channel}), STARTED)
    (lost,) = decided(s.RecordUncertain(attempt=1), state)
    assert isinstance(lost, e.NotificationUncertain)
    assert (lost.retry_at is not None) == again
    uncertain = after(lost, of=state)
    assert uncertain.state == "uncertain"
    assert (uncertain.next_at is not None) == again
    assert decided(RequestResend(), uncertain) == [e.ResendRequested()]


def test_an_uncertain_attempt_whose_repeat_is_suppressed_stays_uncertain_for_a_person() -> None:
    uncertain = after(REQUESTED, STARTED, e.NotificationUncertain(attempt=1, retry_at=NOON + MINUTE))
    left = after(e.NotificationSuppressed(why="expired"), of=uncertain)
    assert (left.state, left.next_at) == ("uncertain", None)
    assert decided(RequestResend(), left) == [e.ResendRequested()]
    assert decided(RecordDelivery(status="delivered"), left) == [e.NotificationDelivered()]
    assert after(REQUESTED, e.NotificationSuppressed(why="expired")).state == "suppressed"
    failed = e.NotificationFailed(attempt=2, permanent=False, why="unreachable", retry_at=NOON + 2 * MINUTE)
    repeated = after(e.AttemptStarted(attempt=2), failed, of=uncertain)
    assert (repeated.state, repeated.next_at) == ("waiting", NOON + 2 * MINUTE)
    assert after(e.NotificationSuppressed(why="expired"), of=repeated).state == "uncertain"
    refused = e.NotificationFailed(attempt=2, permanent=True, why="refused_by_receiver")
    assert after(e.AttemptStarted(attempt=2), refused, of=uncertain).state == "failed", "the receiver knows its id"
    resent = after(e.ResendRequested(), e.NotificationSuppressed(why="stopped"), of=left)
    assert resent.state == "suppressed"


def test_only_what_failed_is_uncertain_or_was_not_sent_is_sent_again() -> None:
    assert decided(RequestResend(), DEAD) == decided(RequestResend(), UNCERTAIN) == [e.ResendRequested()]
    assert decided(RequestResend(), WAITING) == []
    assert decided(RequestResend(), SUPPRESSED) == [e.ResendRequested()]
    for state in (ATTEMPTING, HANDED_OVER, DELIVERED):
        assert code_of(RequestResend(), state) == "not_resendable"


def test_a_provider_says_what_became_of_what_it_took() -> None:
    delivered, bounced = RecordDelivery(status="delivered"), RecordDelivery(status="bounced")
    for state in (ATTEMPTING, HANDED_OVER, UNCERTAIN):
        assert decided(delivered, state) == [e.NotificationDelivered()]
    assert decided(delivered, DELIVERED) == []
    came_back = e.NotificationFailed(attempt=1, permanent=True, why="bounced")
    assert decided(bounced, HANDED_OVER) == decided(bounced, DELIVERED) == [came_back]
    assert decided(bounced, after(came_back, of=DELIVERED)) == []
    assert decided(RecordDelivery(status="failed"), HANDED_OVER) == [
        e.NotificationFailed(attempt=1, permanent=True, why="provider_failed")
    ]
    for state in (WAITING, SUPPRESSED, after(e.ResendRequested(), of=DEAD)):
        assert code_of(delivered, state) == "not_handed_over"


def test_only_what_waits_is_suppressed_or_postponed() -> None:
    suppress = s.SuppressNotification(why="no_consent")
    postpone = s.PostponeNotification(until=NOON + MINUTE, why="quiet_hours")
    assert decided(suppress, WAITING) == [e.NotificationSuppressed(why="no_consent")]
    assert decided(postpone, WAITING) == [e.NotificationPostponed(until=NOON + MINUTE, why="quiet_hours")]
    assert decided(postpone, after(e.NotificationPostponed(until=NOON + MINUTE, why="x"), of=WAITING)) == []
    for state in (ATTEMPTING, HANDED_OVER, DELIVERED, SUPPRESSED, DEAD, UNCERTAIN):
        assert code_of(suppress, state) == code_of(postpone, state) == "notification_not_waiting"


def test_nothing_is_recorded_of_a_notification_that_nobody_requested() -> None:
    commands: tuple[Command, ...] = (
        START,
        RequestResend(),
        RecordDelivery(status="delivered"),
        s.RecordUncertain(attempt=1),
    )
    for command in commands:
        assert code_of(command, Notification()) == "notification_unknown"


_attempts = st.integers(1, 3)
COMMANDS: st.SearchStrategy[Command] = st.one_of(
    st.just(REQUEST),
    st.just(RequestResend()),
    st.builds(RecordDelivery, status=st.sampled_from(["delivered", "failed", "bounced"])),
    st.builds(s.SuppressNotification, why=st.just("expired")),
    st.builds(s.PostponeNotification, until=st.just(NOON + MINUTE), why=st.just("quiet_hours")),
    st.builds(s.StartAttempt, attempt=_attempts),
    st.builds(s.RecordHandOver, attempt=_attempts),
    st.builds(s.RecordFailure, attempt=_attempts, why=st.just("receiver_failed"), permanent=st.booleans()),
    st.builds(s.RecordUncertain, attempt=_attempts),
)


@given(st.lists(COMMANDS, max_size=20), st.sampled_from(["email", "sms"]))
def test_no_list_of_commands_has_two_attempts_open_or_repeats_a_lost_one_of_sms_by_itself(
    commands: Sequence[Command], channel: str
) -> None:
    state = after(REQUESTED.model_copy(update={"channel": channel}))
    at, started, lost = NOON, 0, False
    for command in commands:
        at += timedelta(days=1)
        states = (state, UNPUBLISHED) if isinstance(command, RequestNotification) else (state,)
        try:
            events = decided(command, *states, at=at)
        except Refusal:
            continue
        for event in events:
            if isinstance(event, e.AttemptStarted):
                assert event.attempt == started + 1
                assert state.state != "attempting"
                assert not (lost and channel == "sms")
                started += 1
            lost = isinstance(event, e.NotificationUncertain)
            state = evolve(state, event, at)
