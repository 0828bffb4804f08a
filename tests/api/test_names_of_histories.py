"""Histories call customers and tickets by name, as they were called at the instant of the reading."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
import pytest

from projections.audit import names
from projections.audit.names import NAMED_IN, names_of_entries
from projections.point_in_time.readings import histories_as_they_were
from tests.support.serving import Served

MERGED = "customer.merged"
UNKNOWN = str(UUID(int=9))


@dataclass
class Entry:
    """An event of an agent."""

    topic: str
    facts: dict[str, Any]
    actor: str = "an"
    actor_kind: str = "agent"
    on_behalf_of: str | None = None


def registered(desk: Served, name: str) -> str:
    """The id of a new customer."""
    answer = desk.post("/v1/customers", {"name": name})
    assert answer.status_code == 201, answer.text
    return answer.headers["location"].rpartition("/")[2]


def change(desk: Served, customer: str, command: str, **fields: Any) -> None:
    answer = desk.post(f"/v1/customers/{customer}/{command}", fields)
    assert answer.status_code == 200, answer.text


def test_the_past_has_the_names_of_then(desk: Served) -> None:
    customer, ticket = registered(desk, "Lan"), desk.receive(external_reference="INC7").rpartition("/")[2]
    then = datetime.now(UTC)
    change(desk, customer, "change-details", name="Mai", details={})
    desk.follow()
    entries = [Entry(MERGED, {"into": customer}), Entry("ticket.merged", {"into": ticket})]
    with psycopg.connect(desk.dsn) as connection:
        assert names_of_entries(connection, "default", entries) == {customer: "Mai", ticket: "INC7"}
        assert names_of_entries(connection, "default", entries, known_at=then) == {customer: "Lan", ticket: "INC7"}


def test_ids_in_lists_and_customers_who_act_have_names(desk: Served) -> None:
    customer, other = registered(desk, "Lan"), registered(desk, "Mai")
    desk.follow()
    entries = [
        Entry("customer.absorbed", {"customer_id": UNKNOWN, "earlier": [customer, UNKNOWN]}),
        Entry("ticket.work_started", {}, actor=other, actor_kind="customer"),
    ]
    with psycopg.connect(desk.dsn) as connection:
        assert names_of_entries(connection, "default", entries) == {customer: "Lan", other: "Mai"}


def test_an_id_that_somebody_wrote_is_not_looked_up(desk: Served) -> None:
    customer = registered(desk, "Lan")
    desk.follow()
    with psycopg.connect(desk.dsn) as connection:
        assert names_of_entries(connection, "default", [Entry("ticket.note_added", {"body": customer})]) == {}


def test_the_past_loads_events_that_name_once_and_only_of_so_many_ids(
    desk: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [registered(desk, name) for name in ("Lan", "Mai", "An")]
    change(desk, ids[0], "change-tier", tier="gold")
    loads = []
    load = histories_as_they_were

    def loaded(*given: Any, **instants: Any) -> Any:
        histories = load(*given, **instants)
        loads.append({event.topic for history in histories.values() for event in history})
        return histories

    monkeypatch.setattr(names, "histories_as_they_were", loaded)
    monkeypatch.setattr(names, "MOST_NAMED", 2)
    entries = [Entry(MERGED, {"into": each}) for each in ids]
    with psycopg.connect(desk.dsn) as connection:
        was = names_of_entries(connection, "default", entries, known_at=datetime.now(UTC))
    assert was == {ids[0]: "Lan", ids[1]: "Mai"}
    assert loads == [{"customer.registered"}]


def test_a_page_of_the_past_takes_a_slot(desk: Served) -> None:
    slots, then = desk.container.past.slots, "/v1/audit/page?known_at=2026-01-01T00:00:00Z"
    with slots.slot("default", 0), slots.slot("default", 0):
        assert desk.get("/v1/audit/page").status_code == 200
        assert desk.get(then).status_code == 429
    assert desk.get(then).status_code == 200


@pytest.mark.parametrize("projection", [each.name for each in NAMED_IN])
def test_a_page_with_names_waits_for_the_tables_that_hold_them(desk: Served, projection: str) -> None:
    with psycopg.connect(desk.dsn) as connection:
        connection.execute(
            "update tenant_default.projection_positions set definition = 'of another' where name = %s",
            [projection],
        )
    assert desk.get("/v1/audit/page").status_code == 503
    assert desk.get("/v1/audit").status_code == 200, "it names nobody"
