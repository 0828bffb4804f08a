"""Pages of another instant: one snapshot behind one slot, no fact of the present, and days that can be computed."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from api.http.bounded_pool import BoundedPool
from api.http.fair_slots import FairSlots
from api.screen.pages.customer import health
from api.sealing.key_events import public_keys
from domain.event_log.database_connections import ADMINISTRATION, connect
from tests.support.log import DEFAULT
from tests.support.page_tests.signed_in import signed_in
from tests.support.sealed_desk import sealed_desk
from tests.support.serving import CUSTOMER, Served

NOW = "2998-01-01"
"""A past page of everything that is recorded: any instant makes a page one of another instant."""
SETTINGS = 'kind = "settings"\n\n[body]\nzone = "Asia/Ho_Chi_Minh"\nyear_begins = 4\n'


@pytest.fixture(scope="module")
def used_desk(shared_desk: Served) -> Served:
    """The shared desk with a ticket, an issued report, and settings in effect before they were recorded."""
    shared_desk.receive()
    browser = signed_in(shared_desk)
    text: dict[str, Any] = {"text": SETTINGS, "reason": "zebra", "expected_version": "0"}
    text["effective_from"] = "2020-03-02"
    answer = browser.submit("/rules/settings/tenant/publish", **text, command_id=str(uuid4()))
    assert answer.status_code == 303, answer.text
    shared_desk.follow()
    return shared_desk


@pytest.fixture(scope="module")
def report(used_desk: Served) -> str:
    """The address of an issued report."""
    sent: dict[str, Any] = {"command_id": str(uuid4()), "pack": "daily", "period": "2026-03-02"}
    answer = signed_in(used_desk).submit("/reports/issue", **sent)
    assert answer.status_code == 303, answer.text
    used_desk.follow()
    return str(answer.headers["location"]).partition("?")[0]


@pytest.fixture
def steps(used_desk: Served, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What requests do in their order: they wait for a slot, take a connection for readings, return it."""
    done: list[str] = []
    acquire, connection, past = FairSlots.acquire, BoundedPool.connection, used_desk.container.past

    def noted_slot(slots: FairSlots, tenant: str, patience: float) -> None:
        if slots is past.slots:
            done.append("slot")
        acquire(slots, tenant, patience)

    @contextmanager
    def noted_connection(pool: BoundedPool) -> Iterator[psycopg.Connection]:
        with connection(pool) as given:
            done.append("take")
            try:
                yield given
            finally:
                done.append("return")

    monkeypatch.setattr(FairSlots, "acquire", noted_slot)
    monkeypatch.setattr(BoundedPool, "connection", noted_connection)
    return done


def pages_with_slots(report: str) -> list[str]:
    return [
        f"/figures/fcr?as_of={NOW}&part=kept",
        f"/figures/on-time?as_of={NOW}&every=day",
        f"{report}/verification",
        f"{report}/changes",
        f"/customers/{CUSTOMER}?as_of={NOW}",
        f"/customers/{CUSTOMER}/health?as_of={NOW}",
        f"/customers/{CUSTOMER}/timeline?as_of={NOW}",
        f"/desk?as_of={NOW}",
        "/audit/proofs?check=true",
    ]


def test_a_page_that_folds_much_waits_for_one_slot_and_holds_no_connection_then(
    used_desk: Served, report: str, steps: list[str]
) -> None:
    for address in pages_with_slots(report):
        steps.clear()
        assert used_desk.get(address).status_code == 200, address
        assert steps.count("slot") == 1, address
        before = steps[: steps.index("slot")]
        assert before.count("take") == before.count("return"), address
        held = most = 0
        for step in steps[steps.index("slot") :]:
            held += {"take": 1, "return": -1}.get(step, 0)
            most = max(most, held)
        assert most == 1, address


def test_the_health_of_many_tickets_stands_on_its_own_page_in_the_past_as_well(
    used_desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "MOST_TICKETS", 0)
    for query in ("", f"&as_of={NOW}"):
        page = used_desk.get(f"/customers/{CUSTOMER}?panel=health{query}")
        assert f"/customers/{CUSTOMER}/health" in page.text


@pytest.mark.parametrize("address", ["/rules", "/rules/settings/tenant"])
def test_a_version_recorded_later_is_not_on_a_page_of_the_past(used_desk: Served, address: str) -> None:
    assert "zebra" in words(used_desk, address)
    assert "zebra" in words(used_desk, f"{address}?as_of={NOW}")
    for name in ("as_of", "known_at"):
        assert "zebra" not in words(used_desk, f"{address}?{name}=2021-01-01")


def test_the_page_of_keys_tells_the_facts_of_the_tenant_at_the_present_instant_alone(used_desk: Served) -> None:
    assert "Asia/Ho_Chi_Minh" in words(used_desk, "/keys?panel=tenant")
    then = words(used_desk, "/keys?panel=tenant&as_of=2021-01-01")
    assert "Asia/Ho_Chi_Minh" not in then
    assert "at the present instant alone" in then


def test_a_key_made_after_one_of_both_instants_is_not_listed(used_desk: Served) -> None:
    assert ">lan" in used_desk.get(f"/keys?panel=keys&as_of={NOW}").text
    assert ">lan" not in used_desk.get(f"/keys?panel=keys&as_of={NOW}&known_at=2021-01-01").text


def test_keys_of_checkpoints_that_were_listed_later_are_not_on_a_page_of_the_past(desk: Served, tmp_path: Path) -> None:
    yesterday = (datetime.now(UTC) - timedelta(days=1)).date()
    with sealed_desk(desk.dsn, tmp_path, 1), connect(desk.dsn, ADMINISTRATION) as connection:
        (key,) = public_keys(connection, DEFAULT, "events")
        assert public_keys(connection, DEFAULT, "events", 0) == []
    assert key.id.hex() in desk.get("/audit/proofs?panel=keys").text
    for name in ("as_of", "known_at"):
        assert key.id.hex() not in desk.get(f"/audit/proofs?panel=keys&{name}={yesterday}").text


@pytest.mark.parametrize(
    "address",
    [
        "/audit?to=9999-12-31",
        "/audit?from=0001-01-01",
        "/audit/access?to=9999-12-31",
        "/audit/access?from=0001-01-01",
        "/reports?as_of=9999-12-30",
        "/reports?known_at=0001-01-01",
        "/desk?as_of=9999-12-31T23:59:59Z",
        "/desk?as_of=0001-01-01T00:00:00%2B14:00",
        "/figures/on-time?last=9999-12-31",
        "/desk?as_of=3000-01-01",
        "/desk?as_of=1899-12-31",
    ],
)
def test_a_day_that_no_page_knows_is_malformed(used_desk: Served, address: str) -> None:
    assert used_desk.get(address).status_code == 422


@pytest.mark.parametrize("address", ["/audit?to=2999-12-31&from=1900-01-01", "/reports?as_of=2999-12-31"])
def test_the_first_and_the_last_day_that_a_page_knows_have_an_answer(used_desk: Served, address: str) -> None:
    assert used_desk.get(address).status_code == 200


def words(desk: Served, address: str) -> str:
    answer: Any = desk.get(address, headers={"Accept-Language": "en"})
    assert answer.status_code == 200, answer.text
    return " ".join(unescape(answer.text).split())
