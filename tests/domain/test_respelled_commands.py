"""A word that is written otherwise is the same word: commands stay quiet."""

from unicodedata import normalize
from uuid import UUID

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.messages import Command, Event
from domain.text_folding import same_name
from domain.ticket import commands as c
from domain.ticket import decider
from domain.ticket import events as e
from domain.ticket.state import Ticket, evolve
from tests.support.respelling import respelled
from tests.support.specification import Specification

given = Specification(Ticket(), evolve, decider.decide).given

RECEIVED = e.TicketReceived(
    customer_id=UUID(int=1), channel="zalo", subject="s", category="hóa đơn - lỗi", priority="P2"
)
HELD = (RECEIVED, e.TicketAssigned(team="Tổng đài 2", agent="Hạnh"))


@drawn(respelled("hóa đơn - lỗi"))
def test_a_category_written_otherwise_changes_nothing(category: str) -> None:
    given(*HELD).when(c.CategoriseTicket(category=category)).then_quiet()


@drawn(respelled("Tổng đài 2"), respelled("Hạnh"))
def test_a_holder_written_otherwise_changes_nothing(team: str, agent: str) -> None:
    given(*HELD).when(c.AssignTicket(team=team, agent=agent)).then_quiet()
    given(*HELD).when(c.AssignTicket(agent=agent)).then_quiet()
    given(*HELD).when(c.AssignTicket(team=team)).then_quiet()


def test_another_agent_of_a_team_written_otherwise_is_recorded_as_written() -> None:
    team = normalize("NFD", "Tổng đài 2")
    given(*HELD).when(c.AssignTicket(team=team, agent="Vy")).then(e.TicketAssigned(team=team, agent="Vy"))


@drawn(respelled("bậc hai"))
def test_an_escalation_written_otherwise_changes_nothing(to: str) -> None:
    escalated = (*HELD, e.TicketEscalated(to="bậc hai", level=2))
    given(*escalated).when(c.EscalateTicket(to=to, level=2, reason="r")).then_quiet()
    higher = c.EscalateTicket(to=to, level=3, reason="r")
    given(*escalated).when(higher).then(e.TicketEscalated(to=higher.to, level=3))


@drawn(respelled("solved"), st.booleans())
def test_a_resolution_code_is_compared_without_case(code: str, upper: bool) -> None:
    resolved = (*HELD, e.TicketResolved(resolution="Reset", code="Solved"))
    written = code.upper() if upper else code
    given(*resolved).when(c.ResolveTicket(resolution="Reset", code=written)).then_quiet()


@pytest.mark.parametrize(
    ("command", "event"),
    [
        (c.CategoriseTicket(category="Hóa đơn - lỗi"), e.TicketCategorised(category="Hóa đơn - lỗi")),
        (c.AssignTicket(agent="Hanh"), e.TicketAssigned(team="Tổng đài 2", agent="Hanh")),
    ],
)
def test_words_that_differ_to_the_eye_are_others(command: Command, event: Event) -> None:
    given(*HELD).when(command).then(event)


def test_no_name_is_the_same_as_no_name_alone() -> None:
    assert same_name(None, None)
    assert not same_name(None, "")
    assert not same_name("An", None)
