"""A call and a reply stay on the work list until an event of their own kind ends them."""

import pytest

from domain.ticket import events as e
from projections.procedures.table import PROCEDURES
from projections.sla.table import SLA_CLOCKS
from projections.tasks.table import TASKS
from projections.tickets.table import TICKETS
from projections.work_list.queries import work_list
from tests.support.events import at, history, instant, received
from tests.support.filled import SCHEMA, filled

ROOMS = [TICKETS, SLA_CLOCKS, TASKS, PROCEDURES]
PROMISED, PROPOSED = e.CallbackPromised(at=instant(20)), e.ReplyProposed(body="Xin chào", proposed_by="binh")


@pytest.mark.parametrize(
    ("ending", "left"),
    [
        (e.CallbackKept(promise=2), ["ticket", "reply"]),
        (e.CallbackWithdrawn(promise=2), ["ticket", "reply"]),
        (e.ReplyApproved(proposal=3), ["callback", "ticket"]),
        (e.ReplyRejected(proposal=3), ["callback", "ticket"]),
    ],
)
def test_what_has_ended_is_not_on_the_list(database_url: str, ending: e.TicketEvent, left: list[str]) -> None:
    ticket = history(at(0, received()), at(1, PROMISED), at(2, PROPOSED), at(3, ending))
    with filled(database_url, ROOMS, ticket) as connection:
        assert [item.kind for item in work_list(connection, SCHEMA, now=instant(5)).items] == left


def test_an_approval_that_names_a_promise_does_not_keep_it(database_url: str) -> None:
    """No decider makes such a history; the list reads it as the second calculation does."""
    ticket = history(
        at(0, received()),
        at(1, e.CallbackPromised(at=instant(20))),
        at(2, e.ReplyProposed(body="Xin chào", proposed_by="binh")),
        at(3, e.ReplyApproved(proposal=2)),
        at(4, e.CallbackWithdrawn(promise=3)),
    )
    with filled(database_url, ROOMS, ticket) as connection:
        items = work_list(connection, SCHEMA, now=instant(5)).items
    assert [(item.kind, item.number) for item in items] == [("callback", 2), ("ticket", 0), ("reply", 3)]
