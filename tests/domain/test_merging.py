"""What two tickets decide together."""

from datetime import timedelta
from uuid import UUID

import pytest

from domain.refusal import Refusal
from domain.ticket import commands as c
from domain.ticket import events as e
from domain.ticket.merging import decide_merge
from domain.ticket.state import Ticket, evolve
from tests.support.events import NOON

ONE = UUID("0198a000-0000-7000-8000-00000000000a")
TWO = UUID("0198a000-0000-7000-8000-00000000000b")
THREE = UUID("0198a000-0000-7000-8000-00000000000c")
RECEIVED = e.TicketReceived(customer_id=THREE, channel="email", subject="s", category="c", priority="P3")
RESOLVED = e.TicketResolved(resolution="r", code="c")
MERGE = c.MergeTicket(into=TWO, reason="the same fault")
UNDO = c.UndoMerge(into=TWO, reason="two faults after all")


def ticket(*events: e.TicketEvent) -> Ticket:
    state = Ticket()
    for event in events:
        state = evolve(state, event, NOON)
    return state


WAITING = (RECEIVED, e.TicketAssigned(team="t", agent=None), e.TicketPutOnHold(waiting_for="customer"))
MERGED = (*WAITING, e.TicketMerged(into=TWO))


def test_a_merge_ends_one_ticket_and_the_other_goes_on_for_both() -> None:
    ended, gone_on = decide_merge(MERGE, ONE, ticket(*WAITING), ticket(RECEIVED))
    assert ended == [e.TicketMerged(into=TWO)]
    assert gone_on == [e.TicketAbsorbed(ticket_id=ONE)]


def test_undoing_a_merge_is_told_on_both_tickets() -> None:
    ended, gone_on = decide_merge(UNDO, ONE, ticket(*MERGED), ticket(RECEIVED, e.TicketAbsorbed(ticket_id=ONE)))
    assert ended == [e.MergeUndone(into=TWO)]
    assert gone_on == [e.AbsorptionUndone(ticket_id=ONE)]


@pytest.mark.parametrize("history", [(RECEIVED,), WAITING, (*WAITING, e.WorkResumed())])
def test_an_undone_merge_restores_state_wait_and_holder(history: tuple[e.TicketEvent, ...]) -> None:
    before = ticket(*history)
    assert ticket(*history, e.TicketMerged(into=TWO), e.MergeUndone(into=TWO)) == before


def test_merging_again_into_the_same_ticket_stays_quiet() -> None:
    assert decide_merge(MERGE, ONE, ticket(*MERGED), ticket(RECEIVED)) == ([], [])
    assert decide_merge(MERGE, ONE, ticket(*MERGED), ticket(RECEIVED, RESOLVED)) == ([], [])


def test_a_ticket_whose_target_was_closed_meanwhile_can_still_be_taken_back() -> None:
    closed = ticket(RECEIVED, RESOLVED, e.TicketClosed(closed_by="rule"))
    assert decide_merge(UNDO, ONE, ticket(*MERGED), closed)[0] == [e.MergeUndone(into=TWO)]


@pytest.mark.parametrize(
    ("command", "source", "target", "code"),
    [
        (MERGE, (), (RECEIVED,), "ticket_unknown"),
        (MERGE, (RECEIVED,), (), "ticket_unknown"),
        (MERGE.model_copy(update={"into": ONE}), (RECEIVED,), (RECEIVED,), "merge_into_itself"),
        (MERGE, (RECEIVED, RESOLVED), (RECEIVED,), "ticket_not_open"),
        (MERGE, (RECEIVED, e.TicketMerged(into=THREE)), (RECEIVED,), "ticket_not_open"),
        (MERGE, (RECEIVED,), (RECEIVED, RESOLVED), "target_not_open"),
        (MERGE, (RECEIVED,), MERGED, "target_not_open"),
        (UNDO, (RECEIVED,), (RECEIVED,), "ticket_not_merged"),
        (UNDO, (RECEIVED, e.TicketMerged(into=THREE)), (RECEIVED,), "merged_elsewhere"),
        (UNDO, (*MERGED, e.MergeUndone(into=TWO)), (RECEIVED,), "ticket_not_merged"),
    ],
)
def test_a_merge_or_its_undo_is_refused(
    command: c.MergeCommand, source: tuple[e.TicketEvent, ...], target: tuple[e.TicketEvent, ...], code: str
) -> None:
    with pytest.raises(Refusal) as refused:
        decide_merge(command, ONE, ticket(*source), ticket(*target))
    assert refused.value.code == code


def test_a_merge_that_meets_a_merged_ticket_is_told_the_ticket_that_goes_on() -> None:
    elsewhere = ticket(RECEIVED, e.TicketMerged(into=THREE))
    for command, source, target in ((MERGE, elsewhere, ticket(RECEIVED)), (MERGE, ticket(RECEIVED), elsewhere),
                                    (UNDO, elsewhere, ticket(RECEIVED))):  # fmt: skip
        with pytest.raises(Refusal, match=f"it was merged into {THREE}") as refused:
            decide_merge(command, ONE, source, target)
        assert refused.value.ids == {"merged_into": THREE}


def test_an_imported_ticket_that_went_on_after_its_merge_is_no_longer_merged() -> None:
    went_on = ticket(*MERGED, RESOLVED)
    for command, code in ((MERGE, "ticket_not_open"), (UNDO, "ticket_not_merged")):
        with pytest.raises(Refusal) as refused:
            decide_merge(command, ONE, went_on, ticket(RECEIVED))
        assert refused.value.code == code


@pytest.mark.parametrize(("command", "history"), [(MERGE, WAITING), (UNDO, MERGED)], ids=["merge", "undo"])
def test_a_ticket_cannot_be_merged_or_taken_apart_before_its_state_began(
    command: c.MergeTicket | c.UndoMerge, history: tuple[e.TicketEvent, ...]
) -> None:
    too_early = command.model_copy(update={"occurred_at": NOON - timedelta(microseconds=1)})
    with pytest.raises(Refusal, match="before the state that it would end began"):
        decide_merge(too_early, ONE, ticket(*history), ticket(RECEIVED))
    in_time = command.model_copy(update={"occurred_at": NOON})
    assert all(decide_merge(in_time, ONE, ticket(*history), ticket(RECEIVED)))
