"""How far back a key dates is its own setting, and figures say what was told late all the same."""

from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from api.api_keys import list_keys
from domain.command_context import Actor, CommandContext
from domain.command_handling.command_request import CommandRequest
from domain.command_handling.decide import EMPTY, BackDated, decide_command
from domain.customer.commands import RegisterCustomer
from domain.ticket.commands import ReceiveTicket
from tests.support.command_line import Run
from tests.support.events import TICKET
from tests.support.key_commands import created, id_of, key_events
from tests.support.registered import register
from tests.support.serving import BEFORE, CUSTOMER, RECEIPT, Served, fresh, make_key, serving

WEEK = timedelta(days=7)
NOW = datetime(2026, 3, 20, 12, tzinfo=UTC)


def at(ago: timedelta) -> str:
    return (NOW - ago).isoformat()


@pytest.fixture
def limited(database_url: str) -> Any:
    """A desk whose clock stands, for a key that dates back a week."""
    with serving(database_url, key=make_key(database_url, back_dating=WEEK), clock=lambda: NOW) as desk:
        yield desk


def test_what_lies_further_back_than_the_key_dates_is_refused_with_the_bound_and_the_way_out(limited: Served) -> None:
    assert limited.receive(occurred_at=at(WEEK))
    answer = limited.post("/v1/tickets", RECEIPT | {"occurred_at": at(WEEK + timedelta(microseconds=1))})
    body = answer.json()
    assert (answer.status_code, body["type"]) == (403, "urn:ticketledger:forbidden")
    assert (body["code"], body["most_seconds"]) == ("back_dated", 7 * 86_400)
    assert "further back than the 168h that this key may date back: leave it out" in body["detail"]
    assert "keys create --back-dating" in body["detail"]
    assert len(limited.get("/v1/events").json()["events"]) == BEFORE + 1


def test_every_command_is_bounded_and_one_without_a_time_never_is(limited: Served) -> None:
    ticket = limited.receive()
    customer = limited.post("/v1/customers", {"name": "Lan"}).headers["location"]
    long_ago = {"occurred_at": at(timedelta(days=8))}
    for path, body in (
        (f"{ticket}/send-reply", {"body": "x"}),
        (f"{ticket}/resolve", {"resolution": "x"}),
        (f"{customer}/change-tier", {"tier": "gold"}),
        ("/v1/customers", {"name": "Hoa"}),
    ):
        assert limited.post(path, body | long_ago).status_code == 403
        assert limited.post(path, body).status_code in {200, 201}


def test_a_key_without_a_limit_dates_back_as_far_as_it_likes(limited: Served) -> None:
    unlimited = limited.as_key(make_key(limited.dsn))
    assert unlimited.receive(occurred_at="2001-01-01T00:00:00Z")
    month = limited.as_key(make_key(limited.dsn, back_dating=timedelta(days=30)))
    assert month.receive(occurred_at=at(timedelta(days=29)))
    assert month.post("/v1/tickets", RECEIPT | {"occurred_at": at(timedelta(days=31))}).status_code == 403


def test_a_retry_that_comes_later_than_the_key_dates_back_gets_its_answer(database_url: str) -> None:
    key, now = make_key(database_url, back_dating=WEEK), NOW
    with serving(database_url, key=key, clock=lambda: now) as desk:
        again: dict[str, Any] = {"headers": {"Idempotency-Key": fresh()}}
        body = RECEIPT | {"occurred_at": at(timedelta(days=6))}
        first = desk.post("/v1/tickets", body, **again)
        now = NOW + timedelta(days=3)
        second = desk.post("/v1/tickets", body, **again)
    assert (first.status_code, second.json()["repeated"]) == (201, True)
    assert second.json()["id"] == first.json()["id"]


def test_without_keys_there_is_no_limit(database_url: str) -> None:
    register(database_url, CUSTOMER)
    with serving(database_url, keyless="default", clock=lambda: NOW) as desk:
        assert desk.receive(occurred_at="2001-01-01T00:00:00Z")


def test_the_limit_is_judged_by_the_clock_that_records() -> None:
    command = ReceiveTicket.model_validate(RECEIPT | {"occurred_at": at(WEEK)})
    around = CommandContext(Actor(id="lan", kind="agent"), "c", back_dating=WEEK)
    registration = CommandRequest.of(CUSTOMER, RegisterCustomer(name="Mai"), around)
    states = {TICKET: EMPTY} | decide_command(registration, {CUSTOMER: EMPTY}, NOW).after
    request = CommandRequest.of(TICKET, command, around)
    assert decide_command(request, states, NOW).events
    with pytest.raises(BackDated):
        decide_command(request, states, NOW + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("words", "dates_back"),
    [
        ((), WEEK),
        (("--kind", "agent"), WEEK),
        (("--kind", "customer"), WEEK),
        (("--kind", "system"), None),
        (("--kind", "system", "--back-dating", "12h"), timedelta(hours=12)),
        (("--back-dating", "30d"), timedelta(days=30)),
        (("--back-dating", "unlimited"), None),
    ],
)
def test_a_key_dates_back_by_its_kind_unless_it_is_told_otherwise(
    run: Run, database_url: str, words: tuple[str, ...], dates_back: timedelta | None
) -> None:
    old = created(run, *words)
    assert run("keys", "rotate", id_of(old)).code == 0
    with psycopg.connect(database_url) as connection:
        assert [key.back_dating for key in list_keys(connection, "default")] == [dates_back] * 2
    seconds = None if dates_back is None else int(dates_back.total_seconds())
    bounds = [payload["back_dating_seconds"] for topic, payload in key_events(database_url) if topic == "key.created"]
    assert bounds == [seconds] * 2


def test_a_limit_that_cannot_be_is_refused(run: Run) -> None:
    for written in ("soon", "0d", "never"):
        printed = run("keys", "create", "--actor", "Lan", "--scope", "read", "--back-dating", written)
        assert printed.code == 2
        assert "--back-dating" in printed.err
        assert "hãy ghi một khoảng thời gian như 7d hoặc 12h, hoặc unlimited" in printed.err


REPORTS = ("first-contact", "handling-time", "satisfaction", "reopenings", "repeat-contacts")


def test_figures_count_what_was_told_late_in_a_field_and_in_a_line(database_url: str, run: Run) -> None:
    """Told by the database's clock: three tickets of today, one of last week, an old note that counts nowhere."""
    now = datetime.now(UTC)
    with serving(database_url, key=make_key(database_url)) as desk:
        for _ in range(3):
            ticket = desk.receive(occurred_at=(now - timedelta(hours=2)).isoformat())
            desk.post(f"{ticket}/resolve", {"resolution": "x", "occurred_at": (now - timedelta(hours=1)).isoformat()})
        late = desk.receive(occurred_at=(now - timedelta(days=8)).isoformat())
        desk.post(f"{late}/resolve", {"resolution": "x", "occurred_at": (now - timedelta(hours=1)).isoformat()})
        other = desk.receive()
        desk.post(f"{other}/add-note", {"body": "x", "occurred_at": "2020-01-01T00:00:00Z"})
        desk.follow()
        for report in REPORTS:
            (figures,) = desk.get(f"/v1/reports/{report}").json()["figures"]
            counted = 5 if report == "repeat-contacts" else 4
            assert figures["told_late"] == {"numerator": 1, "denominator": counted, "ratio": 1 / counted}, report
        kept = desk.get("/v1/reports/sla").json()["figures"]
        assert {row["target"]: (row["told_late"]["numerator"], row["told_late"]["denominator"]) for row in kept} == {
            "first_response": (1, 4),
            "resolution": (1, 4),
        }
        rows = desk.get("/v1/reports/sla/clocks?target=resolution&part=breached").json()["clocks"]
        assert [row["told_late"] for row in rows] == [True]
    printed = run("report", "figures", "--language", "en")
    assert printed.code == 0
    assert "Told late: 1 of 4 rest on a fact recorded more than 7 days after it happened." in printed.out
    assert "told late" not in printed.out, "it is no column"
