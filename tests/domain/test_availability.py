"""What agents say of their availability: when it is recorded, and what follows from it at an instant."""

from datetime import timedelta

import pytest

from domain.availability.commands import AvailabilityCommand, BecomeAvailable, BeginCall, EndCall, GoAway
from domain.availability.decider import decide
from domain.availability.state import Availability, availability_stream, evolve
from domain.command_handling.assignment_handlers import ASSIGNMENT_HANDLERS
from domain.refusal import Refusal
from tests.support.events import AGENT, MINUTE, NOON

LATER = NOON + timedelta(hours=1)
BACK, AWAY, AWAY_UNTIL = BecomeAvailable(agent="Lan"), GoAway(agent="Lan"), GoAway(agent="Lan", until=LATER)
CALL, END = BeginCall(agent="Lan"), EndCall(agent="Lan")


def after(*commands: AvailabilityCommand) -> Availability:
    availability = Availability()
    for command in commands:
        for event in decide(command, availability, NOON):
            availability = evolve(availability, event, NOON)
    return availability


@pytest.mark.parametrize(
    ("before", "command", "topic"),
    [
        ((), BACK, "agent.became_available"),
        ((AWAY,), BACK, "agent.became_available"),
        ((BACK,), BACK, None),
        ((), AWAY, "agent.away"),
        ((AWAY,), AWAY, None),
        ((AWAY,), AWAY_UNTIL, "agent.away"),
        ((AWAY_UNTIL,), AWAY_UNTIL, None),
        ((BACK,), AWAY, "agent.away"),
        ((AWAY,), CALL, "agent.call_began"),
        ((CALL,), CALL, None),
        ((CALL,), END, "agent.call_ended"),
        ((), END, None),
    ],
)
def test_a_change_is_recorded_and_what_is_so_already_is_not(
    before: tuple[AvailabilityCommand, ...], command: AvailabilityCommand, topic: str | None
) -> None:
    events = decide(command, after(*before), NOON)
    assert [event.topic for event in events] == ([] if topic is None else [topic])
    assert all(event.agent == "Lan" for event in events)


def test_an_absence_that_is_over_is_refused() -> None:
    with pytest.raises(Refusal, match="later instant"):
        decide(GoAway(agent="Lan", until=NOON), Availability(), NOON)


def test_an_absence_ends_at_its_instant_or_when_the_agent_is_back() -> None:
    assert after(AWAY_UNTIL).absence(LATER - MINUTE) == "away"
    assert after(AWAY_UNTIL).absence(LATER) is None
    assert after(AWAY).absence(LATER) == "away"
    assert after(AWAY, BACK).absence(NOON) is None


def test_a_call_takes_the_agent_whatever_else_was_said() -> None:
    assert after(BACK, CALL).absence(NOON) == "in_call"
    assert after(CALL, BACK).absence(NOON) == "in_call"
    assert after(CALL, END).absence(NOON) is None


def test_a_refusal_names_what_the_agent_does_now() -> None:
    assert [after(*said).state for said in ((), (AWAY,), (AWAY, CALL), (AWAY, CALL, END), (AWAY_UNTIL, BACK))] == [
        "none", "away", "in_call", "away", "available"
    ]  # fmt: skip
    assert after(AWAY_UNTIL, BACK) == after(BACK)


def test_a_name_has_one_stream_however_it_is_written() -> None:
    assert availability_stream(" Lan  Anh") == availability_stream("Lan Anh") != availability_stream("lan anh")


def test_the_stream_of_another_agent_is_refused() -> None:
    handler = ASSIGNMENT_HANDLERS[GoAway]
    with pytest.raises(Refusal, match="not that of the agent"):
        handler.decide(AWAY, availability_stream("An"), [Availability()], AGENT, NOON)
