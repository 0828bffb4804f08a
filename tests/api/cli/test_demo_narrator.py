"""The demo says what happens by itself, and to which ticket."""

import pytest

from api.cli.demo_narrator import BY_ITSELF, line, say_page
from api.cli.tenant_database import connected
from domain.command_context import Actor, Origin
from domain.customer.commands import MergeCustomer
from domain.ids import short_reference
from domain.readable import Language
from domain.ticket import events as e
from projections.audit.queries import AuditEntry, HistoryEntry
from projections.audit.words import word_of
from projections.engine.table import column_names
from tests.support.audit_entries import entries
from tests.support.events import TICKET, at, history, received
from tests.support.told import TENANT, told

ASSIGNER = Actor(id="assigner", kind="system")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "15:01:00  ticket {}: Assigner assigned the ticket: team billing"),
        ("vi", "15:01:00  phiếu {}: Bộ phân công tự động phân công phiếu: nhóm billing"),
    ],
)
def test_a_line_names_the_ticket_and_nothing_that_is_not_there(language: Language, expected: str) -> None:
    events = history(at(0, received()), at(1, e.TicketAssigned(team="billing", agent=None), by=ASSIGNER))
    entry = entries(events)[1]
    numbered = HistoryEntry(**{name: getattr(entry, name) for name in column_names(AuditEntry)})
    assert line(numbered, language) == expected.format(short_reference(TICKET))
    numbered.ticket_number = "INC7"
    assert line(numbered, language) == expected.format("INC7")


def test_the_programs_that_act_by_themselves_have_vietnamese_names() -> None:
    assert [channel for channel in BY_ITSELF if word_of("channel", channel, "vi") == channel] == []


def test_the_narrator_calls_customers_by_their_names(database_url: str) -> None:
    said: list[str] = []
    with told(database_url) as desk, connected(database_url) as connection:
        merged, survivor = desk.customer(), desk.customer()
        desk.send(merged, MergeCustomer(into=survivor, reason="the same"), origin=Origin(channel="automation"))
        desk.follow()
        say_page(connection, TENANT, 0, said.append, "vi")
    assert any("vào An" in each for each in said)
    assert not any(str(customer) in each for customer in (merged, survivor) for each in said)
