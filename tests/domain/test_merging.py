"""What two tickets decide together."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, get_args
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.command_handling.aggregates import handler_of
from domain.command_handling.ticket_stream import TicketStream
from domain.messages import Event
from domain.refusal import Refusal
from domain.sla.commands import TargetInstanceCommand
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.merging import decide_merge
from domain.ticket.state import Ticket
from projections.tickets.table import TICKETS, StoredTicket
from tests.support.arbitrary import messages
from tests.support.events import AGENT, CUSTOMER_ACTOR, MINUTE, SYSTEM, Fact, at, history, in_turn, instant
from tests.support.folded import rows_of, values
from tests.support.ticket_commands import AnyTicketCommand
from tests.support.ticket_states import ENDED, IN, KNOWN, OPEN, RECEIVED, RESOLVED, given

SOURCE = UUID("0198a000-0000-7000-8000-00000000000a")
TARGET = UUID("0198a000-0000-7000-8000-00000000000b")
OTHER_TARGET = UUID("0198a000-0000-7000-8000-00000000000c")
MERGE = c.MergeTicket(into=TARGET, reason="the same fault")
INTO_ITSELF = MERGE.model_copy(update={"into": SOURCE})
UNDO = c.UndoMerge(into=TARGET, reason="two faults after all")


def ticket(*happened: Event | Fact) -> Ticket:
    state: Ticket = given(*happened).state
    return state


OTHER = ticket(RECEIVED)
WAITING = IN["waiting for the customer"]
MERGED = (*WAITING, e.TicketMerged(into=TARGET))


def of_either(state: str) -> Ticket:
    """A ticket in a state of the table; the merged one went into TARGET."""
    return ticket(*MERGED) if state == "merged" else ticket(*IN[state])


def refusal_of(command: c.MergeCommand, source: Ticket, target: Ticket) -> Refusal:
    with pytest.raises(Refusal) as refused:
        decide_merge(command, SOURCE, source, target)
    return refused.value


@pytest.mark.parametrize("state", [pytest.param(state, id=f"merge-ticket on {state}: acts") for state in OPEN])
def test_a_merge_ends_one_ticket_and_the_other_goes_on_for_both(state: str) -> None:
    ended, gone_on = decide_merge(MERGE, SOURCE, of_either(state), OTHER)
    assert ended == [e.TicketMerged(into=TARGET)]
    assert gone_on == [e.TicketAbsorbed(ticket_id=SOURCE)]


@pytest.mark.parametrize("state", [pytest.param(state, id=f"merge-ticket into {state}: acts") for state in OPEN])
def test_a_ticket_is_merged_into_an_open_one(state: str) -> None:
    assert all(decide_merge(MERGE, SOURCE, OTHER, ticket(*IN[state])))


@pytest.mark.parametrize("state", KNOWN)
def test_a_merge_is_undone_on_both_tickets_whatever_became_of_the_one_that_went_on(state: str) -> None:
    ended, gone_on = decide_merge(UNDO, SOURCE, ticket(*MERGED), ticket(*IN[state], e.TicketAbsorbed(ticket_id=SOURCE)))
    assert ended == [e.MergeUndone(into=TARGET)]
    assert gone_on == [e.AbsorptionUndone(ticket_id=SOURCE)]


@pytest.mark.parametrize("state", KNOWN)
def test_merging_again_into_the_same_ticket_stays_quiet(state: str) -> None:
    assert decide_merge(MERGE, SOURCE, ticket(*MERGED), ticket(*IN[state])) == ([], [])


ELSEWHERE = (RECEIVED, e.TicketMerged(into=OTHER_TARGET))
REFUSED: list[tuple[str, c.MergeCommand, tuple[Event, ...], tuple[Event, ...], str]] = [
    ("merge-ticket on none", MERGE, (), (RECEIVED,), "ticket_unknown"),
    ("merge-ticket into none", MERGE, (RECEIVED,), (), "ticket_unknown"),
    ("merge-ticket into itself", INTO_ITSELF, (RECEIVED,), (RECEIVED,), "merge_into_itself"),
    ("merge-ticket on merged elsewhere", MERGE, ELSEWHERE, (RECEIVED,), "ticket_not_open"),
    ("undo-merge on none", UNDO, (), (RECEIVED,), "ticket_unknown"),
    ("undo-merge into none", UNDO, MERGED, (), "ticket_unknown"),
    ("undo-merge on merged elsewhere", UNDO, ELSEWHERE, (RECEIVED,), "merged_elsewhere"),
    ("undo-merge on undone", UNDO, (*MERGED, e.MergeUndone(into=TARGET)), (RECEIVED,), "ticket_not_merged"),
    *((f"merge-ticket on {state}", MERGE, IN[state], (RECEIVED,), "ticket_not_open")
      for state in ENDED if state != "merged"),
    *((f"merge-ticket into {state}", MERGE, (RECEIVED,), IN[state], "target_not_open") for state in ENDED),
    *((f"undo-merge on {state}", UNDO, IN[state], (RECEIVED,), "ticket_not_merged")
      for state in KNOWN if state != "merged"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "source", "target", "code"),
    [pytest.param(*case, id=f"{name}: refused, {case[-1]}") for name, *case in REFUSED],
)
def test_a_merge_or_its_undo_is_refused(
    command: c.MergeCommand, source: tuple[Event, ...], target: tuple[Event, ...], code: str
) -> None:
    assert refusal_of(command, ticket(*source), ticket(*target)).code == code


def test_a_merge_that_meets_a_merged_ticket_is_told_the_ticket_that_goes_on() -> None:
    elsewhere = ticket(*ELSEWHERE)
    for command, source, target in ((MERGE, elsewhere, OTHER), (MERGE, OTHER, elsewhere), (UNDO, elsewhere, OTHER)):
        refused = refusal_of(command, source, target)
        assert f"it was merged into {OTHER_TARGET}" in str(refused)
        assert refused.ids == {"merged_into": OTHER_TARGET}


def test_an_imported_ticket_that_went_on_after_its_merge_is_no_longer_merged() -> None:
    went_on = ticket(*MERGED, RESOLVED)
    assert refusal_of(MERGE, went_on, OTHER).code == "ticket_not_open"
    assert refusal_of(UNDO, went_on, OTHER).code == "ticket_not_merged"


@pytest.mark.parametrize(
    ("command", "happened", "began"), [(MERGE, WAITING, 3), (UNDO, MERGED, 4)], ids=["merge", "undo"]
)
def test_a_ticket_cannot_be_merged_or_taken_apart_before_its_state_began(
    command: c.MergeCommand, happened: tuple[Event, ...], began: int
) -> None:
    too_early = command.model_copy(update={"occurred_at": instant(began) - timedelta(microseconds=1)})
    assert "before the state that it would end began" in str(refusal_of(too_early, ticket(*happened), OTHER))
    in_time = command.model_copy(update={"occurred_at": instant(began)})
    assert all(decide_merge(in_time, SOURCE, ticket(*happened), OTHER))


@pytest.mark.parametrize(
    ("command", "happened", "began"), [(MERGE, WAITING, 3), (UNDO, MERGED, 4)], ids=["merge", "undo"]
)
def test_both_halves_happen_at_one_instant_also_when_the_state_began_by_a_clock_ahead_of_ours(
    command: c.MergeCommand, happened: tuple[Event, ...], began: int
) -> None:
    states = [TicketStream(ticket(*happened)), TicketStream(OTHER)]
    for wanted_at, happens in ((began - 2, began), (began + 2, began + 2)):
        halves = handler_of(command).decide(command, SOURCE, states, AGENT, instant(wanted_at))
        assert [(stream, at) for stream, _, at in halves] == [(SOURCE, instant(happens)), (TARGET, instant(happens))]


@pytest.mark.parametrize("state", OPEN)
def test_an_undone_merge_restores_state_wait_and_holder(state: str) -> None:
    before = ticket(*IN[state])
    undone = ticket(*IN[state], e.TicketMerged(into=TARGET), at(20, e.MergeUndone(into=TARGET)))
    assert undone == before._replace(since=instant(20))


def test_an_imported_ticket_that_was_merged_twice_returns_to_what_was_before_the_first() -> None:
    twice = ticket(*MERGED, e.TicketMerged(into=OTHER_TARGET), at(20, e.MergeUndone(into=OTHER_TARGET)))
    assert twice == ticket(*WAITING)._replace(since=instant(20))


ACTORS = st.sampled_from([AGENT, CUSTOMER_ACTOR, SYSTEM])
ANYTHING = st.tuples(messages(get_args(AnyTicketCommand)), ACTORS)
WHILE_MERGED = ANYTHING | st.tuples(messages([c.AddNote, *get_args(TargetInstanceCommand)]), ACTORS)
Requests = Sequence[tuple[Any, Any]]


def went_on(facts: list[Fact], requests: Requests) -> list[Fact]:
    """The facts, and those that the commands lead to, one asked a minute; what is refused leads to none."""
    for command, by in requests:
        facts = [*facts, *given(*facts).when(command.model_copy(update={"occurred_at": None}), by).facts]
    return facts


def while_open(facts: list[Fact]) -> list[Fact]:
    """The longest beginning after which the ticket is open."""
    return next(facts[:end] for end in range(len(facts), 0, -1) if ticket(*facts[:end]).is_open)


def answer_to(command: AnyTicketCommand, facts: list[Fact]) -> object:
    answer = given(*facts).when(command.model_copy(update={"occurred_at": None}))
    return (answer.refusal.code, answer.refusal.state) if answer.refusal else [fact.payload for fact in answer.facts]


def after_all(facts: list[Fact]) -> datetime:
    """A minute after the newest fact: a correction of the customer is dated back to the receipt."""
    return max(fact.occurred_at for fact in facts) + MINUTE


NOT_COMPARED = {"version", "position", "last_event_at"}
"""Columns that count events."""


def row(facts: list[Fact]) -> dict[str, Any]:
    (made,) = rows_of(StoredTicket, TICKETS, history(*facts))
    return {name: value for name, value in values(made).items() if name not in NOT_COMPARED}


@drawn(st.lists(ANYTHING, max_size=8), st.lists(WHILE_MERGED, max_size=6), messages(get_args(AnyTicketCommand)))
def test_merge_anything_undo_is_anything_without_the_merge(
    earlier: Requests, meanwhile: Requests, later: AnyTicketCommand
) -> None:
    before = while_open(went_on(in_turn([RECEIVED]), earlier))
    merged = [*before, Fact(after_all(before), e.TicketMerged(into=TARGET))]
    after = went_on(merged, meanwhile)
    undone = Fact(after_all(after), e.MergeUndone(into=TARGET))
    with_merge, without = [*after, undone], [*before, *after[len(merged) :]]
    assert ticket(*with_merge) == ticket(*without)._replace(since=undone.occurred_at)
    assert row(with_merge) == row(without)
    assert given(*with_merge).folded.sla == given(*without).folded.sla
    assert answer_to(later, with_merge) == answer_to(later, without)
