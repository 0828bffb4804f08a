"""What another policy would have come to: agrees with the projection, names what changes, records nothing."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg

from domain.customer.commands import ChangeTier
from domain.event_log import reader
from domain.event_log.schema import schema_of
from domain.sla.policy.policy import DEFAULT_POLICY, Policy
from domain.ticket.commands import (
    AssignTicket,
    CancelTicket,
    PrioritiseTicket,
    PutOnHold,
    ReceiveMessage,
    ReopenTicket,
    ResolveTicket,
    SendReply,
)
from projections.scope.report_scope import ReportScope
from projections.sla.queries import compliance
from projections.what_if import report as whatif_report
from projections.what_if.judging import InstanceResult
from projections.what_if.report import RECORDED, ComparedGroup, WhatIf, what_if_in_parts
from projections.what_if.request import WhatIfRequest
from projections.what_if.scenarios import Scenario, rung, scenario_in_effect
from tests.support.corrections import SLOW, correct, find, resolved
from tests.support.told import END, TENANT, Told, march, told
from tests.support.what_ifs import ask

BUSY: dict[str, Any] = {
    "name": "Busy",
    "reopen": "new_cycle",
    "rules": [
        {"priority": "P1", "first_response": "10m", "resolution": {"duration": "2h", "until": "closed"}},
        {"customer_tier": "gold", "next_response": "30m", "resolution": {"duration": "8h", "calendar": "Office"}},
        {
            "first_response": {"duration": "2h", "calendar": "Office"},
            "next_response": "3h",
            "periodic_update": "1h",
            "resolution": {"duration": "24h", "pauses": ["customer"], "warn_at": [0.5]},
        },
    ],
}
OFFICE: dict[str, Any] = {
    "name": "Office",
    "zone": "Asia/Ho_Chi_Minh",
    "public_holidays": "VN",
    "week": {"mon-fri": ["08:00-12:00", "13:00-17:00"]},
}


def tell(desk: Told) -> dict[str, UUID]:
    """Tickets with all kinds of lives."""
    customer = desk.customer()
    tickets = {
        name: desk.ticket(march(2, 8), customer, priority)
        for name, priority in (("quick", "P1"), ("slow", "P2"), ("held", "P3"), ("left", "P2"), ("dropped", "P3"))
    }
    for name, minute in (("quick", 5), ("slow", 40), ("held", 50)):
        desk.send(tickets[name], AssignTicket(team="payments", occurred_at=march(2, 8, minute)))
        desk.send(tickets[name], SendReply(body="!", occurred_at=march(2, 8, minute)))
    desk.send(tickets["quick"], ResolveTicket(resolution="done", occurred_at=march(2, 8, 50)))
    desk.send(tickets["slow"], PrioritiseTicket(priority="P3", reason="r", occurred_at=march(2, 12)))
    desk.send(tickets["slow"], ReceiveMessage(body="?", occurred_at=march(2, 13)))
    desk.send(tickets["slow"], ResolveTicket(resolution="done", occurred_at=march(3, 20)))
    desk.send(tickets["slow"], ReopenTicket(reason="again", occurred_at=march(4, 8)))
    desk.send(tickets["slow"], ResolveTicket(resolution="done", occurred_at=march(5, 8)))
    desk.send(tickets["held"], PutOnHold(waiting_for="customer", reason="r", occurred_at=march(2, 10)))
    tickets["asleep"] = desk.ticket(march(2, 9), desk.customer())
    desk.send(tickets["asleep"], AssignTicket(agent="lan", occurred_at=march(2, 9)))
    desk.send(tickets["asleep"], PutOnHold(waiting_for="customer", reason="r", occurred_at=march(2, 10)))
    desk.send(customer, ChangeTier(tier="gold", occurred_at=march(3)))
    desk.send(tickets["dropped"], CancelTicket(reason="r", occurred_at=march(2, 9)))
    return tickets


def current(desk: Told, at: datetime = END) -> Scenario:
    with psycopg.connect(desk.dsn) as connection:
        return scenario_in_effect(reader.rules(connection, TENANT, desk.head()), at)


def alternative(name: str, *rules: dict[str, Any]) -> Scenario:
    return Scenario(name=name, policy=Policy.model_validate({"name": name, "rules": rules}))


def side(compared: WhatIf, number: int) -> list[tuple[object, ...]]:
    """The figures of one side, without its name."""
    return [
        (group.by, group.group, group.target, *list(group.sides[number].model_dump(exclude={"name"}).values())[1:])
        for group in compared.groups
        if any(list(group.sides[number].model_dump(exclude={"name", "compliance"}).values()))
    ]


def group(compared: WhatIf, target: str) -> ComparedGroup:
    return next(group for group in compared.groups if group.by == "target" and group.target == target)


def test_what_was_recorded_and_the_projection_agree_exactly(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.policy(BUSY)
        tell(desk)
        desk.follow()
        compared = ask(desk, current(desk))
        projected: Counter[tuple[str, str | None, str, InstanceResult]] = Counter()
        rows = desk.rows(
            "select target, priority, team, state, verdict, late_after, to_char(finished_at, 'YYYY-MM') from sla_clocks"
        )
        for target, priority, team, state, verdict, late_after, month in rows:
            stands: InstanceResult = "open" if state in {"running", "paused"} else verdict or "cancelled"
            if stands == "open" and late_after is not None and late_after < END:
                stands = "late"
            for by, of in (("target", None), ("priority", priority), ("team", team), ("month", month)):
                projected[by, of, target, stands] += 1
        counted = Counter(
            {
                (row.by, row.group, row.target, stands): count
                for row in compared.groups
                for stands, count in (
                    ("met", row.sides[0].met),
                    ("breached", row.sides[0].breached),
                    ("cancelled", row.sides[0].cancelled),
                    ("open", row.sides[0].open - row.sides[0].late),
                    ("late", row.sides[0].late),
                )
                if count
            }
        )
        assert counted == projected
        assert {stands for *_, stands in projected} == {"met", "breached", "cancelled", "open", "late"}


def test_what_was_corrected_counts_as_corrected_on_the_recorded_side_as_in_the_sla_report(database_url: str) -> None:
    with told(database_url) as desk:
        tickets = [resolved(desk), resolved(desk, 3)]
        desk.policy(SLOW)
        default = alternative("Default again", {"resolution": "48h"})
        before = group(ask(desk, default), "resolution")
        assert [(item.met, item.breached) for item in before.sides] == [(1, 1), (1, 1)]
        correct(desk, *find(desk, SLOW))
        desk.follow()
        after = ask(desk, default)
        recorded, other = group(after, "resolution").sides
        with psycopg.connect(database_url) as connection:
            scope = ReportScope(march(1), END)
            reported = {row.target: row for row in compliance(connection, schema_of(TENANT), scope)}["resolution"]
        assert (recorded.met, recorded.breached) == (reported.met, reported.breached) == (2, 0)
        assert (other.met, other.breached) == (1, 1)
        assert [(change.ticket, change.before, change.after) for change in after.changed] == [
            (tickets[0], "met", "breached")
        ]


def test_the_policy_that_was_in_effect_always_changes_nothing(database_url: str) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.policy(BUSY)
        tell(desk)
        compared = ask(desk, current(desk))
        assert (compared.sides, compared.switches, compared.changed) == ([RECORDED, "Busy"], [], [])
        assert side(compared, 0) == side(compared, 1) != []


def test_an_alternative_agrees_with_a_log_in_which_it_was_published_at_first(database_url: str) -> None:
    with told(database_url) as desk:
        tell(desk)
        desk.calendar(OFFICE)
        desk.policy(BUSY)
        after = ask(desk, current(desk))
        assert side(after, 0) != side(after, 1)
        assert group(after, "resolution").sides[0].name == RECORDED
        tell(desk)  # the same again, now promised under the published policy
        both = ask(desk, current(desk))
        assert [doubled for doubled in side(both, 1) if doubled[0] == "target"] == [
            (*row[:3], *(2 * count for count in row[3:]))  # type: ignore[operator]  # counts
            for row in side(after, 1)
            if row[0] == "target"
        ]


def test_every_ticket_that_would_stand_otherwise_is_named_with_both_verdicts(database_url: str) -> None:
    with told(database_url) as desk:
        tickets = tell(desk)
        compared = ask(desk, alternative("Strict", {"resolution": "30m", "periodic_update": "1h"}))
        changed = {(change.ticket, change.target): (change.before, change.after) for change in compared.changed}
        assert changed[tickets["quick"], "resolution"] == ("met", "breached")
        assert changed[tickets["held"], "resolution"] == ("open", "late")
        assert compared.changed_tickets == {"Strict": len({ticket for ticket, _ in changed})}
        assert {(switch.target, switch.before) for switch in compared.switches} >= {("periodic_update", "not promised")}
        assert "first_response" not in {target for _, target in changed}


def test_policies_that_number_a_tickets_instances_otherwise_are_compared_instance_by_instance(
    database_url: str,
) -> None:
    with told(database_url) as desk:
        desk.policy(
            {"name": "Urgent alone", "rules": [{"priority": "P1", "next_response": "1h"}, {"resolution": "48h"}]}
        )
        ticket = desk.ticket(march(2, 8))
        desk.send(ticket, ReceiveMessage(body="?", occurred_at=march(2, 9)))
        desk.send(ticket, SendReply(body="!", occurred_at=march(2, 10)))
        desk.send(ticket, PrioritiseTicket(priority="P1", reason="r", occurred_at=march(2, 11)))
        desk.send(ticket, ReceiveMessage(body="?", occurred_at=march(2, 12)))
        desk.send(ticket, SendReply(body="!", occurred_at=march(2, 12, 30)))
        compared = ask(desk, alternative("All", {"next_response": "40m"}))
        assert compared.changed == [], "what was recorded as the first is the second of the other, and met by both"
        assert [(switch.before, switch.after) for switch in compared.switches if switch.target == "next_response"] == [
            ("not promised", "breached")
        ]


def test_changes_beyond_the_limit_are_counted(database_url: str) -> None:
    with told(database_url) as desk:
        tell(desk)
        strict = alternative("Strict", {"first_response": "1m", "resolution": "30m"})
        everything, shortened = ask(desk, strict), ask(desk, strict, listed=1)
        assert (len(everything.changed), everything.more) == (len(everything.changed), 0)
        assert len(everything.changed) > 2
        assert (shortened.changed, shortened.more) == (everything.changed[:1], len(everything.changed) - 1)


def test_what_ended_outside_of_the_days_asked_for_does_not_count(database_url: str) -> None:
    with told(database_url) as desk:
        tell(desk)
        generous = alternative("Generous", {"resolution": "480h"})
        compared = ask(desk, generous, start=march(3), end=march(6))
        sides = group(compared, "resolution").sides
        assert [(item.met, item.breached, item.cancelled, item.open) for item in sides] == [(0, 1, 0, 3), (1, 0, 0, 3)]
        assert {row.group for row in compared.groups if row.by == "month"} == {"2026-03", None}
        until = group(ask(desk, generous, end=march(5, 8)), "resolution").sides[0]
        assert (until.met, until.breached) == (1, 0)
        assert group(ask(desk, generous, end=march(5, 9)), "resolution").sides[0].breached == 1


def test_nothing_is_recorded(database_url: str) -> None:
    with told(database_url) as desk:
        tell(desk)
        desk.follow()
        before = desk.rows("select * from sla_clocks order by 1, 2, 3"), desk.head()
        ask(desk, alternative("Strict", {"resolution": "1m"}))
        assert (desk.rows("select * from sla_clocks order by 1, 2, 3"), desk.head()) == before


def test_several_processes_come_to_the_same_answer(database_url: str, monkeypatch: Any) -> None:
    with told(database_url) as desk:
        desk.calendar(OFFICE)
        desk.policy(BUSY)
        tell(desk)
        tell(desk)
        rungs = tuple(rung(current(desk), f"{hours}h", hours * 3_600) for hours in (12, 1))
        question = WhatIfRequest(scenarios=rungs, up_to=desk.head(), now=END, listed=3)
        heard: list[tuple[int, int]] = []
        monkeypatch.setattr(whatif_report, "TICKETS_AT_ONCE", 3)
        parts = what_if_in_parts(desk.dsn, TENANT, question, 2, lambda done, of: heard.append((done, of)))
        assert parts == ask(desk, *rungs, listed=3)
        assert parts.more > 0
        assert [heard[0], heard[-1]] == [(0, 12), (12, 12)]
        assert len(heard) == 5


def test_a_rung_of_the_ladder_shortens_what_is_longer_and_nothing_else() -> None:
    shortened = rung(Scenario(name="now", policy=DEFAULT_POLICY), "12h", 12 * 3_600).policy
    hours = [
        (rule.first_response.duration / 3_600, rule.resolution.duration / 3_600)
        for rule in shortened.rules
        if rule.first_response and rule.resolution
    ]
    assert hours == [(0.25, 1), (3, 12), (3, 12)]
    assert rung(Scenario(name="now", policy=DEFAULT_POLICY), "48h", 48 * 3_600).policy == DEFAULT_POLICY
    assert [rule.resolution.pauses for rule in shortened.rules if rule.resolution] == [("customer",)] * 3


def test_the_policy_in_effect_comes_with_the_calendars_of_its_instant(database_url: str) -> None:
    with told(database_url) as desk:
        assert current(desk).policy == DEFAULT_POLICY
        desk.calendar(OFFICE, since=march(1))
        desk.calendar(OFFICE | {"week": {"mon": ["08:00-12:00"]}}, since=march(5))
        desk.policy(BUSY, since=march(3))
        weeks = [current(desk, at).calendars[1].week for at in (march(1), march(4), march(6))]
        assert [bool(week.fri) for week in weeks] == [True, True, False]
        assert [current(desk, at).name for at in (march(2), march(3))] == ["Default", "Busy"]
