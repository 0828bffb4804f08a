"""Customers' facts over HTTP: recorded, read at any instant, of everybody with one survivor."""

from typing import Any

import pytest

from api.http.customer_readings import facts as facts_of_customers
from api.http.customer_readings.facts import READINGS
from projections.customers import owned_rows
from tests.support.serving import Served, fresh

MARCH = "2026-03-01T08:00:00+07:00"
ITEM = {"name": "Filter", "total": 500}
BOUGHT = {"purchase_id": "1", "items": [ITEM], "total": 500, "currency": "VND", "occurred_at": MARCH}
FILE = {"name": "a.png", "media_type": "image/png", "size": 3, "sha256": "ab" * 32, "where": "s3://a"}


def register(desk: Served, name: str = "Lan", **facts: object) -> str:
    answer = desk.post("/v1/customers", {"name": name, "occurred_at": "2026-01-01T08:00:00+07:00"} | facts)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"])


def tell(desk: Served, where: str, **facts: object) -> dict[str, Any]:
    answer = desk.post(where, facts)
    assert answer.status_code in {200, 201}, answer.text
    body: dict[str, Any] = answer.json()
    return body


def read(desk: Served, where: str, **params: object) -> dict[str, Any]:
    answer = desk.get(where, params=params)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def facts(desk: Served, where: str, **params: object) -> list[dict[str, Any]]:
    answer: list[dict[str, Any]] = read(desk, where, **params)["facts"]
    return answer


def test_a_purchase_is_recorded_corrected_serviced_and_returned_in_part(desk: Served) -> None:
    lan = register(desk)
    tell(desk, f"{lan}/record-purchase", **BOUGHT, warranty_until="2026-06-30", service_every=6)
    cheaper = {key: value for key, value in BOUGHT.items() if key != "occurred_at"} | {"total": 450}
    tell(desk, f"{lan}/correct-purchase", **cheaper, warranty_until="2026-06-30", service_every=6, reason="discount")
    tell(desk, f"{lan}/return-purchase", purchase_id="1", total=50)
    desk.follow()
    (bought,) = facts(desk, f"{lan}/purchases", as_of="2026-06-30T23:59:00+07:00")
    assert (bought["total"], bought["returned"], bought["corrected"], bought["state"]) == (500, 0, False, "recorded")
    assert (bought["under_warranty"], bought["next_service_on"]) == (True, "2026-09-01")
    (bought,) = facts(desk, f"{lan}/purchases", as_of="2026-07-01T00:00:00+07:00")
    assert bought["under_warranty"] is False
    tell(desk, f"{lan}/service-purchase", purchase_id="1", on="2026-08-31")
    desk.follow()
    (bought,) = facts(desk, f"{lan}/purchases")
    assert (bought["total"], bought["returned"], bought["state"]) == (450, 50, "partly_returned")
    assert bought["next_service_on"] == "2027-02-28"


def test_totals_of_purchases_never_cross_currencies(desk: Served) -> None:
    lan = register(desk)
    tell(desk, f"{lan}/record-purchase", **BOUGHT)
    tell(desk, f"{lan}/record-purchase", **BOUGHT | {"purchase_id": "2", "total": 700})
    tell(desk, f"{lan}/record-purchase", **BOUGHT | {"purchase_id": "3", "currency": "USD"})
    tell(desk, f"{lan}/return-purchase", purchase_id="2", total=200)
    desk.follow()
    expected = [
        {"currency": "USD", "purchases": 1, "bought": 500, "returned": 0},
        {"currency": "VND", "purchases": 2, "bought": 1200, "returned": 200},
    ]
    assert read(desk, f"{lan}/purchase-totals")["totals"] == expected
    assert read(desk, f"{lan}/purchase-totals", as_of="2100-01-01T00:00:00Z")["totals"] == expected


def test_an_nps_answer_of_11_is_malformed_and_one_of_10_is_not(desk: Served) -> None:
    lan = register(desk)
    assert desk.post(f"{lan}/answer-nps", {"score": 11}).status_code == 422
    tell(desk, f"{lan}/answer-nps", score=10)
    desk.follow()
    assert [answer["group"] for answer in facts(desk, f"{lan}/nps-answers")] == ["promoter"]


def test_an_offer_expires_on_the_day_after_it_is_valid(desk: Served) -> None:
    lan = register(desk)
    tell(desk, f"{lan}/make-offer", offer_id="o", product="Gold", valid_until="2026-03-31", occurred_at=MARCH)
    desk.follow()
    states = [
        facts(desk, f"{lan}/offers", as_of=at)[0]["state"]
        for at in ("2026-03-31T23:59:59+07:00", "2026-04-01T00:00:00+07:00")
    ]
    assert states == ["open", "expired"]


def test_had_we_the_right_to_send_on_5_march_on_both_axes(desk: Served) -> None:
    lan = register(desk)
    tell(desk, f"{lan}/give-consent", purpose="marketing", evidence="form", occurred_at=MARCH)
    desk.follow()
    then = desk.get(f"{lan}/history", params={}).json()["entries"][-1]["recorded_at"]
    tell(desk, f"{lan}/withdraw-consent", purpose="marketing", occurred_at="2026-03-03T08:00:00+07:00")
    desk.follow()
    question = {"purpose": "marketing", "channel": "email"}
    fifth = question | {"as_of": "2026-03-05T08:00:00+07:00"}
    assert read(desk, f"{lan}/permission", **fifth)["ground"] == "withdrawn"
    assert read(desk, f"{lan}/permission", **fifth, known_at=then)["ground"] == "given"
    second = question | {"as_of": "2026-03-02T08:00:00+07:00"}
    assert read(desk, f"{lan}/permission", **second)["allowed"] is True
    assert read(desk, f"{lan}/permission", **question)["allowed"] is False
    assert read(desk, f"{lan}/permission", purpose="service", channel="email")["ground"] == "not_needed"


def test_a_withdrawal_counts_however_much_was_said_after_it(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (owned_rows, facts_of_customers):
        monkeypatch.setattr(module, "MOST", 2)
    lan = register(desk)
    tell(desk, f"{lan}/withdraw-consent", purpose="survey")
    for purpose in ("marketing", "care"):
        tell(desk, f"{lan}/give-consent", purpose=purpose, evidence="form")
        tell(desk, f"{lan}/withdraw-consent", purpose=purpose)
    desk.follow()
    assert read(desk, f"{lan}/permission", purpose="survey", channel="email")["ground"] == "withdrawn"


def test_an_external_activity_is_recorded_once_also_across_a_merge(desk: Served) -> None:
    lan, mai = register(desk), register(desk, "Mai")
    seen = {"source": "shop", "external_id": "9", "kind": "visit", "title": "Warranty", "data": {"page": [1, None]}}
    assert tell(desk, f"{lan}/record-activity", **seen)["events"] == 2
    assert tell(desk, f"{lan}/record-activity", **seen | {"title": "Other"})["events"] == 0
    tell(desk, f"{lan}/merge", into=mai.rpartition("/")[2], reason="one person")
    assert desk.post(f"{lan}/record-activity", seen).json()["code"] == "customer_merged"
    assert tell(desk, f"{mai}/record-activity", **seen)["events"] == 0
    desk.follow()
    assert [activity["data"] for activity in facts(desk, f"{mai}/activities")] == [{"page": [1, None]}]


def test_the_facts_of_merged_customers_are_read_together_by_either_id_and_as_of_before_apart(desk: Served) -> None:
    lan, mai, ha = register(desk), register(desk, "Mai"), register(desk, "Ha")
    for number, customer in enumerate((lan, mai, ha)):
        tell(desk, f"{customer}/record-purchase", **BOUGHT | {"purchase_id": f"{number}"})
    tell(desk, f"{lan}/merge", into=mai.rpartition("/")[2], reason="one person")
    tell(desk, f"{mai}/merge", into=ha.rpartition("/")[2], reason="one person")
    desk.follow()
    for customer in (lan, mai, ha):
        for when in ({}, {"as_of": "2100-01-01T00:00:00Z"}):
            assert {bought["purchase_id"] for bought in facts(desk, f"{customer}/purchases", **when)} == {"0", "1", "2"}
        before = facts(desk, f"{customer}/purchases", as_of="2026-03-02T00:00:00+07:00")
        assert len(before) == 1
    tell(desk, f"{mai}/undo-merge", into=ha.rpartition("/")[2], reason="two persons")
    desk.follow()
    assert {bought["purchase_id"] for bought in facts(desk, f"{lan}/purchases")} == {"0", "1"}
    assert {bought["purchase_id"] for bought in facts(desk, f"{ha}/purchases")} == {"2"}


@pytest.mark.parametrize("when", [{}, {"as_of": "2100-01-01T00:00:00Z"}])
def test_pages_hold_each_fact_once_the_newest_first(desk: Served, when: dict[str, str]) -> None:
    lan = register(desk)
    for number in range(7):
        at = f"2026-03-0{1 + number // 2}T08:00:00+07:00"  # two at a time
        tell(desk, f"{lan}/record-check-in", channel="phone", summary=f"{number}", occurred_at=at)
    desk.follow()
    seen, cursor = [], None
    while True:
        page = read(desk, f"{lan}/check-ins", limit=2, **when, **({"cursor": cursor} if cursor else {}))
        seen += [fact["summary"] for fact in page["facts"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert seen == ["6", "5", "4", "3", "2", "1", "0"]


def test_dates_are_recorded_and_anniversaries_derived(desk: Served) -> None:
    lan = register(desk)
    tell(desk, f"{lan}/record-date", name="birthday", day=1, month=1, lunar=True, occurred_at=MARCH)
    tell(desk, f"{lan}/record-date", name="wedding", day=29, month=2, occurred_at=MARCH)
    tell(desk, f"{lan}/record-purchase", **BOUGHT)
    sign = {"number": "1", "customer_id": lan.rpartition("/")[2], "starts_on": "2026-02-01", "ends_on": "2027-01-31"}
    tell(desk, "/v1/contracts", **sign, value=9, currency="VND", occurred_at=MARCH)
    desk.follow()
    dates = read(desk, f"{lan}/dates", as_of="2026-06-01T08:00:00+07:00")["dates"]
    assert [(each["name"], each["source"], each["next_on"]) for each in dates] == [
        ("registration", "derived", "2027-01-01"),
        ("first_contract", "derived", "2027-02-01"),
        ("birthday", "recorded", "2027-02-06"),
        ("wedding", "recorded", "2027-02-28"),
        ("first_purchase", "derived", "2027-03-01"),
    ]
    assert {each["name"] for each in read(desk, f"{lan}/dates")["dates"]} == {each["name"] for each in dates}


def test_a_contract_is_read_with_its_terms_on_any_day(desk: Served) -> None:
    lan = register(desk)
    sign = {"number": "1", "customer_id": lan.rpartition("/")[2], "starts_on": "2026-01-15", "ends_on": "2026-01-31"}
    signed = desk.post("/v1/contracts", sign | {"value": 9, "currency": "VND", "occurred_at": "2026-01-02T08:00:00Z"})
    contract = signed.headers["location"]
    tell(desk, f"{contract}/renew", months=1, term=2, value=5, currency="USD", occurred_at="2026-03-02T08:00:00+07:00")
    tell(desk, f"{contract}/record-progress", milestone="go-live", done=True)
    desk.follow()
    states = {}
    for day in ("01-14", "01-15", "01-31", "02-01", "03-02"):
        states[day] = read(desk, contract, as_of=f"2026-{day}T07:00:00+07:00")["contract"]["state"]
    running = {"01-15": "running", "01-31": "running"}
    assert states == {"01-14": "upcoming", **running, "02-01": "grace", "03-02": "grace"}
    now = desk.get(contract)
    assert now.headers["etag"] == '"3"'
    assert [(term["term"], term["currency"], term["late"], term["ended_as"]) for term in now.json()["terms"]] == [
        (1, "VND", False, "renewed"),
        (2, "USD", True, None),
    ]
    assert now.json()["contract"]["state"] == "lapsed"
    assert now.json()["contract"]["lapse_announced"] is False
    assert [row["contract"] for row in facts(desk, f"{lan}/contracts")] == [contract.rpartition("/")[2]]
    assert desk.post(f"{contract}/renew", {"months": 1}).json()["code"] == "grace_over"
    won = desk.post("/v1/contracts", sign | {"value": 9, "currency": "VND", "wins_back": contract.rpartition("/")[2]})
    assert won.status_code == 201


@pytest.mark.parametrize("when", [{}, {"as_of": "2100-01-01T00:00:00Z"}])
def test_the_last_value_of_a_day_counts_in_usage(desk: Served, when: dict[str, str]) -> None:
    lan = register(desk)
    for day, value in (("2026-03-01", 1), ("2026-03-02", 2), ("2026-03-02", 3), ("2026-03-02", 3)):
        for metric in ("users", "calls"):
            tell(desk, f"{lan}/record-usage", product="CRM", metric=metric, day=day, value=value)
    desk.follow()
    page = read(desk, f"{lan}/usage", metric="users", limit=1, **when)
    rest = read(desk, f"{lan}/usage", metric="users", cursor=page["next"], **when)
    assert [(row["day"], row["value"]) for row in page["days"] + rest["days"]] == [("2026-03-02", 3), ("2026-03-01", 1)]
    assert len(read(desk, f"{lan}/usage", **when)["days"]) == 4


def test_files_and_feedback_are_read_by_their_owner(desk: Served) -> None:
    lan = register(desk)
    customer = lan.rpartition("/")[2]
    ticket = desk.receive(customer_id=customer).rpartition("/")[2]
    of_ticket = desk.post("/v1/files", FILE | {"of": "ticket", "stream": ticket, "message": 1}).headers["location"]
    of_lan = desk.post("/v1/files", FILE | {"of": "customer", "stream": customer}).headers["location"]
    tell(desk, f"{of_lan}/record-scan", verdict="clean", scanner="clamav")
    tell(desk, f"{of_ticket}/withdraw", reason="by mistake")
    tell(desk, "/v1/feedback", customer_id=customer, theme="delivery", polarity="negative")
    desk.follow()
    assert [row["verdict"] for row in facts(desk, f"{lan}/files")] == ["clean"]
    (file,) = read(desk, "/v1/files", owner=ticket)["files"]
    assert (file["message"], file["withdrawn_at"] is not None) == (1, True)
    assert read(desk, "/v1/files", owner=ticket, as_of="2000-01-01T00:00:00Z")["files"] == []
    assert read(desk, of_lan)["scanner"] == "clamav"
    assert [row["theme"] for row in facts(desk, f"{lan}/feedback")] == ["delivery"]


@pytest.mark.parametrize("word", [reading.word for reading in READINGS])
def test_every_kind_of_fact_is_read_and_unknown_customers_have_none(desk: Served, word: str) -> None:
    lan = register(desk)
    desk.follow()
    assert read(desk, f"{lan}/{word}") == {"facts": [], "next": None}
    assert read(desk, f"{lan}/{word}", as_of="2100-01-01T00:00:00Z") == {"facts": [], "next": None}
    unknown = f"/v1/customers/{fresh()}"
    for when in ({}, {"as_of": "2100-01-01T00:00:00Z"}):
        assert desk.get(f"{unknown}/{word}", params=when).status_code == 404
