"""The members of a segment at many instants: their events are gathered once, and judged where they may have changed."""

import random
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from domain.definitions.commands import PublishDefinition
from domain.definitions.state import definition_stream
from domain.event_log import reader
from domain.segment.fields import FIELDS, FieldName
from domain.zones import zone_named
from projections.figures import segments
from projections.figures.segments import persons_in
from projections.health.gather import GatheredCustomers, Source
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import Period
from tests.support import drawn_facts as drawn
from tests.support.catching_up import catch_up
from tests.support.drawn_tickets import TicketDraw, drawn_tickets
from tests.support.told import TENANT

CONDITIONS: Mapping[FieldName, Mapping[str, Any]] = {
    "tier": {"value": "gold"},
    "party": {"value": "person"},
    "organisation": {"value": str(drawn.Draw(random.Random(1)).organisations[0])},  # noqa: S311 -- no secret
    "registered_days": {"comparison": "above", "value": 30},
    "band": {"value": ["good", "unknown"]},
    "health": {"comparison": "above", "value": 50},
    "open_tickets": {"comparison": "at_least", "value": 1},
    "tickets": {"comparison": "at_least", "value": 1, "days": 20},
    "purchases": {"comparison": "at_least", "value": 1, "days": 20},
    "purchased": {"comparison": "above", "value": 0, "days": 20, "currency": "VND"},
    "contract_in_force": {"value": True},
    "contract_days_left": {"comparison": "below", "value": 60},
    "usage": {"comparison": "above", "value": 0, "days": 90, "metric": "logins"},
    "nps": {"comparison": "above", "value": 6, "days": 40},
    "consent": {"value": True, "purpose": "marketing"},
    "days_since_contact": {"comparison": "below", "value": 20},
}
"""A condition on each field."""
INSTANTS = [datetime(2020, 10, 1, tzinfo=UTC) + timedelta(days=9 * number) for number in range(25)]


@pytest.fixture
def query(database_url: str) -> Any:
    """A question about drawn facts of customers and tickets, with a segment for each field."""
    draw = TicketDraw(random.Random(11))  # noqa: S311 -- no secret
    facts = [*drawn.drawn_facts(draw, 150), *drawn_tickets(draw, 150)]
    drawn.hand_in(database_url, [*drawn.published(), *map(segment_of, CONDITIONS), *facts])
    catch_up(database_url, TENANT)
    with psycopg.connect(database_url, autocommit=True) as connection:
        head = reader.head(connection, TENANT)
        period = Period(drawn.FIRST, drawn.LAST, zone_named(drawn.ZONES[0]))
        known = reader.definitions(connection, TENANT, head)
        yield FigureQuery(connection, "tenant_default", drawn.NOW, period, tenant=TENANT, definitions=known)


def segment_of(field: FieldName) -> drawn.Drawn:
    body = {"members": {"field": field, **CONDITIONS[field]}}
    command = PublishDefinition(kind="segment", name=field, effective_from=drawn.LONG_AGO, body=body, reason="decided")
    return drawn.Drawn(definition_stream("segment", field), command)


def test_the_members_at_many_instants_are_those_of_judging_everything_at_each(
    query: FigureQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the definition reads few kinds of streams, or changes by events alone."""
    assert CONDITIONS.keys() == FIELDS.keys()
    members = {field: set(persons_in(query, field, INSTANTS)) for field in CONDITIONS}
    monkeypatch.setattr(segments, "streams_read_by", lambda _: {"ticket", "contract", "usage"})
    monkeypatch.setattr(segments, "changes_by_events", lambda _: False)
    assert members == {field: set(persons_in(query, field, INSTANTS)) for field in CONDITIONS}
    empty = {field for field in CONDITIONS if not members[field]}
    assert empty <= {"consent"}, "the facts draw no consent"


def test_the_events_of_customers_are_gathered_once_for_all_instants(
    query: FigureQuery, monkeypatch: pytest.MonkeyPatch
) -> None:
    gathered: list[int] = []

    def gathering(source: Source, *given: Any) -> GatheredCustomers:
        gathered.append(source.up_to)
        return GatheredCustomers(source, *given)

    monkeypatch.setattr(segments, "GatheredCustomers", gathering)
    assert list(persons_in(query, "tier", INSTANTS))
    assert len(gathered) == 1


def test_nobody_is_in_a_segment_that_is_not_defined(query: FigureQuery) -> None:
    assert list(persons_in(query, "unknown", INSTANTS)) == []
