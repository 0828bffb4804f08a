"""What holds for every ticket, whatever is asked of it and whatever has happened to it."""

from datetime import UTC, datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.command_context import Actor, ActorKind
from domain.command_handling import aggregates as routes
from domain.command_handling import ticket_stream
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.ticket_stream import TicketStream
from domain.customer import state as customer_state
from domain.customer.commands import AddressCommand, CustomerCommand
from domain.customer.events import CustomerEvent
from domain.messages import Command, Event
from domain.refusal import Refusal
from domain.sla.commands import TargetInstanceCommand
from domain.sla.events import TargetInstanceEvent
from domain.ticket import events as e
from domain.ticket.commands import (
    AddNote,
    ConversationCommand,
    MergeCommand,
    OwnershipCommand,
    ReceiveTicket,
    TicketCommand,
)
from domain.ticket.events import TicketEvent
from domain.ticket.state import Ticket, evolve
from tests.support.arbitrary import IDS, INSTANTS, PAST_INSTANTS, messages

NOW = datetime(2026, 1, 5, tzinfo=UTC)
ACTORS = st.builds(Actor, id=st.sampled_from(["an", "binh"]), kind=st.sampled_from(get_args(ActorKind)))
TICKETS = tuple(UUID(int=n) for n in (1, 2, 3))
PERSON, ORGANISATION = UUID(int=11), UUID(int=12)
CUSTOMERS = {
    PERSON: CustomerStream(customer_state.Customer(state="registered")),
    ORGANISATION: CustomerStream(customer_state.Customer(state="registered", party="organisation")),
}
"""The states of those that are registered; a third id that is drawn is nobody's."""


def to_customers(command: Any) -> Command:
    """The command with the ids of customers in place of those of tickets that were drawn for them."""
    drawn = {name: getattr(command, name) for name in ("customer_id", "organisation_id")}
    changed: Command = command.model_copy(
        update={name: UUID(int=10 + customer.int) for name, customer in drawn.items() if customer}
    )
    return changed


TICKET_COMMANDS = messages(
    [
        *get_args(TicketCommand),
        *get_args(ConversationCommand),
        *get_args(TargetInstanceCommand),
        *get_args(MergeCommand),
    ],
    PAST_INSTANTS,
) | messages(get_args(OwnershipCommand), PAST_INSTANTS).map(to_customers)
CUSTOMER_COMMANDS = messages([*get_args(CustomerCommand), *get_args(AddressCommand)], PAST_INSTANTS)
WISHES = st.lists(st.tuples(IDS, TICKET_COMMANDS, ACTORS), max_size=40)
TICKET_EVENTS = [*get_args(TicketEvent), *get_args(TargetInstanceEvent)]
RECEIPTS = [
    (ticket, command, Actor(id="an", kind="agent"))
    for ticket in TICKETS
    for command in [ReceiveTicket(customer_id=PERSON, channel="zalo", subject="s", category="a", priority="P1")]
]


def carry_out(states: dict[UUID, Any], stream: UUID, command: Command, by: Actor) -> int | Refusal:
    """Decides and folds as the desk does; the number of events, or the refusal."""
    route = routes.handler_of(command)
    parts = route.parts(stream, command)
    before = [states.get(of_stream, aggregate.initial) for of_stream, aggregate in parts]
    try:
        decided = route.decide(command, stream, before, by, command.occurred_at or NOW)
    except Refusal as refusal:
        return refusal
    for of_stream, payload, at in decided:
        aggregate = dict(parts)[of_stream]
        states[of_stream] = aggregate.evolve(states.get(of_stream, aggregate.initial), payload, at)
    return len(decided)


def check(ticket: Ticket) -> None:
    """What a ticket that was decided by our rules always is."""
    assert (ticket.waiting_for is not None) == (ticket.state == "waiting")
    assert (ticket.merged_into is not None) == (ticket.state == "merged") == (ticket.before_merge is not None)
    held = ticket.team is not None or ticket.agent is not None
    assert held or ticket.state != "assigned"
    assert not held or ticket.state != "received"
    assert ticket.since is not None
    assert ticket.category is not None
    assert ticket.priority is not None


@given(WISHES)
def test_any_list_of_commands_is_acted_on_left_quiet_or_refused(
    wishes: list[tuple[UUID, Command, Actor]],
) -> None:
    states: dict[UUID, Any] = dict(CUSTOMERS)
    for receipt in RECEIPTS:
        assert carry_out(states, *receipt) == 1
    for stream, command, by in wishes:
        before = dict(states)
        answer = carry_out(states, stream, command, by)
        if isinstance(answer, Refusal):
            assert states == before
            assert answer.code
            of_customer = {"registered"} if isinstance(command, get_args(OwnershipCommand)) else set()
            assert answer.state in {*(before[ticket].ticket.state for ticket in TICKETS), "none"} | of_customer
        assert states.items() >= CUSTOMERS.items()
        for ticket in TICKETS:
            check(states[ticket].ticket)


@given(WISHES)
def test_nothing_happens_to_a_ticket_before_it_was_received(wishes: list[tuple[UUID, Command, Actor]]) -> None:
    states: dict[UUID, Any] = dict(CUSTOMERS)
    for stream, command, by in wishes:
        answer = carry_out(states, stream, command, by)
        if not isinstance(answer, Refusal) and answer:
            check(states[stream].ticket)


@given(st.lists(st.tuples(IDS, CUSTOMER_COMMANDS, ACTORS), max_size=30))
def test_any_list_of_commands_to_customers_is_acted_on_left_quiet_or_refused(
    wishes: list[tuple[UUID, Command, Actor]],
) -> None:
    states: dict[UUID, Any] = {}
    for stream, command, by in wishes:
        answer = carry_out(states, stream, command, by)
        if isinstance(answer, int) and answer:
            again = carry_out(states, stream, command, by)
            assert again == 0 or isinstance(again, Refusal)


@given(st.lists(st.tuples(messages(TICKET_EVENTS), INSTANTS), max_size=30))
def test_any_history_of_a_ticket_folds(history: list[tuple[Event, datetime]]) -> None:
    state = TicketStream()
    for event, at in history:
        state = ticket_stream.evolve(state, event, at)
        ticket = state.ticket
        assert ticket.state != "merged" or (ticket.merged_into is not None and ticket.before_merge is not None)
    assert hash(state) == hash(state)


@given(st.lists(st.tuples(messages(TICKET_EVENTS, PAST_INSTANTS), PAST_INSTANTS), max_size=15), WISHES)
def test_an_imported_history_that_breaks_our_rules_is_no_trap_for_commands(
    history: list[tuple[Event, datetime]], wishes: list[tuple[UUID, Command, Actor]]
) -> None:
    states: dict[UUID, Any] = CUSTOMERS | dict.fromkeys(TICKETS, TicketStream())
    for event, at in history:
        states[UUID(int=1)] = ticket_stream.evolve(states[UUID(int=1)], event, at)
    for stream, command, by in wishes:
        carry_out(states, stream, command, by)


@given(st.lists(messages(get_args(CustomerEvent)), max_size=20))
def test_any_history_of_a_customer_folds(history: list[CustomerEvent]) -> None:
    customer = customer_state.Customer()
    for event in history:
        customer = customer_state.evolve(customer, event, NOW)


@given(INSTANTS)
def test_a_command_tells_its_time_in_utc(at: datetime) -> None:
    occurred_at = AddNote(body="n", occurred_at=at).occurred_at
    assert occurred_at == at
    assert occurred_at.utcoffset() == timedelta(0)


@pytest.mark.parametrize("at", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00"])
def test_a_time_that_utc_cannot_tell_is_no_time_of_a_command(at: str) -> None:
    with pytest.raises(ValidationError):
        AddNote.model_validate({"body": "n", "occurred_at": at})


@given(
    st.sampled_from([e.WorkStarted(), e.TicketPutOnHold(waiting_for="customer")]),
    st.sampled_from([None, "linh"]),
    INSTANTS,
)
def test_work_that_is_stopped_goes_back_to_whoever_holds_the_ticket_or_to_nobody(
    before: TicketEvent, agent: str | None, at: datetime
) -> None:
    ticket = evolve(evolve(Ticket(), e.TicketAssigned(team=None, agent=agent), at), before, at)
    stopped = evolve(ticket, e.WorkStopped(), at)
    assert stopped == ticket._replace(state="assigned" if agent else "received", since=at, waiting_for=None)


def test_a_rating_at_the_instant_of_a_reopening_is_of_no_resolution() -> None:
    resolved = e.TicketResolved(resolution="a new cable", code="solved")
    hours = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
    ticket = evolve(evolve(Ticket(state="received"), resolved, hours[0]), e.TicketReopened(), hours[1])
    moment = timedelta(microseconds=1)
    instants = (hours[0] - moment, hours[0], hours[1] - moment, hours[1])
    assert [ticket.span_at(at) for at in instants] == [None, 0, 0, None]
