"""The members of a segment at many instants: their events are gathered once, and judged where they may have changed."""

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg import sql

from domain.definitions.commands import PublishDefinition
from domain.definitions.kinds import SEGMENT
from domain.definitions.published import definition_in_effect
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.health.summary import Part
from domain.segment.fields import FIELDS, FieldName
from domain.zones import zone_named
from projections.customers.survivors import survivors
from projections.figures import segments
from projections.figures.of_customers import with_persons
from projections.figures.segments import log_of, persons_in
from projections.health import settled
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import health_at, in_segment
from projections.health.settled import CustomerMoment, SettledCustomers
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_changes, drawn_health
from tests.support import drawn_facts as drawn
from tests.support.examples import TIMES
from tests.support.told import TENANT

CONDITIONS: Mapping[FieldName, Mapping[str, Any]] = {
    "tier": {"value": "gold"},
    "party": {"value": "person"},
    "organisation": {"value": [str(each) for each in drawn.Draw(random.Random(1)).organisations]},  # noqa: S311 -- no secret
    "registered_days": {"comparison": "above", "value": 30},
    "band": {"value": ["green", "fine", "unknown"]},
    "health": {"comparison": "above", "value": 50},
    "open_tickets": {"comparison": "at_least", "value": 1},
    "tickets": {"comparison": "at_least", "value": 1, "days": 40},
    "purchases": {"comparison": "at_least", "value": 1, "days": 90},
    "purchased": {"comparison": "above", "value": 60, "days": 150, "currency": "VND"},
    "contract_in_force": {"value": True},
    "contract_days_left": {"comparison": "below", "value": 60},
    "usage": {"comparison": "above", "value": 0, "days": 90, "metric": "logins"},
    "nps": {"comparison": "above", "value": 5, "days": 150},
    "consent": {"value": True, "purpose": "marketing"},
    "days_since_contact": {"comparison": "below", "value": 20},
}
"""A condition on each field."""
SEGMENTS = (*CONDITIONS, drawn_health.SEGMENT)
INSTANTS = [datetime(2020, 10, 1, tzinfo=UTC) + timedelta(days=25 * number) for number in range(9)]


@pytest.fixture(params=range(max(TIMES, 1)))
def query(database_url: str, request: pytest.FixtureRequest) -> Iterator[FigureQuery]:
    """A question about drawn facts of customers and tickets, with a segment for each field."""
    drawn_changes.record(database_url, request.param, map(segment_of, CONDITIONS))
    with psycopg.connect(database_url, autocommit=True) as connection:
        head = reader.head(connection, TENANT)
        period = Period(drawn.FIRST, drawn.LAST, zone_named(drawn.ZONES[0]))
        known = reader.definitions(connection, TENANT, head)
        yield FigureQuery(connection, "tenant_default", drawn.NOW, period, tenant=TENANT, definitions=known)


def segment_of(field: FieldName) -> drawn.Drawn:
    body = {"members": {"field": field, **CONDITIONS[field]}}
    command = PublishDefinition(kind="segment", name=field, effective_from=drawn.LONG_AGO, body=body, reason="decided")
    return drawn.Drawn(definition_stream("segment", field), command)


def test_the_members_at_many_instants_are_those_of_judging_everybody_from_the_log_at_each(query: FigureQuery) -> None:
    """By each field, and by a definition of several that changes."""
    assert CONDITIONS.keys() == FIELDS.keys()
    by_log = judged_from_the_log(query)
    assert {name: set(persons_in(query, name, INSTANTS)) for name in SEGMENTS} == by_log
    assert not [name for name, members in by_log.items() if not members]


def judged_from_the_log(query: FigureQuery) -> dict[str, set[tuple[datetime, UUID]]]:
    """By each segment, when who is in it."""
    people = with_persons(query.table("customers"))
    statement = sql.SQL("with recursive {} select customer, person from {} c").format(survivors(query.schema), people)
    persons: dict[UUID, UUID] = dict(query.connection.execute(statement).fetchall())
    gathered = GatheredCustomers(log_of(query), persons)
    members: dict[str, set[tuple[datetime, UUID]]] = {name: set() for name in SEGMENTS}
    for at in INSTANTS:
        bodies = {name: definition_in_effect(query.definitions, SEGMENT, at, name).body for name in SEGMENTS}
        for customer, person in persons.items():
            if (summary := gathered.summary(customer, at)) is not None:
                judged = cache(partial(health_at, gathered, summary))
                for name in (name for name, body in bodies.items() if in_segment(body, summary, judged)):
                    members[name].add((at, person))
    return members


def test_a_statement_holds_so_many_moments_and_the_events_of_unsettled_customers_are_gathered_once(
    query: FigureQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    together = set(persons_in(query, "band", INSTANTS))
    gathered: list[int] = []
    moments: list[int] = []

    def gathering(source: Source, *given: Any) -> GatheredCustomers:
        gathered.append(source.up_to)
        return GatheredCustomers(source, *given)

    def judging(source: Source, batch: Sequence[CustomerMoment], parts: frozenset[Part]) -> SettledCustomers:
        moments.append(len(batch))
        return SettledCustomers(source, batch, parts)

    monkeypatch.setattr(segments, "GatheredCustomers", gathering)
    monkeypatch.setattr(segments, "SettledCustomers", judging)
    monkeypatch.setattr(settled, "MOMENTS_AT_ONCE", 90)
    assert set(persons_in(query, "band", INSTANTS)) == together
    assert len(gathered) == 1
    assert set(moments[:-1]) == {90}


def test_nobody_is_in_a_segment_that_is_not_defined(query: FigureQuery) -> None:
    assert list(persons_in(query, "unknown", INSTANTS)) == []
