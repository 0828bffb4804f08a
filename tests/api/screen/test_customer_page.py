"""The page of a customer shows what the API answers at the same position, now and at an instant, in both languages."""

import re
from datetime import date, datetime
from html import unescape
from typing import Any, Literal

import pytest

from api.http.customer_readings.facts import facts_of
from api.screen import customer_of_page
from api.screen.pages import timeline
from api.screen.pages.customer import health as health_panel
from domain.readable import day, minute, money, number
from domain.zones import zone_named
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served, fresh

ZONE = zone_named("Asia/Ho_Chi_Minh")
Language = Literal["en", "vi"]


class Recorded:
    """A customer with something of every kind, and one merged into it."""

    def __init__(self, desk: Served) -> None:
        self.desk = desk
        self.lan = self._new("Nguyễn Thị Lan", "2026-03-01T08:00:00Z", tier="gold", external_reference="KH-7")
        self.other = self._new("N. T. Lan", "2026-03-02T08:00:00Z")
        self.company = self._new("Công ty Ánh Dương", "2026-01-02T08:00:00Z", party="organisation")
        give = self._tell
        give("add-address", channel="phone", handle="0901234567")
        give("verify-address", channel="email", handle="lan@example.com", method="agent", reason="signed contract")
        give("join-organisation", organisation=self.company, role="buyer", main=True)
        give("add-note", about="sales", body="asks for two rooms", occurred_at="2026-03-03T08:00:00Z")
        give("record-check-in", channel="phone", summary="content", occurred_at="2026-03-04T08:00:00Z")
        give("answer-nps", score=9, comment="good", occurred_at="2026-03-05T08:00:00Z")
        give(
            "give-consent", purpose="marketing", channels=["email"], evidence="form", occurred_at="2026-03-06T08:00:00Z"
        )
        give("record-date", name="birthday", day=15, month=8, lunar=True)
        give("record-usage", product="CRM", metric="seats", day="2026-03-07", value=1234.5, limit=2000)
        item = {"name": "Filter", "quantity": 2, "total": 1_500_000}
        give(
            "record-purchase",
            purchase_id="P-1",
            items=[item],
            total=1_500_000,
            currency="VND",
            occurred_at="2026-03-08T08:00:00Z",
        )
        give("return-purchase", purchase_id="P-1", total=500_000, occurred_at="2026-03-18T08:00:00Z")
        give("make-offer", offer_id="O-1", product="Gold care", value=12_000_000, currency="VND", recurring=True)
        contract = {"number": "HD-1", "customer_id": self.lan, "starts_on": "2026-01-01", "ends_on": "2026-12-31"}
        signed = desk.post("/v1/contracts", contract | {"value": 120_000_000, "currency": "VND", "owner": "mai"})
        assert signed.status_code == 201, signed.text
        desk.receive(customer_id=self.lan, subject="No hot water", occurred_at="2026-03-09T08:00:00Z")
        done = desk.receive(customer_id=self.other, subject="Wrong bill", occurred_at="2026-03-10T08:00:00Z")
        assert desk.post(f"{done}/resolve", {"resolution": "corrected", "code": "fixed"}).status_code == 200
        merged = {"into": self.lan, "reason": "the same number"}
        assert desk.post(f"/v1/customers/{self.other}/merge", merged).status_code == 200
        desk.follow()

    def _new(self, name: str, at: str, **fields: Any) -> str:
        answer = self.desk.post("/v1/customers", {"name": name, "occurred_at": at, **fields})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def _tell(self, word: str, **fields: Any) -> None:
        answer = self.desk.post(f"/v1/customers/{self.lan}/{word}", fields)
        assert answer.status_code == 200, answer.text


@pytest.fixture(scope="module")
def recorded(shared_desk: Served) -> Recorded:
    return Recorded(shared_desk)


def api(recorded: Recorded, reading: str, **params: str) -> Any:
    answer = recorded.desk.get(f"/v1/customers/{recorded.lan}{reading}", params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(recorded: Recorded, language: Language, path: str = "", **params: str) -> dict[str, str]:
    """The texts of the panels of the page."""
    browser = signed_in(recorded.desk)
    query = "&".join(f"{name}={value}" for name, value in params.items())
    answer = browser.get(
        f"/customers/{recorded.lan}{path}" + (f"?{query}" if query else ""), {"Accept-Language": language}
    )
    assert answer.status_code == 200, answer.text
    assert f'lang="{language}"' in answer.text
    return panel_texts(answer.text)


AXES: tuple[dict[str, str], ...] = (
    {},
    {"as_of": "2026-03-17T00:00:00Z"},
    {"as_of": "2026-03-01T12:00:00Z"},
    {"as_of": "2027-02-01T00:00:00Z"},
)


@pytest.mark.parametrize("instants", AXES, ids=str)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_shows_the_numbers_of_the_profile(
    recorded: Recorded, language: Language, instants: dict[str, str]
) -> None:
    profile, page = api(recorded, "/profile", **instants), shown(recorded, language, **instants)
    customer, tickets = profile["customer"], profile["tickets"]
    assert page["who"].count(customer["name"]) >= 1
    for address in customer["addresses"]:
        assert address["handle"] in page["who"]
    assert ("0901234567" in page["who"]) == any(each["channel"] == "phone" for each in customer["addresses"])
    counted = [number(tickets[name], language) for name in ("total", "open", "reopened")]
    sentence = {
        "en": "{} in all, {} open, {} reopened.",
        "vi": "Tất cả {}, đang mở {}, đã mở lại {}.",
    }[language]
    assert sentence.format(*counted) in page["tickets"]
    for ticket in tickets["newest"]:
        assert ticket["subject"] in page["tickets"]
    for total in profile["purchase_totals"]:
        row = [
            number(total["purchases"], language),
            *(money(total[name], total["currency"], language) for name in ("bought", "returned")),
        ]
        assert " ".join(row) in page["purchases"]
    assert ("P-1" in page["purchases"]) == bool(profile["purchases"])
    for contract in profile["contracts"]:
        assert contract["number"] in page["contracts"]
        assert money(contract["value"], contract["currency"], language) in page["contracts"]
    assert ("HD-1" in page["contracts"]) == bool(profile["contracts"])
    for offer in profile["offers"]:
        assert money(offer["value"], offer["currency"], language) in page["offers"]
    for answer in profile["nps_answers"]:
        assert answer["comment"] in page["said"]
    assert ("good" in page["said"]) == bool(profile["nps_answers"])
    for check_in in profile["check_ins"]:
        assert check_in["summary"] in page["said"]
    for note in profile["notes"]:
        assert f"{minute(local(note['at']), language)} " in page["notes"]
        assert note["body"] in page["notes"]
    assert [row["name"] in page["who"] for row in profile["absorbed"]] == [True] * len(profile["absorbed"])


@pytest.mark.parametrize("instants", AXES, ids=str)
@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_health_of_the_page_is_that_of_the_api(
    recorded: Recorded, language: Language, instants: dict[str, str]
) -> None:
    health, page = api(recorded, "/health", language=language, **instants), shown(recorded, language, **instants)
    score = health["score"]
    assert page["health"].startswith(
        {"en": "Health ", "vi": "Sức khỏe khách hàng "}[language]
        + ("-" if score is None else number(int(score) if score == int(score) else score, language, 1))
    )
    for measured in health["measures"]:
        points = measured["points"]
        expected = "-" if points is None else number(int(points) if points == int(points) else points, language, 1)
        assert f" {measured['rule']['weight']} {expected} " in page["health"]
    for line in health["text"].splitlines()[1:]:
        assert " ".join(line.split()) in page["health"]


def test_the_health_of_a_customer_with_very_many_tickets_stands_on_a_page_of_its_own(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = shown(recorded, "en")["health"]
    monkeypatch.setattr(health_panel, "MOST_TICKETS", 1)
    bounded = shown(recorded, "en")["health"]
    assert "The customer has 2 tickets." in bounded
    assert (
        whole.partition(" How it is computed")[0]
        == shown(recorded, "en", "/health")["health"].partition(" How it is computed")[0]
    )


def test_a_page_finds_who_is_the_same_customer_once_for_all_its_panels(
    recorded: Recorded, monkeypatch: pytest.MonkeyPatch
) -> None:
    queries: list[Any] = []

    def counted(*question: Any) -> Any:
        queries.append(question)
        return facts_of(*question)

    monkeypatch.setattr(customer_of_page, "facts_of", counted)
    assert shown(recorded, "en")["who"]
    assert len(queries) == 1


@pytest.mark.parametrize("instants", AXES, ids=str)
def test_what_may_be_sent_is_what_the_api_permits(recorded: Recorded, instants: dict[str, str]) -> None:
    page = shown(recorded, "en", **instants)["consent"]
    addresses = api(recorded, "", **instants)["addresses"]
    channels = sorted({each["channel"] for each in addresses})
    for purpose in ("service", "care", "marketing", "survey") if channels else ():
        answers = [api(recorded, "/permission", purpose=purpose, channel=channel, **instants) for channel in channels]
        grounds = {
            "not_needed": "no consent needed", "given": "given", "withdrawn": "withdrawn", "expired": "expired",
            "silence": "nothing said",
        }  # fmt: skip
        cells = [f"{'yes' if each['allowed'] else 'no'} {grounds[each['ground']]}" for each in answers]
        assert f"{purpose} {' '.join(cells)}" in page


def test_usage_dates_and_terms_are_those_of_the_api(recorded: Recorded) -> None:
    page = shown(recorded, "vi")
    (used,) = api(recorded, "/usage")["days"]
    assert "07/03/2026 CRM: seats 1.234,50 2.000" in page["usage"]
    assert used["value"] == 1234.5
    for date_ in api(recorded, "/dates")["dates"]:
        assert day(date.fromisoformat(date_["next_on"]), "vi") in page["dates"]
    contract = api(recorded, "/contracts")["facts"][0]
    (term,) = recorded.desk.get(f"/v1/contracts/{contract['contract']}").json()["terms"]
    begin, end = (day(date.fromisoformat(term[name]), "vi") for name in ("starts_on", "ends_on"))
    assert f"{begin} đến {end}: 120.000.000 VND" in page["contracts"]


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("kinds", [(), ("note", "ticket"), ("purchase",)], ids=str)
def test_the_timeline_has_the_entries_of_the_api_in_its_order(
    recorded: Recorded, order: str, kinds: tuple[str, ...]
) -> None:
    chosen = "&".join(f"kind={kind}" for kind in kinds)
    entries = recorded.desk.get(f"/v1/customers/{recorded.lan}/timeline?order={order}&{chosen}").json()["entries"]
    browser = signed_in(recorded.desk)
    answer = browser.get(f"/customers/{recorded.lan}/timeline?order={order}&{chosen}", {"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    times = re.findall(r'<p><time datetime="([^"]+)">', answer.text)
    assert [datetime.fromisoformat(at) for at in times] == [
        datetime.fromisoformat(each["occurred_at"]) for each in entries
    ]


def test_a_timeline_comes_page_by_page(recorded: Recorded, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeline, "ENTRIES", 7)
    browser = signed_in(recorded.desk)
    times: list[str] = []
    address: str | None = f"/customers/{recorded.lan}/timeline"
    while address is not None:
        answer = browser.get(address, {"Accept-Language": "en"})
        times += re.findall(r'<p><time datetime="([^"]+)">', answer.text)
        following = re.search(r'rel="next" href="([^"]+)"', answer.text)
        address = unescape(following[1]) if following else None
    entries = api(recorded, "/timeline", order="newest")["entries"]
    assert len(times) == len(entries)


def test_a_merged_customer_is_shown_with_the_survivor(recorded: Recorded) -> None:
    answer = signed_in(recorded.desk).get(f"/customers/{recorded.other}", {"Accept-Language": "en"})
    page = panel_texts(answer.text)
    assert "N. T. Lan was merged into this customer." in page["who"]
    assert recorded.lan in page["who"]
    assert "lan merged N. T. Lan into Nguyễn Thị Lan because: the same number" in page["merges"]


def test_whether_to_contact_a_customer_names_the_day_of_the_past(recorded: Recorded) -> None:
    assert "May we write or call today?" in shown(recorded, "en")["consent"]
    then = shown(recorded, "en", as_of="2990-03-17T00:00:00Z")["consent"]
    assert "Could we write or call on 2990-03-17?" in then


def test_nobody_has_no_page(recorded: Recorded) -> None:
    browser = signed_in(recorded.desk)
    for path in (f"/customers/{fresh()}", f"/customers/{fresh()}/timeline", "/customers/lan"):
        assert browser.get(path).status_code == 404
    before = f"/customers/{recorded.lan}?as_of=2020-01-01"
    assert browser.get(before).status_code == 404


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(ZONE)
