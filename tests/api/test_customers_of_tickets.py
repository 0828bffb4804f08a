"""The customer of a ticket over HTTP: registered, corrected, merged."""

from uuid import uuid4

import pytest

from tests.support.serving import CUSTOMER, RECEIPT, Served


def _customer(desk: Served, **facts: object) -> str:
    answer = desk.post("/v1/customers", {"name": "Lan"} | facts)
    assert answer.status_code == 201, answer.text
    customer: str = answer.json()["id"]
    return customer


def _act(desk: Served, address: str, **facts: object) -> None:
    answer = desk.post(address, facts)
    assert answer.status_code == 200, answer.text


def test_a_ticket_of_an_unknown_customer_is_refused_with_how_to_register(desk: Served) -> None:
    answer = desk.post("/v1/tickets", RECEIPT | {"customer_id": str(uuid4())})
    assert (answer.status_code, answer.json()["code"]) == (409, "customer_unknown")
    assert "POST /v1/customers" in answer.text
    assert desk.post("/v1/tickets", RECEIPT | {"customer_id": _customer(desk)}).status_code == 201


def test_a_ticket_of_a_merged_customer_is_refused_and_names_whom_it_was_merged_into(desk: Served) -> None:
    first, second = _customer(desk), _customer(desk)
    _act(desk, f"/v1/customers/{first}/merge", into=second, reason="one person")
    answer = desk.post("/v1/tickets", RECEIPT | {"customer_id": first})
    assert (answer.status_code, answer.json()["code"], answer.json()["merged_into"]) == (409, "customer_merged", second)
    _act(desk, f"/v1/customers/{first}/undo-merge", into=second, reason="two")
    assert desk.post("/v1/tickets", RECEIPT | {"customer_id": first}).status_code == 201


def test_a_ticket_keeps_the_organisation_of_its_receipt_when_the_person_moves(desk: Served) -> None:
    person, old, new = _customer(desk), _customer(desk, party="organisation"), _customer(desk, party="organisation")
    _act(desk, f"/v1/customers/{person}/join-organisation", organisation=old)
    ticket = desk.receive(customer_id=person)
    _act(desk, f"/v1/customers/{person}/leave-organisation", organisation=old)
    _act(desk, f"/v1/customers/{person}/join-organisation", organisation=new)
    given = desk.receive(customer_id=person, organisation_id=old)
    moved = desk.receive(customer_id=person)
    desk.follow()
    assert [desk.get(address).json()["organisation"] for address in (ticket, given, moved)] == [old, old, new]
    refused = desk.post("/v1/tickets", RECEIPT | {"organisation_id": person})
    assert (refused.status_code, refused.json()["code"]) == (409, "organisation_unknown")


def test_the_identity_of_a_ticket_from_a_shared_address_is_ambiguous_until_it_is_corrected(desk: Served) -> None:
    other = _customer(desk)
    ticket = desk.receive(candidates=[str(CUSTOMER), other])
    desk.follow()
    read = desk.get(ticket).json()
    assert (read["identity"], read["candidates"]) == ("ambiguous", [str(CUSTOMER), other])
    assert desk.post(f"{ticket}/correct-customer", {"customer_id": other}).status_code == 422  # no reason
    _act(desk, f"{ticket}/correct-customer", customer_id=other, reason="she said so")
    _act(desk, f"{ticket}/change-subject", subject="No code by SMS", reason="clearer")
    desk.follow()
    read = desk.get(ticket).json()
    assert (read["identity"], read["candidates"], read["customer"]) == (None, None, other)
    assert read["subject"] == "No code by SMS"


@pytest.mark.parametrize("then", [{}, {"as_of": "2100-01-01T00:00:00Z"}], ids=["now", "at an instant"])
def test_readings_of_a_merged_customer_answer_with_the_survivor_and_say_so(desk: Served, then: dict[str, str]) -> None:
    first, second = _customer(desk), _customer(desk)
    ticket = desk.receive(customer_id=first)
    _act(desk, f"/v1/customers/{first}/merge", into=second, reason="one person")
    desk.follow()
    answer = desk.get(f"/v1/customers/{first}", params=then)
    assert (answer.json()["customer"], answer.headers["content-location"]) == (second, f"/v1/customers/{second}")
    assert "content-location" not in desk.get(f"/v1/customers/{second}", params=then).headers
    assert desk.get(ticket, params=then).json()["customer"] == second
    for customer in (first, second):
        (listed,) = desk.get("/v1/tickets", params={"customer": customer} | then).json()["tickets"]
        assert (listed["ticket"], listed["customer"]) == (ticket.rpartition("/")[2], second)
    history = desk.get(f"/v1/customers/{first}/history", params=then)
    assert history.headers["content-location"] == f"/v1/customers/{second}/history"
    assert {entry["stream"] for entry in history.json()["entries"]} == {first, second, ticket.rpartition("/")[2]}
