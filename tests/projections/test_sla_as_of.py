"""The rows as of an instant and the explained clocks of it agree to the microsecond."""

from datetime import datetime, timedelta

import psycopg
import pytest

from domain.customer.commands import ChangeTier
from domain.ticket.commands import AssignTicket, PutOnHold, ResolveTicket
from projections.customers.table import CUSTOMERS
from projections.point_in_time.readings import as_it_was
from projections.scope.report_scope import ReportScope
from projections.sla.queries import Part, clocks_behind
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks
from tests.support.told import END, TENANT, march, told

MICROSECOND = timedelta(microseconds=1)
DUE = march(2, 9)
"""Of a P1 that is received at eight."""


@pytest.mark.parametrize("after", [-1, 0, 1])
def test_open_paused_late_met_and_breached_are_exact_to_the_microsecond(database_url: str, after: int) -> None:
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        running, paused, in_time, too_late = (desk.ticket(march(2, 8), priority="P1") for _ in range(4))
        desk.send(paused, AssignTicket(agent="lan", occurred_at=march(2, 8)))
        desk.send(paused, PutOnHold(waiting_for="customer", reason="r", occurred_at=DUE))
        desk.send(in_time, ResolveTicket(resolution="done", occurred_at=DUE))
        desk.send(too_late, ResolveTicket(resolution="done", occurred_at=DUE + MICROSECOND))
        expected: dict[Part, set[object]] = {
            "open": {running, paused} if after == 1 else {running, paused, too_late, *([in_time] if after < 0 else [])},
            "paused": {paused} if after >= 0 else set(),
            "late": {running} if after == 1 else set(),
            "met": {in_time} if after >= 0 else set(),
            "breached": {too_late} if after == 1 else set(),
        }
        as_of = DUE + after * MICROSECOND
        explained = {
            ticket: clock
            for ticket in (running, paused, in_time, too_late)
            for clock in ticket_clocks(connection, TENANT, ticket, at=as_of)
            if clock.target == "resolution"
        }
        with as_it_was(connection, TENANT, [SLA_CLOCKS, CUSTOMERS], as_of=as_of) as schema:
            for part, tickets in expected.items():
                scope = ReportScope(march(1), END)
                clocks = clocks_behind(connection, schema, scope, now=as_of, part=part, target="resolution")
                assert {clock.ticket for clock in clocks} == tickets, part
                for clock in clocks:
                    same = explained[clock.ticket]
                    assert (clock.state, clock.due_at, clock.finished_at) == (
                        same.state,
                        same.due_at,
                        same.finished_at,
                    )
                    late = clock.late or (clock.corrected_verdict or clock.verdict) == "breached"
                    assert late == (same.verdict == "breached")


@pytest.mark.parametrize(("as_of", "due"), [(march(2, 9), march(4, 8)), (march(2, 10), march(2, 18))])
def test_the_past_is_judged_by_the_tier_that_the_customer_had_then(
    database_url: str, as_of: datetime, due: datetime
) -> None:
    by_tier = {"name": "By tier", "rules": [{"customer_tier": "gold", "resolution": "10h"}, {"resolution": "48h"}]}
    with told(database_url) as desk, psycopg.connect(database_url, autocommit=True) as connection:
        desk.policy(by_tier)
        customer = desk.customer()
        ticket = desk.ticket(march(2, 8), customer)
        desk.send(customer, ChangeTier(tier="gold", occurred_at=march(2, 10)))
        with as_it_was(connection, TENANT, [SLA_CLOCKS, CUSTOMERS], as_of=as_of) as schema:
            scope = ReportScope(march(1), END)
            (clock,) = clocks_behind(connection, schema, scope, now=as_of, part="open", target="resolution")
        (explained,) = ticket_clocks(connection, TENANT, ticket, at=as_of)
    assert (clock.ticket, clock.due_at, explained.due_at) == (ticket, due, due)
