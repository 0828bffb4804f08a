"""Matches of customers: proposed, accepted by a merge, or refused for good."""

from uuid import UUID

import pytest

from domain.command_handling.aggregates import handler_of
from domain.command_handling.customer_stream import CustomerStream, evolve
from domain.customer import commands as c
from domain.customer import events as e
from domain.refusal import Refusal
from tests.support.events import AGENT, NOON

A, B = UUID(int=1), UUID(int=2)
PROPOSE = c.ProposeMatch(other=B, alike=("phone",), reason="both gave this number")
ACCEPT = c.AcceptMatch(other=B, reason="it is her")
REFUSE = c.RefuseMatch(other=B, reason="mother and daughter")
MERGE = c.MergeCustomer(into=B, reason="r")
UNDO = c.UndoCustomerMerge(into=B, reason="r")
Pair = dict[UUID, CustomerStream]
Ask = tuple[UUID, c.MatchCommand | c.CustomerMergeCommand]


def mirrored(command: c.MatchCommand) -> c.MatchCommand:
    """The same about A, for the stream of B."""
    return command.model_copy(update={"other": A})


def ask(pair: Pair, stream: UUID, command: c.MatchCommand | c.CustomerMergeCommand) -> list[tuple[UUID, str]]:
    handler = handler_of(command)
    states = [pair[part] for part, _ in handler.parts(stream, command)]
    events = handler.decide(command, stream, states, AGENT, NOON)
    for part, event, at in events:
        pair[part] = evolve(pair[part], event, at)
    return [(part, event.topic.partition(".")[2]) for part, event, _ in events]


def after(*asks: Ask) -> Pair:
    pair = {stream: evolve(CustomerStream(), e.CustomerRegistered(name="x"), NOON) for stream in (A, B)}
    for stream, command in asks:
        ask(pair, stream, command)
    return pair


def refused(pair: Pair, stream: UUID, command: c.MatchCommand | c.CustomerMergeCommand) -> str:
    with pytest.raises(Refusal) as refusal:
        ask(pair, stream, command)
    return refusal.value.code


def test_a_match_is_proposed_once_from_either_side() -> None:
    pair = after()
    assert ask(pair, A, PROPOSE) == [(A, "match_proposed")]
    assert ask(pair, A, PROPOSE) == []
    assert ask(pair, B, mirrored(PROPOSE)) == []


@pytest.mark.parametrize("command", [ACCEPT, MERGE])
def test_a_merge_accepts_the_proposal(command: c.CustomerMergeCommand) -> None:
    expected = [(A, "match_accepted"), (A, "merged"), (B, "absorbed")]
    assert ask(after((A, PROPOSE)), A, command) == expected


def test_a_proposal_that_stands_on_the_survivor_is_accepted_as_well() -> None:
    pair = after((B, mirrored(PROPOSE)))
    assert ask(pair, A, ACCEPT) == [(A, "merged"), (B, "match_accepted"), (B, "absorbed")]


def test_what_was_not_proposed_cannot_be_accepted() -> None:
    assert refused(after(), A, ACCEPT) == "match_not_proposed"
    assert refused(after((A, REFUSE)), A, ACCEPT) == "match_not_proposed"
    assert ask(after((A, PROPOSE), (A, ACCEPT)), A, ACCEPT) == []


def test_a_refused_match_is_not_proposed_again_from_either_side() -> None:
    pair = after((A, PROPOSE))
    assert ask(pair, A, REFUSE) == [(A, "match_refused"), (B, "match_refused")]
    assert refused(pair, A, PROPOSE) == "match_refused"
    assert refused(pair, B, mirrored(PROPOSE)) == "match_refused"
    assert ask(pair, B, mirrored(REFUSE)) == []


def test_the_undoing_of_an_accepted_match_refuses_it() -> None:
    pair = after((A, PROPOSE), (A, ACCEPT), (A, UNDO))
    assert refused(pair, A, PROPOSE) == "match_refused"


def test_a_refused_match_can_still_be_merged_by_a_person() -> None:
    assert ask(after((A, REFUSE)), A, MERGE) == [(A, "merged"), (B, "absorbed")]


def test_no_match_is_proposed_with_itself_or_with_a_merged_customer() -> None:
    assert refused(after(), A, PROPOSE.model_copy(update={"other": A})) == "match_with_itself"
    assert refused(after((A, MERGE)), A, PROPOSE) == "customer_merged"
    assert refused(after((A, MERGE)), B, mirrored(PROPOSE)) == "customer_merged"
