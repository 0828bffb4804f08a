"""What the commands about usage, feedback and files lead to."""

from datetime import date
from typing import Any
from unicodedata import normalize

import pytest

from domain.command_handling.aggregates import handler_of
from domain.command_handling.customer_stream import CustomerStream
from domain.command_handling.ticket_stream import TicketStream
from domain.contract.state import Contract, Term
from domain.customer.state import Customer
from domain.feedback import events as feedback_events
from domain.feedback.commands import NoteFeedback
from domain.feedback.state import Feedback
from domain.file import commands as files
from domain.file import events as file_events
from domain.file.state import File
from domain.messages import Command, Event
from domain.refusal import Refusal
from domain.ticket.state import Ticket
from domain.usage.commands import RecordUsage
from domain.usage.events import UsageRecorded
from domain.usage.state import Usage, evolve, usage_stream
from tests.support.events import AGENT, CUSTOMER, NOON, OTHER_CUSTOMER, TICKET

LAN = CustomerStream(Customer(state="registered"))
NOBODY, GONE = CustomerStream(), CustomerStream(Customer(state="merged", merged_into=OTHER_CUSTOMER))
MONDAY = RecordUsage(product="CRM", metric="users", day=date(2026, 3, 2), value=14, limit=20)
RECORDED = UsageRecorded(customer_id=CUSTOMER, **MONDAY.facts())
NOTE = NoteFeedback(customer_id=CUSTOMER, theme="delivery", polarity="negative")
ATTACH = files.AttachFile(
    of="ticket",
    stream=TICKET,
    message=2,
    name="a.png",
    media_type="Image/PNG",
    size=3,
    sha256="AB" * 32,
    where="s3://a",
)
ATTACHED = File("attached")
SCAN = files.RecordScan(verdict="clean", scanner="clamav")
WITHDRAW = files.WithdrawFile(reason="by mistake")


def decided(command: Command, *states: Any) -> list[Event]:
    return [event for _, event, _ in handler_of(command).decide(command, CUSTOMER, states, AGENT, NOON)]


def code_of(command: Command, *states: Any) -> str:
    with pytest.raises(Refusal) as refused:
        decided(command, *states)
    return refused.value.code


def test_the_last_value_of_a_day_counts_and_the_same_again_stays_quiet() -> None:
    assert decided(MONDAY, LAN, Usage()) == [RECORDED]
    known = evolve(Usage(), RECORDED, NOON)
    assert decided(MONDAY, LAN, known) == []
    more = MONDAY.model_copy(update={"value": 15.0})
    assert decided(more, LAN, known) == [RECORDED.model_copy(update={"value": 15.0})]
    assert decided(MONDAY.model_copy(update={"day": date(2026, 3, 3)}), LAN, known) != []
    back = evolve(known, RECORDED.model_copy(update={"value": 15.0}), NOON)
    assert decided(MONDAY, LAN, back) == [RECORDED]


def test_a_product_that_is_spelled_in_another_way_is_the_same_product() -> None:
    composed, decomposed = "Kho hàng", normalize("NFD", "Kho hàng")
    assert usage_stream(CUSTOMER, composed) == usage_stream(CUSTOMER, decomposed)
    known = evolve(Usage(), RECORDED.model_copy(update={"product": composed}), NOON)
    more = MONDAY.model_copy(update={"product": decomposed, "value": 15.0})
    (event,) = decided(more, LAN, known)
    assert event.product == composed  # type: ignore[attr-defined]  # usage that is recorded


def test_usage_has_a_stream_for_each_customer_and_product() -> None:
    streams = {usage_stream(customer, product) for customer in (CUSTOMER, OTHER_CUSTOMER) for product in ("CRM", "ERP")}
    assert len(streams) == 4
    assert usage_stream(CUSTOMER, "CRM") == usage_stream(CUSTOMER, " CRM ")


def test_feedback_is_noted_once_of_a_registered_customer() -> None:
    assert decided(NOTE, Feedback(), LAN) == [feedback_events.FeedbackNoted(**NOTE.facts())]
    assert code_of(NOTE, Feedback(noted=True), LAN) == "feedback_exists"


@pytest.mark.parametrize(("customer", "code"), [(NOBODY, "customer_unknown"), (GONE, "customer_merged")])
def test_nothing_is_recorded_of_an_unknown_or_a_merged_customer(customer: CustomerStream, code: str) -> None:
    assert code_of(MONDAY, customer, Usage()) == code
    assert code_of(NOTE, Feedback(), customer) == code
    assert code_of(of("customer"), File(), customer) == code


def of(what: Any) -> files.AttachFile:
    return ATTACH.model_copy(update={"of": what, "message": None})


def test_a_file_is_attached_to_a_ticket_a_customer_or_a_contract_that_exists() -> None:
    term = Term(1, date(2026, 1, 1), date(2026, 12, 31), 100, "VND")
    ticket, contract = TicketStream(Ticket(state="closed")), Contract("lapsed", OTHER_CUSTOMER, (term,))
    assert customer_of(decided(ATTACH, File(), ticket)) is None
    assert customer_of(decided(of("customer"), File(), LAN)) == TICKET
    assert customer_of(decided(of("contract"), File(), contract)) == OTHER_CUSTOMER
    assert code_of(ATTACH, File(), TicketStream()) == "ticket_unknown"
    assert code_of(of("contract"), File(), Contract()) == "contract_unknown"
    assert code_of(ATTACH, ATTACHED, ticket) == "file_exists"


def customer_of(events: list[Event]) -> object:
    (event,) = events
    assert isinstance(event, file_events.FileAttached)
    assert (event.sha256, event.media_type) == ("ab" * 32, "image/png")
    return event.customer_id


def test_a_file_is_scanned_and_withdrawn() -> None:
    assert decided(SCAN, ATTACHED) == [file_events.FileScanned(verdict="clean", scanner="clamav")]
    assert decided(SCAN, File("attached", ("infected", "clamav"))) != []
    assert decided(SCAN, File("attached", ("clean", "another scanner"))) != []
    assert decided(SCAN, File("withdrawn", ("clean", "clamav"))) == []
    assert decided(WITHDRAW, ATTACHED) == [file_events.FileWithdrawn()]
    assert decided(WITHDRAW, File("withdrawn")) == []
    assert code_of(SCAN, File("withdrawn")) == "file_withdrawn"
    for command in (SCAN, WITHDRAW):
        assert code_of(command, File()) == "file_unknown"


@pytest.mark.parametrize(
    "wrong",
    [{"sha256": "ab"}, {"media_type": "png"}, {"size": -1}, {"of": "customer"}, {"of": "address"}],
)
def test_facts_that_no_file_has_are_malformed(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="validation error"):
        files.AttachFile.model_validate(ATTACH.model_dump() | wrong)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1.0])
def test_a_value_that_is_no_quantity_is_malformed(value: float) -> None:
    with pytest.raises(ValueError, match="validation error"):
        RecordUsage(product="CRM", metric="users", day=date(2026, 3, 2), value=value)
