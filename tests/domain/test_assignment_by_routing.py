"""What routing may assign, and what it leaves to people."""

from functools import partial
from typing import Any

import pytest

from domain.availability.commands import BeginCall
from domain.availability.state import Availability, availability_stream
from domain.command_context import Actor
from domain.command_handling.assignment_handlers import ASSIGNMENT_HANDLERS
from domain.command_handling.ticket_stream import TicketStream
from domain.messages import Event
from domain.refusal import Refusal
from domain.ticket.commands import AssignByRouting
from domain.ticket.decider import decide_routing
from domain.ticket.events import AssignmentProposed, TicketAssigned, TicketReopened, WorkStarted
from domain.ticket.routing_choice import ConsideredAgent, RoutingChoice
from domain.ticket.state import Ticket, evolve
from tests.support.events import NOON, SYSTEM
from tests.support.specification import Specification
from tests.support.ticket_states import ENDED, IN, KNOWN, RECEIVED, RESOLVED

CHOICE = RoutingChoice(
    version=1, rule="vip", because="only_one", candidates=(ConsideredAgent(agent="an", why="chosen"),), considered=1
)
TO = partial(AssignByRouting, routing=CHOICE)
ROUTED = partial(TicketAssigned, routing=CHOICE)
PROPOSED = partial(AssignmentProposed, routing=CHOICE)
BY_A_PERSON = TicketAssigned(team="network", agent="binh")


def _decide(command: Any, ticket: Ticket, _by: Actor) -> list[Any]:
    return list(decide_routing(command, ticket))


given = Specification(Ticket(), evolve, _decide).given


def test_a_ticket_that_nobody_holds_is_assigned() -> None:
    given(RECEIVED).when(TO(team="network", agent="an")).then(ROUTED(team="network", agent="an"))
    given(RECEIVED).when(TO(team="network")).then(ROUTED(team="network", agent=None))


def test_an_agent_is_filled_in_where_somebody_chose_the_team_alone() -> None:
    to_team = TicketAssigned(team="network", agent=None)
    given(RECEIVED, to_team).when(TO(team=" network ", agent="an")).then(ROUTED(team="network", agent="an"))
    given(RECEIVED, to_team).when(TO(team="voice", agent="an")).then(PROPOSED(team="voice", agent="an"))


def test_routing_replaces_the_agent_that_it_chose_itself() -> None:
    given(RECEIVED, ROUTED(team="network", agent="an"), RESOLVED, TicketReopened()).when(
        TO(team="network", agent="binh")
    ).then(ROUTED(team="network", agent="binh"))


@pytest.mark.parametrize("later", [(), (WorkStarted(),), (RESOLVED, TicketReopened())])
def test_what_a_person_has_assigned_stays_and_is_only_proposed_otherwise_once(later: tuple[Event, ...]) -> None:
    before = (RECEIVED, ROUTED(team="network", agent="an"), BY_A_PERSON, *later)
    propose = TO(team="network", agent="an")
    outcome = given(*before).when(propose)
    outcome.then(PROPOSED(team="network", agent="an")).then_state(team="network", agent="binh", routed=False)
    given(*before, PROPOSED(team="network", agent="an")).when(propose).then_quiet()
    given(*before, PROPOSED(team="network", agent="an")).when(TO(team="network", agent="chi")).then(
        PROPOSED(team="network", agent="chi")
    )


def test_it_stays_quiet_when_the_ticket_is_assigned_so_already() -> None:
    given(RECEIVED, BY_A_PERSON).when(TO(team="network", agent="binh")).then_quiet()
    given(RECEIVED, ROUTED(team="network", agent=None)).when(TO(team="network")).then_quiet()


@pytest.mark.parametrize("state", KNOWN)
def test_only_an_open_ticket_is_routed(state: str) -> None:
    outcome = given(*IN[state]).when(TO(team="network", agent="an"))
    if state in ENDED:
        outcome.then_refused("ticket_not_open")
    else:
        assert outcome.facts


def test_a_ticket_that_was_not_received_is_unknown() -> None:
    given().when(TO(team="network")).then_refused("ticket_unknown")


def test_an_agent_who_has_taken_a_call_since_the_choice_is_refused() -> None:
    handler = ASSIGNMENT_HANDLERS[AssignByRouting]
    command = TO(team="network", agent="an")
    ticket = TicketStream(evolve(Ticket(), RECEIVED, NOON))
    stream = availability_stream("ticket")
    assert [part for part, _ in handler.parts(stream, command)] == [stream, availability_stream("an")]
    assert len(handler.decide(command, stream, [ticket, Availability()], SYSTEM, NOON)) == 1
    with pytest.raises(Refusal, match="takes no new work"):
        handler.decide(command, stream, [ticket, Availability(in_call=True)], SYSTEM, NOON)
    assert BeginCall in ASSIGNMENT_HANDLERS
