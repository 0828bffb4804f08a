"""Time by team, the share within the team's target, and what is held too long."""

from collections import Counter
from collections.abc import Sequence
from statistics import fmean, median
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings

from domain.envelope import RecordedEvent
from domain.ticket import events as e
from projections.customer_groups.table import CUSTOMER_GROUPS
from projections.customers.table import CUSTOMERS
from projections.figures.figure import FigureRow
from projections.team_time.table import TEAM_TIME
from projections.tickets.table import TICKETS
from tests.support.compared_reports import EVERYTHING
from tests.support.events import OTHER_TICKET, START, THIRD_TICKET, TICKET, at, history, instant, received, resolved
from tests.support.examples import examples
from tests.support.figure_answers import behind, question, rows_of_figure, the_row
from tests.support.filled import add, filled
from tests.support.histories import logs, streams_of
from tests.support.plain_team_time import OFFICE, plain_left_out, plain_minutes, plain_spans, plain_target
from tests.support.workforces import calendar_events, inputs_of, workforce_events

READ = (TEAM_TIME, TICKETS, CUSTOMERS, CUSTOMER_GROUPS)
TEAMS: list[dict[str, Any]] = [
    {"name": "a", "calendar": "24x7", "target": 90 * 60, "targets": {"P1": 2 * 60}},
    {"name": "b", "calendar": "Office", "pauses": ["internal", "customer"], "target": 60 * 60},
]
INPUTS = inputs_of(calendar_events(OFFICE), workforce_events({"teams": TEAMS}))
DEFINITIONS = INPUTS.definitions


def assigned(team: str | None) -> e.TicketAssigned:
    return e.TicketAssigned(team=team, agent="an")


def by_team(rows: Sequence[FigureRow]) -> dict[str | None, FigureRow]:
    return {row.of["team"]: row for row in rows}


def asked(connection: psycopg.Connection, minutes: float = 60 * 24, **given: Any) -> Any:
    return question(connection, START, instant(minutes), definitions=DEFINITIONS, **given)


def test_each_team_has_the_time_of_the_tickets_that_left_it(database_url: str) -> None:
    ticket = history(at(0, received()), at(0, assigned("a")), at(60, assigned("b")), at(200, resolved()))
    other = history(at(0, received()), at(10, assigned("a")), at(130, resolved()), ticket=OTHER_TICKET)
    held = history(at(0, received()), at(5, assigned("a")), ticket=THIRD_TICKET)
    with filled(database_url, READ) as connection:
        add(connection, READ, ticket, other, held, inputs=INPUTS)
        times = by_team(rows_of_figure("time-by-team", asked(connection, by=("team",))))
        kept = by_team(rows_of_figure("team-on-time", asked(connection, by=("team",))))
        late = the_row("team-late", asked(connection, now=instant(95)))
        later = the_row("team-late", asked(connection, now=instant(95.5)))
        assert [fact.subject for fact in behind("team-late", "held", asked(connection, now=instant(95)))] == [
            THIRD_TICKET
        ]
    assert times["a"].parts == {"median": 5_400, "p90": 6_840, "mean": 5_400, "total": 10_800, "spans": 2}
    assert times["b"].value == 120 * 60  # the office in Berlin closes at 12:00, which is 11:00 UTC
    assert [(kept[team].numerator, kept[team].denominator, kept[team].value) for team in ("a", "b")] == [
        (1, 2, 0.5),
        (0, 1, 0.0),
    ]
    assert [(row.value, row.parts["held"]) for row in (late, later)] == [(0, 1), (1, 1)]


def test_a_span_counts_on_the_local_day_on_which_the_ticket_leaves_the_team(database_url: str) -> None:
    ticket = history(at(0, received()), at(0, assigned("a")), at(60 * 20, resolved()))  # 04:00 UTC on the next day
    with filled(database_url, READ) as connection:
        add(connection, READ, ticket, inputs=INPUTS)
        rows = rows_of_figure("time-by-team", asked(connection, 60 * 48 - 8 * 60, every="day"))
    assert [(row.period.day if row.period else None, row.parts["spans"]) for row in rows] == [(2, 0), (3, 1)]


def test_a_period_without_spans_has_no_share_and_no_time(database_url: str) -> None:
    with filled(database_url, READ) as connection:
        share, time = (the_row(name, asked(connection)) for name in ("team-on-time", "time-by-team"))
    assert (share.value, share.denominator, time.value, time.parts["total"]) == (None, 0, None, 0)


@pytest.mark.parametrize(("minute", "left_out", "breached"), [(90, {"merged": 1}, 0), (91, {}, 1)])
def test_a_merged_ticket_has_no_time_and_is_in_the_share_when_its_team_was_late_by_then(
    database_url: str, minute: int, left_out: dict[str, int], breached: int
) -> None:
    merged = history(at(0, received()), at(0, assigned("a")), at(minute, e.TicketMerged(into=OTHER_TICKET)))
    with filled(database_url, READ) as connection:
        add(connection, READ, merged, inputs=INPUTS)
        share, time = (the_row(name, asked(connection)) for name in ("team-on-time", "time-by-team"))
    nothing = dict.fromkeys(("merged", "duplicate", "spam", "cancelled"), 0)
    assert share.left_out == {"no_target": 0, **nothing} | left_out
    assert share.parts["breached"] == breached
    assert (time.parts["spans"], time.value, time.left_out) == (0, None, nothing | {"merged": 1})


def expected(tickets: Sequence[Sequence[RecordedEvent]]) -> dict[str, Any]:
    """The figures in plain Python: seconds by team, verdicts, reasons."""
    teams = {team["name"]: team for team in TEAMS}
    seconds: dict[str, list[int]] = {}
    verdicts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    for ticket in tickets:
        for span in plain_spans(ticket):
            if span.end is None or not EVERYTHING.start <= span.end < EVERYTHING.end:
                continue
            team = teams.get(span.team)
            pauses = set((team or {}).get("pauses", ["customer", "third_party"]))
            target = plain_target(team, span.held.priority)
            took = 60 * plain_minutes(ticket, span, span.end, pauses, (team or {}).get("calendar", "24x7"))
            verdict = None if target is None else "breached" if took > target else "met"
            reason = plain_left_out(span, verdict)
            if plain_left_out(span, None) is None:
                seconds.setdefault(span.team, []).append(took)
            if verdict is None:
                reasons["no_target"] += 1
            elif reason is None:
                verdicts[verdict] += 1
            else:
                reasons[reason] += 1
    return {"seconds": seconds, "verdicts": verdicts, "reasons": reasons}


def test_time_by_team_is_what_plain_python_counts_minute_by_minute(database_url: str) -> None:
    with filled(database_url, READ) as connection:

        @settings(max_examples=examples(120))
        @given(logs(max_size=7).map(streams_of))
        def the_same(tickets: list[list[RecordedEvent]]) -> None:
            with connection.transaction(force_rollback=True):
                add(connection, READ, *tickets, inputs=INPUTS)
                plain = expected(tickets)
                over = question(connection, EVERYTHING.start, EVERYTHING.end, by=("team",), definitions=DEFINITIONS)
                times = by_team(rows_of_figure("time-by-team", over))
                assert {team: row.parts["spans"] for team, row in times.items() if row.parts["spans"]} == {
                    team: len(seconds) for team, seconds in plain["seconds"].items()
                }
                for team, seconds in plain["seconds"].items():
                    assert times[team].parts["median"] == median(seconds)
                    assert times[team].parts["mean"] == pytest.approx(fmean(seconds))
                whole = question(connection, EVERYTHING.start, EVERYTHING.end, definitions=DEFINITIONS)
                share = the_row("team-on-time", whole)
                assert {name: count for name, count in share.parts.items() if count} == plain["verdicts"]
                assert {reason: count for reason, count in share.left_out.items() if count} == plain["reasons"]
                for part in ("met", "breached"):
                    assert len(behind("team-on-time", part, whole)) == share.parts[part]

        the_same()


def test_the_subjects_behind_a_part_are_the_tickets(database_url: str) -> None:
    ticket = history(at(0, received()), at(0, assigned("a")), at(100, resolved()), ticket=TICKET)
    with filled(database_url, READ) as connection:
        add(connection, READ, ticket, inputs=INPUTS)
        (late,) = behind("team-on-time", "breached", asked(connection))
    assert (late.subject, late.at, late.final) == (TICKET, instant(100), True)
