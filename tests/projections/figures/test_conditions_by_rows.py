"""Conditions of segments that rows answer, at their edges: the members are those whom the log says."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import permutations
from typing import Any
from uuid import UUID

import psycopg
import pytest

from domain.customer.facts.events import ConsentWithdrawn
from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.ids import new_id
from domain.usage.commands import RecordUsage
from domain.usage.state import usage_stream
from domain.zones import zone_named
from projections.figures import segments
from projections.figures.segments import log_of, persons_in
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.events import asked, received, replied
from tests.support.log import append_events
from tests.support.registered import register
from tests.support.told import TENANT

AT = datetime(2021, 2, 10, 5, tzinfo=UTC)
TODAY = date(2021, 2, 10)
CONDITIONS: dict[str, dict[str, Any]] = {
    "above 0.6": {"field": "usage", "comparison": "above", "value": 0.6, "days": 90, "metric": "calls"},
    "seated": {"field": "usage", "comparison": "above", "value": 0, "days": 90, "metric": "seats"},
    "served": {"field": "consent", "value": True, "purpose": "service"},
    "cared for": {"field": "consent", "value": True, "purpose": "care"},
    "in touch": {"field": "days_since_contact", "comparison": "below", "value": 3},
}
"""The only condition of a segment, by its name."""
EVERYBODY = [UUID(int=number) for number in range(1, 9)]
ALONG, ACROSS, SEATED, SEATED_LONG_AGO, SEATED_TOMORROW, SILENT, WRITING, WAITING = EVERYBODY


@pytest.fixture
def query(database_url: str) -> Iterator[FigureQuery]:
    drawn.hand_in(database_url, list(map(segment, CONDITIONS)))
    register(database_url, *EVERYBODY)
    drawn.hand_in(database_url, [*calls(ALONG, is_along=True), *calls(ACROSS, is_along=False), *seats()])
    with psycopg.connect(database_url, autocommit=True) as connection:
        for purpose in ("service", "care"):
            append_events(connection, SILENT, ConsentWithdrawn(purpose=purpose), at=AT - timedelta(days=5))
        write(connection)
        catch_up(database_url)
        period = Period(drawn.FIRST, drawn.LAST, zone_named(drawn.ZONES[0]))
        known = reader.definitions(connection, TENANT, reader.head(connection, TENANT))
        yield FigureQuery(connection, "tenant_default", drawn.NOW, period, tenant=TENANT, definitions=known)


def segment(name: str) -> drawn.Drawn:
    body = {"members": CONDITIONS[name]}
    command = PublishDefinition(kind="segment", name=name, effective_from=drawn.LONG_AGO, body=body, reason="decided")
    return drawn.Drawn(definition_stream("segment", name), command)


def calls(customer: UUID, *, is_along: bool) -> Iterator[drawn.Drawn]:
    """Usage of two products that sums to 0.6 or to a little more, as the order of the sum decides.

    ``is_along``: the streams of the products stand in the order of their names.
    """
    first, second = next(
        names
        for names in permutations("abcdefgh", 2)
        if names[0] < names[1] and is_along == (usage_stream(customer, names[0]) < usage_stream(customer, names[1]))
    )
    for product, day, value in ((first, 3, 0.2), (first, 4, 0.1), (second, 5, 0.3)):
        at = datetime(2021, 2, day, 9, tzinfo=UTC)
        command = RecordUsage(product=product, metric="calls", day=date(2021, 2, day), value=value, occurred_at=at)
        yield drawn.Drawn(customer, command)


def seats() -> Iterator[drawn.Drawn]:
    """Reports of the first and the last day that count, and of the days beside them, all before the instant."""
    reports = ((3, SILENT, -90), (4, SEATED_LONG_AGO, -89), (2, SEATED, 0), (1, SEATED_TOMORROW, 1))
    for hours, customer, days in reports:
        at = AT - timedelta(hours=hours)
        yield drawn.Drawn(
            customer,
            RecordUsage(product="app", metric="seats", day=TODAY + timedelta(days=days), value=5, occurred_at=at),
        )


def write(connection: psycopg.Connection) -> None:
    """Two tickets whose last contact comes after the instant: before it a program replies, then one customer writes."""
    for customer, days in ((WRITING, -1), (WAITING, 1)):
        ticket = new_id()
        append_events(connection, ticket, received(customer), at=AT - timedelta(days=9))
        append_events(connection, ticket, replied(automated=True), at=AT - timedelta(days=2))
        append_events(connection, ticket, asked(), at=AT + timedelta(days=days))
        append_events(connection, ticket, replied(), at=AT + timedelta(days=3))


def members(query: FigureQuery) -> dict[str, set[UUID]]:
    return {name: {person for _, person in persons_in(query, name, [AT])} for name in CONDITIONS}


def test_the_members_are_those_whom_the_log_says(query: FigureQuery, monkeypatch: pytest.MonkeyPatch) -> None:
    by_rows = members(query)
    assert {name: by_rows[name] for name in by_rows if name != "above 0.6"} == {
        "seated": {SEATED, SEATED_LONG_AGO},
        "served": {*EVERYBODY},
        "cared for": {*EVERYBODY} - {SILENT},
        "in touch": {WRITING},
    }
    monkeypatch.setattr(segments, "log_of", lambda query: log_of(query)._replace(rows=None))
    assert members(query) == by_rows
