"""What another policy would correct: found, recorded, and the same in every way to the rows."""

import psycopg
import pytest

from domain.ticket.commands import ReopenTicket, ResolveTicket
from projections.point_in_time.readings import as_it_was
from projections.sla.table import SLA_CLOCKS
from projections.sla.ticket_clocks import ticket_clocks
from tests.support.corrections import OFFICE, SLOW, correct, find, resolved
from tests.support.told import END, TENANT, march, told

IN_OFFICE = {"name": "In office hours", "rules": [{"resolution": {"duration": "16h", "calendar": "Office"}}]}
BY_TIER = {"name": "By tier", "rules": [{"customer_tier": "gold", "resolution": "1h"}, {"resolution": "240h"}]}
VERDICTS = "select target, verdict, corrected_verdict from sla_clocks order by target"


def test_both_results_are_told_with_the_versions_that_say_so(database_url: str) -> None:
    with told(database_url) as desk:
        ticket = resolved(desk)
        desk.calendar(OFFICE | {"week": {"mon": ["08:00-12:00"]}})
        desk.calendar(OFFICE)
        desk.policy(SLOW)
        desk.policy(IN_OFFICE)
        (finding,) = find(desk, IN_OFFICE)
        assert (finding.ticket, finding.target, finding.instance, finding.version) == (ticket, "resolution", 1, 3)
        assert finding.was.model_dump() == {
            "verdict": "breached",
            "due_at": march(4, 1),
            "policy": "Default",
            "policy_version": 0,
            "calendar": "24x7",
            "calendar_version": 1,
        }
        assert finding.now.model_dump() == {
            "verdict": "breached",
            "due_at": march(3, 10),
            "policy": "In office hours",
            "policy_version": 2,
            "calendar": "Office",
            "calendar_version": 2,
        }
        assert [correction.now.verdict for correction in find(desk, SLOW)] == ["met"]


def test_only_a_policy_and_calendars_that_were_published_are_corrected_to(database_url: str) -> None:
    with told(database_url) as desk:
        with pytest.raises(LookupError, match="policy 'Slow'"):
            find(desk, SLOW)
        desk.calendar(OFFICE | {"week": {"mon": ["08:00-12:00"]}})
        desk.policy(IN_OFFICE)
        with pytest.raises(LookupError, match="calendar 'Office'"):
            find(desk, IN_OFFICE)


def test_what_counts_is_corrected_once_and_can_be_corrected_back(database_url: str) -> None:
    with told(database_url) as desk:
        ticket = resolved(desk)
        desk.policy(SLOW)
        desk.policy({"name": "Default again", "rules": [{"resolution": "48h"}]})
        correct(desk, *find(desk, SLOW))
        assert find(desk, SLOW) == []
        desk.follow()
        first = ("first_response", "met", None)
        assert desk.rows(VERDICTS) == [first, ("resolution", "breached", "met")]
        (back,) = find(desk, {"name": "Default again", "rules": [{"resolution": "48h"}]})
        assert (back.was.verdict, back.now.verdict) == ("met", "breached")
        correct(desk, back)
        desk.follow()
        assert desk.rows(VERDICTS) == [first, ("resolution", "breached", "breached")]
        assert desk.projected_as_rebuilt()
        desk.send(ticket, ReopenTicket(reason="again", occurred_at=march(10)))
        desk.send(ticket, ResolveTicket(resolution="done", occurred_at=march(20)))
        desk.follow()
        assert desk.rows(VERDICTS) == [first, ("resolution", "breached", None)], "this end was never corrected"
        assert [(correction.was.policy, correction.now.verdict) for correction in find(desk, SLOW)] == [
            ("Default", "breached")
        ]
        assert desk.projected_as_rebuilt()


def test_only_what_was_fulfilled_in_the_time_asked_for_is_corrected(database_url: str) -> None:
    with told(database_url) as desk:
        tickets = [resolved(desk, day) for day in (6, 7)]
        desk.ticket(march(2, 1))
        desk.policy(SLOW)
        assert {finding.ticket for finding in find(desk, SLOW)} == set(tickets)
        assert [finding.ticket for finding in find(desk, SLOW, end=march(7))] == tickets[:1]
        assert [finding.ticket for finding in find(desk, SLOW, start=march(7))] == tickets[1:]


def test_a_rule_by_tier_is_judged_by_the_tier_of_each_customer(database_url: str) -> None:
    with told(database_url) as desk:
        gold, plain = (resolved(desk, 3, desk.customer(tier)) for tier in ("gold", "standard"))
        desk.policy(BY_TIER)
        assert {finding.ticket: finding.now.verdict for finding in find(desk, BY_TIER)} == {
            gold: "breached",
            plain: "met",
        }


def test_what_was_reported_before_a_correction_can_still_be_asked_for(database_url: str) -> None:
    with told(database_url) as desk:
        ticket = resolved(desk)
        desk.policy(SLOW)
        with psycopg.connect(database_url) as connection:
            (before,) = connection.execute("select clock_timestamp()").fetchone() or ()
        correct(desk, *find(desk, SLOW))
        with psycopg.connect(database_url, autocommit=True) as connection:
            for instants, verdicts in (
                ({"known_at": before}, {None}),
                ({"as_of": march(20)}, {None}),
                ({"as_of": END}, {None, "met"}),
            ):
                with as_it_was(connection, TENANT, [SLA_CLOCKS], **instants) as schema:
                    rows = connection.execute(f"select corrected_verdict from {schema}.sla_clocks")
                    assert {verdict for (verdict,) in rows} == verdicts
            now, then, unknown = (
                ticket_clocks(connection, TENANT, ticket, at=at, known_at=known)[1].correction
                for at, known in ((END, None), (march(20), None), (END, before))
            )
        assert (then, unknown) == (None, None)
        assert now is not None
        assert (now.by, now.reason, now.now.policy, now.was.verdict) == ("lan", "the flood", "Slow", "breached")
