"""Commands over HTTP: what is answered, what a retry is answered, and what nobody can break."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import psycopg
import pytest

from api.http.command_table import COLLECTIONS
from domain.availability.commands import AvailabilityCommand
from domain.contract.commands import ContractCommand, RecordLapse, SignContract
from domain.customer.commands import (
    AddressCommand,
    CustomerCommand,
    CustomerMergeCommand,
    JoinOrganisation,
    LeaveOrganisation,
    MatchCommand,
    RekeyAddress,
)
from domain.customer.facts.commands import FactCommand, RecordActivity
from domain.envelope import RecordedEvent
from domain.erasure.commands import (
    CertifyErasure,
    CustomerErasureCommand,
    ErasureCommand,
    RecordKeysDestroyed,
    StartErasure,
)
from domain.event_log import reader
from domain.feedback.commands import NoteFeedback
from domain.file.commands import AttachFile, FileCommand
from domain.notification.commands import NotificationCommand
from domain.procedure.commands import EndProcedure, RecordStepOverdue, StartProcedure, StepCommand
from domain.sla.commands import TargetInstanceCommand
from domain.task.commands import OpenTask, TaskCommand
from domain.ticket.commands import AssignByRouting, ConversationCommand, MergeCommand, OwnershipCommand, TicketCommand
from domain.usage.commands import RecordUsage
from tests.support.serving import BEFORE, RECEIPT, Served, fresh, make_key


def log_of(desk: Served) -> list[RecordedEvent]:
    """The log behind the registration of the customer."""
    with psycopg.connect(desk.dsn) as connection:
        return reader.page(connection, "default", BEFORE, 1_000)


def test_every_command_has_an_address_but_those_that_say_what_the_program_has_judged() -> None:
    sent = {sent.command for collection in COLLECTIONS for sent in collection.commands}
    known = {*get_args(TicketCommand), *get_args(MergeCommand), *get_args(CustomerCommand), *get_args(AddressCommand)}
    known |= {JoinOrganisation, LeaveOrganisation, *get_args(CustomerMergeCommand), *get_args(MatchCommand)}
    known |= {*get_args(OwnershipCommand), *get_args(ConversationCommand), *get_args(TaskCommand), OpenTask}
    known |= {*get_args(FactCommand), RecordActivity, RecordUsage, SignContract, NoteFeedback, AttachFile}
    known |= {*get_args(FileCommand), *get_args(ContractCommand)} - {RecordLapse}
    known |= {*get_args(AvailabilityCommand)}
    known |= {*get_args(NotificationCommand)}
    known |= {StartProcedure, *get_args(StepCommand)} - {RecordStepOverdue, EndProcedure}
    known |= {*get_args(CustomerErasureCommand), *get_args(ErasureCommand)}
    known -= {StartErasure, RecordKeysDestroyed, CertifyErasure}
    known -= {RekeyAddress}
    assert sent == known
    assert sent.isdisjoint({*get_args(TargetInstanceCommand), AssignByRouting})


def test_every_example_is_a_command() -> None:
    for collection in COLLECTIONS:
        for sent in collection.commands:
            assert isinstance(sent.command.model_validate(sent.example), sent.command)


def test_a_ticket_is_received_and_its_address_returned(desk: Served) -> None:
    answer = desk.post("/v1/tickets", RECEIPT)
    assert answer.status_code == 201
    body = answer.json()
    assert body == {"id": body["id"], "version": 1, "position": BEFORE + 1, "events": 1, "repeated": False}
    assert answer.headers["location"] == f"/v1/tickets/{body['id']}"
    assert answer.headers["etag"] == '"1"'
    assert answer.headers["ledger-position"] == str(BEFORE + 1)


def test_a_command_acts_then_stays_quiet_then_is_refused(desk: Served) -> None:
    ticket = desk.receive()
    assert desk.post(f"{ticket}/resolve", {"resolution": "restarted"}).json()["events"] == 1
    assert desk.post(f"{ticket}/resolve", {"resolution": "restarted"}).json()["events"] == 0
    refused = desk.post(f"{ticket}/start-work")
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert refused.json() == {
        "type": "urn:ticketledger:refused",
        "title": "Refused by a business rule",
        "status": 409,
        "detail": "work starts on a received or assigned ticket (state: resolved)",
        "code": "work_not_startable",
        "rule": "work starts on a received or assigned ticket",
        "state": "resolved",
    }


def test_a_customer_is_registered_and_changed(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Lan"}).headers["location"]
    assert desk.post(f"{customer}/add-address", {"channel": "zalo", "handle": "lan88"}).json()["version"] == 2


def test_two_tickets_are_merged_and_taken_apart(desk: Served) -> None:
    first, second = desk.receive(), desk.receive()
    into = {"into": second.rpartition("/")[2], "reason": "the same"}
    assert desk.post(f"{first}/merge", into).json()["events"] == 2
    assert desk.post(f"{first}/undo-merge", into).json()["events"] == 2


def test_an_empty_body_is_a_command_without_facts(desk: Served) -> None:
    ticket = desk.receive()
    assert desk.send("POST", f"{ticket}/start-work", b"").status_code == 200


def test_the_context_of_a_command_is_recorded(desk: Served) -> None:
    headers = {"X-Correlation-ID": "case 7", "X-Causation-ID": "mail 12", "User-Agent": "desk/1.0"}
    desk.post("/v1/tickets", RECEIPT | {"reason": "by phone"}, headers=headers)
    envelope = log_of(desk)[0].envelope
    assert (envelope.actor.id, envelope.actor.kind) == ("lan", "agent")
    assert (envelope.correlation_id, envelope.causation_id, envelope.reason) == ("case 7", "mail 12", "by phone")
    assert envelope.origin is not None
    assert (envelope.origin.channel, envelope.origin.client) == ("api", "desk/1.0")


def test_a_retried_receipt_has_one_effect_and_the_first_answer(desk: Served) -> None:
    key = {"Idempotency-Key": fresh()}
    first, again = (desk.post("/v1/tickets", RECEIPT, headers=key) for _ in range(2))
    assert again.status_code == 201
    assert again.json() == first.json() | {"repeated": True}
    assert again.headers["location"] == first.headers["location"]
    assert len(log_of(desk)) == 1


def test_without_an_idempotency_key_a_second_receipt_is_a_second_ticket(desk: Served) -> None:
    assert desk.receive() != desk.receive()


def test_a_retry_is_answered_also_when_the_ticket_has_moved_on(desk: Served) -> None:
    ticket = desk.receive()
    headers = {"Idempotency-Key": fresh(), "If-Match": '"1"'}
    first = desk.post(f"{ticket}/resolve", {"resolution": "done"}, headers=headers).json()
    desk.post(f"{ticket}/close")
    again = desk.post(f"{ticket}/resolve", {"resolution": "done"}, headers=headers)
    assert again.json() == first | {"repeated": True}


def test_an_idempotency_key_belongs_to_one_command(desk: Served) -> None:
    key = {"Idempotency-Key": fresh()}
    desk.post("/v1/tickets", RECEIPT, headers=key)
    for path, body in (("/v1/tickets", RECEIPT | {"subject": "else"}), ("/v1/customers", {"name": "Lan"})):
        answer = desk.post(path, body, headers=key)
        assert (answer.status_code, answer.json()["type"]) == (422, "urn:ticketledger:idempotency_key_reused")


def test_an_idempotency_key_is_the_callers_own(desk: Served) -> None:
    key = {"Idempotency-Key": fresh()}
    other = desk.as_key(make_key(desk.dsn, actor="binh"))
    first = desk.post("/v1/tickets", RECEIPT, headers=key).json()["id"]
    assert other.post("/v1/tickets", RECEIPT, headers=key).json()["id"] != first


def test_of_many_who_saw_the_same_version_one_wins(desk: Served) -> None:
    ticket = desk.receive()

    def assign(agent: int) -> int:
        return desk.post(f"{ticket}/assign", {"agent": f"a{agent}"}, headers={"If-Match": '"1"'}).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(assign, range(8)))
    assert sorted(statuses) == [200] + [412] * 7


def test_a_stale_if_match_says_both_versions(desk: Served) -> None:
    ticket = desk.receive()
    stale = desk.post(f"{ticket}/start-work", headers={"If-Match": '"7"'})
    assert (stale.status_code, stale.json()["expected"], stale.json()["actual"]) == (412, 7, 1)
    assert desk.post(f"{ticket}/start-work", headers={"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("If-Match", "1"),
        ("If-Match", '"1", 2'),
        ("Idempotency-Key", ""),
        ("Idempotency-Key", "k" * 201),
        ("Idempotency-Key", "caf\u00e9"),
        ("X-Correlation-ID", "a\tb"),
    ],
)
def test_a_header_that_cannot_be_understood_is_named(shared_desk: Served, header: str, value: str) -> None:
    answer = shared_desk.send(
        "POST", "/v1/tickets", json.dumps(RECEIPT).encode(), {header.lower().encode(): value.encode("latin-1")}
    )
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["field"] == header.lower()
