"""Who is who over HTTP: addresses in any spelling, merges and their undoing, matches and memberships."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from tests.support.serving import Served

PHONE = {"channel": "phone", "handle": "0901 234 567"}


def registered(desk: Served, name: str, **fields: Any) -> str:
    answer = desk.post("/v1/customers", {"name": name, **fields})
    assert answer.status_code == 201
    identity: str = answer.json()["id"]
    return identity


def ask(desk: Served, customer: str, word: str, **fields: Any) -> Any:
    answer = desk.post(f"/v1/customers/{customer}/{word}", fields)
    assert answer.status_code == 200, answer.text
    return answer.json()


def found(desk: Served, **address: str) -> Any:
    return desk.get("/v1/customers", params=address).json()


def test_an_address_finds_its_customer_in_any_spelling_and_says_whether_to_show_them(desk: Served) -> None:
    lan = registered(desk, "Lan")
    ask(desk, lan, "add-address", **PHONE)
    desk.follow()
    for handle in ("+84901234567", "84 901 234 567", "+840901234567"):
        answer = found(desk, channel="phone", handle=handle)
        assert [row["customer"] for row in answer["customers"]] == [lan]
        assert answer["identity"] == {"state": "one", "proposed": lan, "may_show": False}
    ask(desk, lan, "verify-address", **PHONE, method="code")
    desk.follow()
    assert found(desk, **PHONE)["identity"]["may_show"] is True
    assert found(desk, channel="phone", handle="901234567", region="DE")["identity"]["state"] == "nobody"
    assert desk.get("/v1/customers?channel=phone&handle=1&region=Viet").status_code == 422


def test_a_claimed_address_finds_nobody_and_its_match_waits_until_it_is_accepted(desk: Served) -> None:
    lan, other = registered(desk, "Lan"), registered(desk, "Nguyễn Lan")
    ask(desk, lan, "verify-address", **PHONE, method="session")
    ask(desk, other, "add-address", **PHONE, trust="claimed")
    desk.follow()
    assert [row["customer"] for row in found(desk, **PHONE)["customers"]] == [lan]
    (match,) = desk.get("/v1/customers/matches").json()["matches"]
    assert (match["customer"], match["other"], match["alike"]) == (other, lan, ["phone"])
    ask(desk, other, "accept-match", other=lan, reason="called back")
    desk.follow()
    assert desk.get("/v1/customers/matches").json()["matches"] == []
    assert desk.get(f"/v1/customers/{other}").json()["customer"] == lan


def test_a_family_s_phone_is_ambiguous_and_proposes_who_used_it_last(desk: Served) -> None:
    lan, minh = registered(desk, "Lan"), registered(desk, "Minh")
    for customer in (lan, minh):
        ask(desk, customer, "add-address", **PHONE, shared=True)
    ticket = {"channel": "hotline", "subject": "s", "category": "c", "priority": "P3"}
    desk.post("/v1/tickets", {"customer_id": lan, **ticket})
    desk.follow()
    identity = found(desk, **PHONE)["identity"]
    assert identity == {"state": "ambiguous", "proposed": lan, "may_show": False}


def test_a_merged_customer_is_answered_by_the_survivor_and_refuses_commands(desk: Served) -> None:
    lan, other = registered(desk, "Lan"), registered(desk, "Nguyễn Lan")
    ask(desk, lan, "add-address", **PHONE)
    before = datetime.now(UTC).isoformat()
    ask(desk, lan, "merge", into=other, reason="the same person")
    desk.follow()
    answer = desk.get(f"/v1/customers/{lan}").json()
    assert (answer["customer"], answer["asked"], answer["absorbed"]) == (other, lan, [lan])
    assert [row["customer"] for row in found(desk, **PHONE)["customers"]] == [other]
    listed = {row["customer"] for row in desk.get("/v1/customers").json()["customers"]}
    assert listed & {lan, other} == {other}
    assert desk.get(f"/v1/customers/{lan}", params={"known_at": before}).json()["customer"] == lan
    refused = desk.post(f"/v1/customers/{lan}/change-tier", {"tier": "gold"})
    assert refused.status_code == 409
    assert (refused.json()["code"], refused.json()["merged_into"]) == ("customer_merged", other)


def test_an_undo_restores_both_and_lists_what_was_recorded_meanwhile(desk: Served) -> None:
    lan, other = registered(desk, "Lan"), registered(desk, "Minh")
    assert desk.get(f"/v1/customers/{uuid4()}/recorded-since-merge").status_code == 404
    desk.follow()
    assert desk.get(f"/v1/customers/{lan}/recorded-since-merge").json() == []
    ask(desk, lan, "merge", into=other, reason="the same person")
    ask(desk, other, "change-tier", tier="gold")
    ticket = desk.post(
        "/v1/tickets",
        {"customer_id": other, "channel": "zalo", "subject": "s", "category": "c", "priority": "P3"},
    ).json()["id"]
    ask(desk, lan, "undo-merge", into=other, reason="two persons after all")
    ask(desk, other, "change-tier", tier="silver")
    desk.follow()
    listed = desk.get(f"/v1/customers/{lan}/recorded-since-merge").json()
    assert [(each["topic"], each["stream"]) for each in listed] == [
        ("customer.tier_changed", other),
        ("ticket.received", ticket),
    ]
    assert desk.get(f"/v1/customers/{lan}").json()["customer"] == lan
    assert desk.get(f"/v1/customers/{other}").json()["absorbed"] == []


def test_a_person_shows_the_organisation_and_further_details(desk: Served) -> None:
    lan, firm = registered(desk, "Lan"), registered(desk, "An Phát", party="organisation")
    ask(desk, lan, "join-organisation", organisation=firm, role="kế toán", main=True)
    ask(desk, lan, "change-details", details={"city": "Huế", "language": "vi"})
    ask(desk, lan, "change-details", name="Lan Anh", details={"language": None})
    desk.follow()
    answer = desk.get(f"/v1/customers/{lan}").json()
    assert (answer["name"], answer["details"]) == ("Lan Anh", {"city": "Huế"})
    (membership,) = answer["memberships"]
    assert (membership["organisation"], membership["role"], membership["main"]) == (firm, "kế toán", True)
    ask(desk, lan, "leave-organisation", organisation=firm)
    desk.follow()
    assert desk.get(f"/v1/customers/{lan}").json()["memberships"] == []


def test_a_customer_with_more_addresses_than_by_rule_is_flagged(desk: Served) -> None:
    lan = registered(desk, "Lan")
    for number in range(6):
        desk.follow()
        assert desk.get(f"/v1/customers/{lan}").json()["over_limit"] == []
        ask(desk, lan, "add-address", channel="email", handle=f"lan{number}@example.com")
    desk.follow()
    assert desk.get(f"/v1/customers/{lan}").json()["over_limit"] == ["email"]
    ask(desk, lan, "withdraw-address", channel="email", handle="lan0@example.com", reason="bounced")
    desk.follow()
    assert desk.get(f"/v1/customers/{lan}").json()["over_limit"] == []


def test_a_blocked_address_finds_nobody_from_the_publication_on(desk: Served) -> None:
    lan = registered(desk, "Lan")
    ask(desk, lan, "verify-address", **PHONE, method="code")
    body = {"blocked": [{"channel": "phone", "handle": "+84 901 234 567"}]}
    definition = {
        "kind": "identity",
        "effective_from": "2026-01-01T00:00:00+07:00",
        "body": body,
        "reason": "our own number",
    }
    published = desk.send("PUT", "/v1/definitions/identity/tenant", json.dumps(definition).encode())
    assert published.status_code == 200, published.text
    desk.follow()
    assert found(desk, **PHONE) == {
        "customers": [],
        "next": None,
        "identity": {"state": "nobody", "proposed": None, "may_show": False},
    }
