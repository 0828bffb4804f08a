"""What each command to a ticket leads to in each state: one test for each cell of the table."""

from typing import get_args

import pytest

from domain.ticket import commands as c
from projections.tickets.table import TICKETS
from tests.support.events import instant
from tests.support.ticket_commands import (
    ACTS,
    COMMAND_MINUTE,
    QUIET,
    REFUSED,
    Acts,
    AnyTicketCommand,
    Quiet,
    Refused,
    cell,
    named,
)
from tests.support.ticket_states import BEGAN, IN, KNOWN, given, state_name


@pytest.mark.parametrize(
    ("act", "state"),
    [pytest.param(act, state, id=cell(act.command, act.label, state, "acts")) for act in ACTS for state in act.states],
)
def test_it_acts(act: Acts, state: str) -> None:
    command, events = act.named(act.command, state), [act.named(event, state) for event in act.events]
    answer = given(*IN[state], *act.before).when(command, minute=COMMAND_MINUTE).then(*events)
    answer.then_at(*[act.at for _ in act.events])
    answer.then_state(since=instant(act.at if act.moves else BEGAN[state]))
    answer.then_read_model(TICKETS, **{"state": state_name(state), **act.row})


@pytest.mark.parametrize(
    ("quiet", "state"),
    [
        pytest.param(quiet, state, id=cell(quiet.command, quiet.label, state, "stays quiet"))
        for quiet in QUIET
        for state in quiet.states
    ],
)
def test_it_stays_quiet(quiet: Quiet, state: str) -> None:
    happened = [named(event, quiet.names, state, quiet.before) for event in quiet.before]
    given(*IN[state], *happened).when(named(quiet.command, quiet.names, state, quiet.before)).then_quiet()


@pytest.mark.parametrize(
    ("refused", "state", "code"),
    [
        pytest.param(refused, state, code, id=cell(refused.command, "", state, f"refused, {code}"))
        for refused in REFUSED
        for state, code in refused.codes.items()
    ],
)
def test_it_is_refused(refused: Refused, state: str, code: str) -> None:
    command = named(refused.command, refused.names, state, refused.before)
    given(*IN[state], *refused.before).when(command).then_refused(code)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(act.command, id=cell(act.command, act.label, "none", "refused, ticket_unknown"))
        for act in {(type(act.command), act.label): act for act in ACTS if "none" not in act.states}.values()
    ],
)
def test_nothing_but_its_receipt_can_be_asked_of_a_ticket_that_does_not_exist(command: AnyTicketCommand) -> None:
    given().when(command).then_refused("ticket_unknown")


@pytest.mark.parametrize("state", KNOWN)
def test_each_state_of_the_table_began_at_its_minute(state: str) -> None:
    ticket = given(*IN[state]).state
    assert (ticket.state, ticket.since) == (state_name(state), instant(BEGAN[state]))


def test_every_cell_is_specified() -> None:
    """Each command in each state acts, is refused, or stays quiet whatever it asks."""
    acts = {(type(act.command), state) for act in ACTS for state in act.states}
    refused = {(type(refused.command), state) for refused in REFUSED for state in refused.codes}
    quiet = {(type(quiet.command), state) for quiet in QUIET for state in quiet.states}
    assert acts | refused | quiet == {
        (command, state)
        for command in get_args(AnyTicketCommand)
        for state in (("none", *KNOWN) if command is c.ReceiveTicket else KNOWN)
    }
    assert not acts & refused
