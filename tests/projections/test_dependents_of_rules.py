"""Which streams are folded again when a rule is published: those of its due function, and none without a time."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.definitions.state import definition_stream
from projections.point_in_time.changed_streams import find_changed_streams
from projections.timers.table import TIMERS
from tests.support.reminding import NOTE, Reminded, reminded

pytestmark = pytest.mark.anyio


@pytest.fixture
async def desk(database_url: str) -> AsyncIterator[Reminded]:
    async with reminded(database_url) as made:
        yield made


def dependents(desk: Reminded, kind: str, name: str) -> set[UUID]:
    assert TIMERS.enrichment is not None
    desk.follow()
    with psycopg.connect(desk.url) as connection:
        return set(TIMERS.enrichment.dependents(connection, "tenant_default", [], {definition_stream(kind, name)}))


@pytest.mark.parametrize(
    ("versions", "kinds"),
    [
        ([{"on": ["ticket.received"]}], ""),
        ([{"at": {"due": "csat-missing", "after": ["24h"]}}], "t"),
        ([{"at": {"due": "csat-missing", "after": ["24h"]}}, {"on": ["ticket.received"]}], "t"),
        ([{"at": {"due": "annual-day"}}], "c"),
        ([{"at": {"due": "silent-customer"}}], "ct"),
    ],
)
async def test_a_rule_concerns_the_streams_of_the_due_functions_of_its_versions(
    desk: Reminded, versions: list[dict[str, Any]], kinds: str
) -> None:
    customer = await desk.customer()
    ids = {"c": customer, "t": await desk.ticket(customer)}
    for body in versions:
        await desk.define("automation", {"then": NOTE} | body, "r")
    assert dependents(desk, "automation", "r") == {ids[kind] for kind in kinds}


@pytest.mark.parametrize(
    ("rules", "kinds"),
    [
        ([], ""),
        ([{"on": ["ticket.received"]}], ""),
        ([{"at": {"due": "csat-missing", "after": ["24h"]}}], "t"),
        ([{"at": {"due": "annual-day"}}, {"at": {"due": "csat-missing", "after": ["24h"]}}], "ct"),
    ],
)
async def test_settings_concern_the_streams_of_all_rules_with_a_time(
    desk: Reminded, rules: list[dict[str, Any]], kinds: str
) -> None:
    """What is built in, the ends of holds and steps, stands in the events of its stream."""
    customer = await desk.customer()
    ids = {"c": customer, "t": await desk.ticket(customer)}
    for number, body in enumerate(rules):
        await desk.define("automation", {"then": NOTE} | body, f"rule {number}")
    await desk.define("settings", {"zone": "Europe/Berlin"})
    assert dependents(desk, "settings", "tenant") == {ids[kind] for kind in kinds}


@pytest.mark.parametrize(("instant", "differs"), [("as_of", False), ("known_at", True)])
async def test_before_a_rule_was_published_its_streams_differ_only_if_it_is_not_known(
    desk: Reminded, instant: str, differs: bool
) -> None:
    """What is published is cut at the instant of recording alone."""
    customer = await desk.customer()
    ticket = await desk.ticket(customer)
    desk.pass_by(hours=1)
    await desk.define("automation", {"then": NOTE, "at": {"due": "csat-missing", "after": ["24h"]}}, "r")
    desk.follow()
    received = next(event for event in desk.log() if event.stream == ticket)
    cut = received.occurred_at if instant == "as_of" else None
    up_to = desk.log()[-1].position if instant == "as_of" else received.position
    with psycopg.connect(desk.url) as connection:
        find_changed_streams(connection, "default", [TIMERS], up_to, cut)
        changed = {stream for (stream,) in connection.execute("select stream from pg_temp.changed_streams").fetchall()}
    assert definition_stream("automation", "r") in changed
    assert (ticket in changed) is differs
