"""Readings of the past of one key take a fourteenth of the time beyond a credit, whatever other keys read."""

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.http import key_pace
from api.http.fair_slots import SlotsTaken
from api.http.key_pace import CREDIT, SHARE, KeyPace
from tests.support.serving import CUSTOMER, Served, id_of, make_key

PAST = "/v1/reports/backlog?as_of=2020-01-01T00:00:00Z"
LONGEST = 60.0
"""Seconds that a reading takes at most."""
PARSED_AND_SENT, REFUSED = 0.0014, 0.001
"""Seconds of the processor that a reading takes beside those that are measured, and that a refusal takes."""
costs = st.lists(st.floats(0.01, LONGEST), min_size=200, max_size=200)


class Keys:
    """Keys that read in virtual time, one after the other."""

    def __init__(self) -> None:
        self.now = 0.0
        self.pace = KeyPace(lambda: self.now, self.pass_time)

    def pass_time(self, seconds: float) -> None:
        self.now += seconds

    def read(self, key: str, cost: float, patience: float = 0.0) -> int:
        """0 when the reading is let in, else after how many seconds to come back."""
        try:
            self.pace.wait(key, patience)
        except SlotsTaken as refused:
            return refused.seconds
        with self.pace.charged(key):
            self.now += cost
        return 0


@patch.object(key_pace, "CREDIT", 0.0)
@given(st.lists(st.floats(0.0005, 2.0), min_size=100, max_size=100))
def test_others_take_a_tenth_longer_at_most_whatever_a_reading_costs(readings: list[float]) -> None:
    keys, patience, used = Keys(), 2.0, 0.0
    for cost in readings:
        while keys.read("a", cost, patience):
            used += REFUSED
        assert used <= (keys.now - cost) * (1 - 1 / 1.1)
        used += cost + PARSED_AND_SENT
        keys.now += PARSED_AND_SENT


@given(costs)
def test_a_key_reads_for_its_share_of_the_time_beyond_its_credit(readings: list[float]) -> None:
    keys, used = Keys(), 0.0
    for cost in readings * 2:
        while pause := keys.read("a", cost):
            keys.now += pause
        assert used <= CREDIT + SHARE * (keys.now - cost) + 1e-6
        used += cost


@given(costs)
def test_a_key_that_comes_back_when_it_was_told_to_is_let_in(readings: list[float]) -> None:
    keys = Keys()
    for cost in readings * 2:
        if pause := keys.read("a", cost):
            assert pause <= LONGEST / SHARE + 1
            keys.now += pause
            assert keys.read("a", cost) == 0


@given(st.lists(st.floats(0.001, 100.0), min_size=100, max_size=100))
def test_whoever_asks_again_at_once_is_held_up_and_seldom_refused(readings: list[float]) -> None:
    keys, patience = Keys(), 2.0
    assert keys.read("a", CREDIT) == 0
    for cost in readings:
        before = keys.now
        if keys.read("a", cost, patience):
            assert keys.now - before == pytest.approx(patience)


def test_the_seconds_that_are_told_begin_after_the_wait() -> None:
    keys, patience = Keys(), 2
    assert keys.read("a", 2 * CREDIT) == 0
    seconds = keys.read("a", 1.0)
    assert keys.read("a", 1.0, patience) == seconds - patience


def test_one_key_does_not_use_the_credit_of_another() -> None:
    keys = Keys()
    assert keys.read("a", 2 * CREDIT) == 0
    assert keys.read("a", 1.0) > 0
    assert keys.read("b", 1.0) == 0


def test_credit_comes_back() -> None:
    keys = Keys()
    assert keys.read("a", CREDIT) == 0
    keys.now += CREDIT / SHARE
    assert [keys.read("a", CREDIT / 2) for _ in range(2)] == [0, 0]


@pytest.mark.usefixtures("turn_or_refusal")
def test_a_key_without_credit_is_told_when_to_come_back(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_pace, "CREDIT", 0.0)
    monkeypatch.setattr(key_pace, "SHARE", 1e-9)
    assert desk.get(PAST).status_code == 200
    refused = desk.get(PAST)
    seconds = refused.headers["retry-after"]
    assert (refused.status_code, int(seconds) > 1) == (429, True)
    assert f"{seconds} s" in refused.json()["detail"]
    assert desk.as_key(make_key(desk.dsn)).get(PAST).status_code == 200


@pytest.mark.usefixtures("turn_or_refusal")
def test_a_key_has_one_reading_of_the_past_at_a_time(desk: Served) -> None:
    with desk.container.past.of_keys.slot(f"default {id_of(desk.key)}", 0):
        assert desk.get(PAST).status_code == 429
        assert desk.as_key(make_key(desk.dsn)).get(PAST).status_code == 200
    assert desk.get(PAST).status_code == 200


SINGLE = ("", "/sla", "/conversation", "/history")


@pytest.mark.parametrize("part", SINGLE)
def test_a_key_pays_for_single_streams_of_the_past(desk: Served, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    address = desk.receive(occurred_at="2026-03-02T08:00:00Z") + part
    desk.follow()
    monkeypatch.setattr(key_pace, "CREDIT", 0.0)
    monkeypatch.setattr(key_pace, "SHARE", 1e-9)
    then = f"{address}?as_of=2026-03-03T08:00:00Z"
    assert [desk.get(then).status_code for _ in range(2)] == [200, 429]
    assert desk.get(address).status_code == 200, "the present costs no credit"
    assert desk.as_key(make_key(desk.dsn)).get(then).status_code == 200


def test_a_key_pays_for_the_health_of_a_customer_at_the_present(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.follow()
    address = f"/v1/customers/{CUSTOMER}/health"
    monkeypatch.setattr(key_pace, "CREDIT", 0.0)
    monkeypatch.setattr(key_pace, "SHARE", 1e-9)
    assert [desk.get(address).status_code for _ in range(2)] == [200, 429]


def test_a_key_pays_for_a_what_if(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(key_pace, "CREDIT", 0.0)
    monkeypatch.setattr(key_pace, "SHARE", 1e-9)
    policy = {"name": "slow", "rules": [{"resolution": {"duration": "3d"}}]}
    assert [desk.post("/v1/sla/whatif", {"policy": policy}).status_code for _ in range(2)] == [200, 429]


JUDGING = (
    f"/v1/automation/explain/{CUSTOMER}",
    "/v1/health",
    "/v1/health/outcomes?first=2026-01-01&last=2026-02-01",
    "/v1/segments/none/customers",
    f"/v1/customers/{CUSTOMER}/export",
    f"/automation?subject={CUSTOMER}",
)


@pytest.mark.usefixtures("turn_or_refusal")
@pytest.mark.parametrize("address", JUDGING)
def test_what_judges_histories_at_the_present_has_the_turns_of_the_past(desk: Served, address: str) -> None:
    desk.follow()
    with desk.container.past.of_keys.slot(f"default {id_of(desk.key)}", 0):
        assert desk.get(address).status_code == 429
    assert desk.get(address).status_code in {200, 404}
