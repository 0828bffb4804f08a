"""Policies, calendars and tiers that change in the middle of tickets' lives: what was promised stays as it was."""

import psycopg
from psycopg import sql

from domain.customer.commands import ChangeTier
from domain.sla.policy.published import policy_history_of
from domain.ticket.commands import PrioritiseTicket, ReceiveMessage, ResolveTicket, SendReply
from projections.audit.kinds import PUBLISHED_RULES
from projections.audit.queries import HistoryFilter, history_of
from projections.audit.sentences import sentence
from projections.point_in_time.readings import as_it_was
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks
from tests.support.told import END, TENANT, march, told

SLOW = {"name": "Slow", "rules": [{"next_response": "4h", "resolution": "48h"}]}
FAST = {"name": "Fast", "rules": [{"next_response": "1h", "resolution": "12h"}]}
BY_TIER = {"name": "By tier", "rules": [{"customer_tier": "gold", "resolution": "2h"}, {"resolution": "48h"}]}
ON_OFFICE = {"name": "Office", "rules": [{"resolution": {"duration": "8h", "calendar": "Office"}}]}
OFFICE = {"name": "Office", "zone": "Asia/Ho_Chi_Minh", "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]}}
CLOCKS = "select target, instance, policy_version, target_seconds, verdict from sla_clocks order by activated_at, 1"


def test_a_promise_keeps_the_policy_it_was_made_under_and_the_next_one_takes_the_new(database_url: str) -> None:
    with told(database_url) as desk:
        desk.policy(SLOW)
        ticket = desk.ticket(march(2, 8))
        desk.send(ticket, ReceiveMessage(body="?", occurred_at=march(2, 9)))
        desk.policy(FAST, since=march(2, 10))
        desk.send(ticket, SendReply(body="!", occurred_at=march(2, 12)))
        desk.send(ticket, ReceiveMessage(body="?", occurred_at=march(2, 13)))
        desk.send(ticket, PrioritiseTicket(priority="P1", reason="r", occurred_at=march(2, 14)))
        desk.send(ticket, SendReply(body="!", occurred_at=march(2, 15)))
        desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(3, 8)))
        desk.follow()
        assert desk.rows(CLOCKS) == [
            ("resolution", 1, 1, 48 * 3600, "met"),
            ("next_response", 1, 1, 4 * 3600, "met"),
            ("next_response", 2, 2, 3600, "breached"),
        ]
        assert desk.projected_as_rebuilt()


def test_a_policy_recorded_after_a_promise_does_not_change_it_from_whenever_it_is_effective(database_url: str) -> None:
    with told(database_url) as desk:
        desk.policy(SLOW)
        desk.ticket(march(2, 8))
        desk.policy(FAST, since=march(1))
        desk.ticket(march(2, 9))
        desk.follow()
        assert desk.rows(CLOCKS) == [("resolution", 1, 1, 172_800, None), ("resolution", 1, 2, 43_200, None)]
        assert desk.projected_as_rebuilt()


def test_a_calendar_that_changes_counts_for_later_promises_alone(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.policy(ON_OFFICE)
        desk.ticket(march(2, 1))
        desk.calendar(OFFICE | {"week": {"mon-fri": ["08:00-12:00"]}}, since=march(2, 2))
        desk.ticket(march(2, 3))
        desk.follow()
        assert desk.rows("select calendar_version, due_at from sla_clocks order by activated_at") == [
            (1, march(2, 10)),
            (2, march(4, 3)),
        ]
        assert desk.projected_as_rebuilt()


def test_a_calendar_recorded_after_a_promise_does_not_change_it_where_none_had_taken_effect(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE, since=march(2, 12))
        desk.policy(ON_OFFICE)
        desk.ticket(march(2, 8))
        desk.calendar(OFFICE | {"week": {"mon-fri": ["08:00-12:00"]}}, since=march(2, 10))
        desk.follow()
        assert desk.rows("select calendar_version from sla_clocks") == [(1,)]
        assert desk.projected_as_rebuilt()


def test_a_change_of_tier_changes_the_targets_of_open_tickets_alone(database_url: str) -> None:
    with told(database_url) as desk:
        customer, other = desk.customer(), desk.customer(tier="gold")
        desk.policy(BY_TIER)
        ended, open_, others = desk.ticket(march(2, 8), customer), desk.ticket(march(2, 9), customer), desk.ticket(
            march(2, 10), other
        )  # fmt: skip
        desk.send(ended, ResolveTicket(resolution="done", occurred_at=march(2, 11)))
        desk.follow()
        targets = "select ticket, target_seconds, verdict from sla_clocks order by activated_at"
        assert desk.rows(targets) == [(ended, 172_800, "met"), (open_, 172_800, None), (others, 7_200, None)]
        desk.send(customer, ChangeTier(tier="gold", occurred_at=march(2, 12)))
        desk.follow()
        assert desk.rows(targets) == [(ended, 172_800, "met"), (open_, 7_200, "breached"), (others, 7_200, None)]
        assert desk.projected_as_rebuilt()


def test_a_change_of_tier_reaches_tickets_that_nothing_was_promised_for_yet(database_url: str) -> None:
    with told(database_url) as desk:
        customer = desk.customer()
        desk.policy({"name": "Gold", "rules": [{"customer_tier": "gold", "resolution": "2h"}, {"next_response": "4h"}]})
        ticket = desk.ticket(march(2, 8), customer)
        desk.follow()
        assert desk.rows(CLOCKS) == []
        desk.send(customer, ChangeTier(tier="gold", occurred_at=march(2, 9)))
        desk.follow()
        assert desk.rows("select ticket, target, due_at from sla_clocks") == [(ticket, "resolution", march(2, 10))]
        assert desk.projected_as_rebuilt()


def test_the_clocks_of_a_ticket_are_those_of_the_published_rules_and_of_its_customers_tier(database_url: str) -> None:
    with told(database_url) as desk:
        customer = desk.customer(tier="gold")
        desk.policy(BY_TIER)
        ticket = desk.ticket(march(2, 8), customer)
        with psycopg.connect(database_url) as connection:
            (clock,) = ticket_clocks(connection, TENANT, ticket, at=END)
            (before,) = ticket_clocks(connection, TENANT, ticket, at=march(2, 9))
            assert ticket_clocks(connection, TENANT, customer, at=END) == []
        assert (clock.policy, clock.target_us, clock.verdict) == ("By tier", 7_200_000_000, "breached")
        assert (before.elapsed_us, before.verdict) == (3_600_000_000, None)
    assert policy_history_of([]).selects_by_tier is False


def test_the_clocks_as_of_an_instant_are_those_of_rules_decided_on_later_but_in_effect_by_then(
    database_url: str,
) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.policy(ON_OFFICE)
        ticket = desk.ticket(march(2, 8))
        with psycopg.connect(database_url) as connection:
            with as_it_was(connection, TENANT, [SLA_CLOCKS], as_of=march(2, 9)) as schema:
                rows = sql.SQL("select policy, calendar_version, due_at from {}.sla_clocks")
                folded = connection.execute(rows.format(sql.Identifier(schema))).fetchall()
            (clock,) = ticket_clocks(connection, TENANT, ticket, at=march(2, 9))
        assert folded == [(clock.policy, clock.calendar_version, march(3, 8))]


def test_the_audit_tells_who_changed_the_policy_and_the_calendars_from_what_to_what(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.ticket(march(2))
        desk.policy(SLOW)
        desk.policy(FAST, since=march(2))
        desk.follow()
        with psycopg.connect(database_url) as connection:
            page = history_of(connection, "tenant_default", HistoryFilter(topics=PUBLISHED_RULES), limit=2)
            rest = history_of(
                connection, "tenant_default", HistoryFilter(topics=PUBLISHED_RULES), after=page.next_after or 0
            )
        entries = [*page.entries, *rest.entries]
        assert [entry.topic for entry in entries] == ["calendar.published", "policy.published", "policy.published"]
        assert {(entry.actor, entry.reason, entry.customer) for entry in entries} == {("lan", "decided", None)}
        assert [(change.field, change.old, change.new) for change in entries[2].changes] == [
            ("version", 1, 2),
            ("effective_from", "2026-01-01T00:00:00+00:00", "2026-03-02T00:00:00+00:00"),
            ("name", "Slow", "Fast"),
        ]
        assert sentence(entries[2]).startswith("lan published version 2 of the policy, Fast, effective from 2026-03-02")
        assert sentence(entries[0], "vi").startswith("lan ban hành phiên bản 1 của lịch Office, hiệu lực từ 2026-01-01")
        assert desk.projected_as_rebuilt()
