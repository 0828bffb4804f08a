"""A fold with inputs beside its stream still sees which of the stream's events are new."""

from datetime import UTC, datetime
from uuid import UUID

import psycopg

from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.policy.events import CalendarPublished
from projections.engine.follower import Follower
from projections.engine.projection import Enrichment, Projection
from projections.engine.table import Table
from tests.support.log import append_events
from tests.support.tally import NOTE, ListedEvent, list_events, prepare, rows

A, CALENDAR = UUID(int=1), UUID(int=9)
PUBLISHED = CalendarPublished(version=1, effective_from=datetime(2026, 1, 1, tzinfo=UTC), calendar=AROUND_THE_CLOCK)
ENRICHED_LIST = Projection(
    "enriched_list",
    1,
    frozenset({"ticket"}),
    (Table("enriched_list", ListedEvent, key=("position",), append_only=True),),
    list_events,
    Enrichment(related=lambda _rules, _events: (), dependents=lambda *_: [A]),
)


def test_an_append_only_table_with_fold_inputs_gets_a_row_for_each_new_event_and_no_other(database_url: str) -> None:
    prepare(database_url, ENRICHED_LIST)
    follower = Follower(database_url, "default", [ENRICHED_LIST])
    with psycopg.connect(database_url, autocommit=True) as connection:
        append_events(connection, CALENDAR, PUBLISHED)
        append_events(connection, A, NOTE, NOTE)
        follower.catch_up()
        append_events(connection, A, NOTE)
        follower.catch_up()
    follower.close()
    assert rows(database_url, "enriched_list") == [(A, 1, 2), (A, 2, 3), (A, 3, 4)]
