"""The summaries of settled customers by rows are those of the log, whatever happened, and at every instant."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import psycopg
import pytest

from domain.event_log import reader
from domain.health.summary import CustomerSummary, Part
from domain.ids import new_id
from domain.ticket.events import SatisfactionRated
from projections.health.gather import GatheredCustomers, Source
from projections.health.settled import READ_BY_SETTLED, CustomerMoment, SettledCustomers
from projections.point_in_time.readings import as_it_was
from tests.support import drawn_changes, drawn_facts, drawn_health
from tests.support.catching_up import catch_up
from tests.support.events import received, resolved
from tests.support.examples import TIMES
from tests.support.log import append_events
from tests.support.registered import register
from tests.support.told import TENANT

PARTS: frozenset[Part] = frozenset(get_args(Part))
INSTANTS = [datetime(2020, 10, 20, 4, tzinfo=UTC) + timedelta(days=13 * number) for number in range(17)]
AS_OF = datetime(2021, 2, 20, tzinfo=UTC)


@pytest.fixture(params=range(max(TIMES, 1)))
def connection(database_url: str, request: pytest.FixtureRequest) -> Iterator[psycopg.Connection]:
    drawn_changes.record(database_url, request.param)
    with psycopg.connect(database_url, autocommit=True) as opened:
        yield opened


def test_the_summaries_by_rows_are_those_of_the_log(connection: psycopg.Connection) -> None:
    """Of the present rows, and of those at another instant on either axis."""
    head = reader.head(connection, TENANT)
    known_at = reader.recorded_at(connection, TENANT, head * 2 // 3)
    assert known_at is not None
    known = reader.position_at(connection, TENANT, known_at)
    worlds: list[tuple[int, dict[str, datetime]]] = [
        (head, {}),
        (head, {"as_of": AS_OF}),
        (known, {"known_at": known_at}),
    ]
    seen = Counter[str]()
    for up_to, instants in worlds:
        with connection.transaction():
            connection.execute("set transaction isolation level repeatable read")
            with as_it_was(connection, TENANT, READ_BY_SETTLED, **instants) as schema:
                source = Source(connection, TENANT, "tenant_default", up_to, schema)
                compare(source, [at for at in INSTANTS if at <= instants.get("as_of", at)], seen)
    assert seen["settled"] > seen["unsettled"] / 2
    fields = {*CustomerSummary.__dataclass_fields__, "late", "unsettled"} - {"name"}
    assert not {name for name in fields if not seen[name]}


def test_a_corrected_verdict_an_old_ticket_and_a_rating_before_the_receipt(database_url: str) -> None:
    drawn_facts.hand_in(database_url, [*drawn_health.published()])
    customers = [UUID(int=number) for number in range(1, 4)]
    register(database_url, *customers)
    now = AS_OF + timedelta(days=1)
    corrected, old, rated = (new_id() for _ in customers)
    received_at = {corrected: AS_OF - timedelta(days=9), old: now - timedelta(days=367), rated: AS_OF}
    with psycopg.connect(database_url, autocommit=True) as connection:
        for customer, (ticket, at) in zip(customers, received_at.items(), strict=True):
            append_events(connection, ticket, received(customer), at=at)
        append_events(connection, corrected, resolved(), at=received_at[corrected] + timedelta(hours=1))
        append_events(connection, rated, SatisfactionRated(score=4), at=AS_OF - timedelta(hours=1))
        catch_up(database_url, TENANT)
        drawn_changes.correct_verdicts(connection)
        catch_up(database_url, TENANT)
        source = Source(connection, TENANT, "tenant_default", reader.head(connection, TENANT), "tenant_default")
        seen = Counter[str]()
        compare(source, [now], seen)
        assert (seen["settled"], seen["late"], seen["ratings"]) == (3, 2, 1)


def compare(source: Source, instants: list[datetime], seen: Counter[str]) -> None:
    rows = source.connection.execute(f"select customer from {source.rows}.customers").fetchall()
    moments = [CustomerMoment(customer, at) for (customer,) in rows for at in instants]
    gathered = GatheredCustomers(source, {moment.customer for moment in moments})
    settled = SettledCustomers(source, moments, PARTS)
    seen["unsettled"] += len(settled.unsettled)
    for moment in set(moments) - settled.unsettled:
        by_rows = settled.summary(moment)
        assert by_rows == as_rows_say(gathered.summary(*moment))
        seen["settled"] += 1
        seen["late"] += by_rows is not None and any(ticket.late for ticket in by_rows.tickets)
        seen.update(name for name in CustomerSummary.__dataclass_fields__ if getattr(by_rows, name, None))


def as_rows_say(summary: CustomerSummary | None) -> CustomerSummary | None:
    """Rows say neither the name nor the contacts before the last one."""
    return summary and replace(summary, name=None, contacts=summary.contacts[-1:], consents=summary.consents or None)
