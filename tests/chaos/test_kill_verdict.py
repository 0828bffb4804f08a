"""What the kill exam finds wrong, on a log of one notification whose attempt lasted from 0 to 10 seconds."""

from datetime import UTC, datetime, timedelta

from domain.envelope import RecordedEvent
from domain.notification import events as e
from tests.support.chaos.kill_verdict import Kill, verdict, with_returns
from tests.support.events import OTHER_CUSTOMER, TICKET, Fact, history

BEGUN = datetime(2026, 3, 2, tzinfo=UTC)
REQUEST = e.NotificationRequested(
    to_kind="customer", to="lan", channel="sms", purpose="service", template="received", template_version=0,
    about=TICKET, dedupe_key="k",
)  # fmt: skip


def after(seconds: float) -> datetime:
    return BEGUN + timedelta(seconds=seconds)


def log(seconds: float, ended_by: str = "w1/end/w1") -> list[RecordedEvent]:
    """A notification that the sender w1 attempted, and whose outcome was lost so many seconds later."""
    events = history(
        Fact(BEGUN, REQUEST),
        Fact(BEGUN, e.AttemptStarted(attempt=1)),
        Fact(after(seconds), e.NotificationUncertain(attempt=1)),
    )
    ids = ("auto/r", "attempt/w1", ended_by)
    return [
        event._replace(envelope=event.envelope.model_copy(update={"command_id": command_id}))
        for event, command_id in zip(events, ids, strict=True)
    ]


SENT = log(1)[0].stream
GOT = f"got {SENT}"
RECEIVER = [Kill("receiver", after(1), after(1))]
BACK = f"began {after(8).isoformat()}"


def wrong(journal: list[str], kills: list[Kill], events: list[RecordedEvent] | None = None) -> int:
    wrongs = verdict([TICKET], events or log(10), journal, with_returns(kills, journal))
    return len(wrongs.wrong)


def test_a_killed_receiver_explains_an_attempt_until_the_next_one_answers() -> None:
    assert wrong([BACK, GOT], RECEIVER) == 0
    assert wrong([BACK, GOT, f"answered {SENT} {after(9.5).isoformat()}"], RECEIVER) == 0
    assert wrong([GOT], RECEIVER) == 1, "it was back at once, and nothing held the attempt for ten seconds"


def test_a_killed_receiver_does_not_explain_an_attempt_that_it_had_answered() -> None:
    answered = f"answered {SENT} {after(0.5).isoformat()}"
    assert wrong([BACK, GOT, answered], RECEIVER) == 1
    assert wrong([BACK, GOT, answered], [*RECEIVER, Kill("w1", after(0.6), after(0.6))]) == 0
    assert wrong([BACK, GOT, answered], [*RECEIVER, Kill("database", after(0.6), after(5))]) == 0


def test_no_kill_explains_a_doubled_or_a_lost_request() -> None:
    assert wrong([BACK, GOT, GOT], RECEIVER) == 1
    assert verdict([TICKET, OTHER_CUSTOMER], log(1), [BACK, GOT], RECEIVER).wrong != []


def test_the_end_of_another_sender_is_no_reason() -> None:
    assert wrong([GOT], [Kill("w1", after(1), after(1))], log(10, "lost/w2")) == 0
    assert wrong([GOT], [Kill("w3", after(1), after(1))], log(10, "lost/w2")) == 1
