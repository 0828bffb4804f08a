"""What is late and due next, what waits too long, and who has too much."""

from datetime import datetime
from typing import NamedTuple

from api.http.read_session import ReadSession
from api.screen.figures.presentation import count_cell, part_cell, shown_table, the_cell
from api.screen.figures.question import FigureQuestion
from api.screen.page import Content
from api.screen.pages.desk.days import of_team
from api.screen.pages.query import SET
from api.screen.visit import Visit
from projections.figures.load import RULES
from projections.figures.registry import FIGURES
from projections.sla.queries import late_and_due
from projections.tickets.queries import named_tickets

_MOST_LISTED = 8


class _ListedClock(NamedTuple):
    """A clock with the subject of its ticket. ``at`` is since when it is late, or when it is due."""

    ticket: str
    subject: str
    target: str
    team: str | None
    agent: str | None
    at: datetime
    late: bool


def late(visit: Visit, session: ReadSession) -> Content:
    """Clocks over their target, by target and by team."""
    answered = FigureQuestion(FIGURES["sla-late"], by=("target", "team"), where=of_team(visit)).answered(visit, session)
    now = answered.summed()
    is_any = bool(now.row.value)
    return {
        "figures": [(visit.w(f"desk.clocks_{part}"), the_cell(now, part)) for part in ("late", "open", "paused")],
        "targets": shown_table(answered.summed("target")) if is_any else None,
        "teams": shown_table(answered.summed("team")) if is_any and not visit.one("team") else None,
    }


def due(visit: Visit, session: ReadSession) -> Content:
    """The clocks that are late, the longest first, then those that are due next."""
    clocks = late_and_due(session.connection, session.schema, now=session.now, where=of_team(visit), limit=_MOST_LISTED)
    tickets = named_tickets(session.connection, session.schema, [clock.ticket for clock in clocks])
    return {
        "clocks": [
            _ListedClock(
                visit.link(f"/tickets/{clock.ticket}"),
                tickets[clock.ticket].subject,
                visit.w(f"desk.target_{clock.target}"),
                clock.team,
                clock.agent,
                clock.at,
                clock.late,
            )
            for clock in clocks
        ],
        "all": visit.link("/tickets", late=SET, team=visit.one("team")),
    }


def waiting(visit: Visit, session: ReadSession) -> Content:
    """Tickets on hold that have waited too long, why, and by team."""
    teams = FigureQuestion(FIGURES["waiting"], by=("team",), where=of_team(visit)).answered(visit, session)
    now = teams.summed()
    return {
        "figures": [
            (visit.w(f"desk.waiting_{part}"), the_cell(now, part))
            for part in ("too_long", "over_due", "quiet", "waiting")
        ],
        "teams": shown_table(teams, part="too_long") if now.row.parts["waiting"] and not visit.one("team") else None,
    }


def overloaded(visit: Visit, session: ReadSession) -> Content:
    """Who has too much, and by which of the three rules."""
    answered = FigureQuestion(FIGURES["load"], where=of_team(visit)).answered(visit, session)
    holders = [row for row in answered.answer.rows if row.of["agent"] is not None]
    rows = []
    for row in holders:
        rules = [visit.w(f"desk.rule_{rule}") for rule in RULES if row.parts[rule]]
        if rules:
            numbers = [part_cell(answered, row, part) for part in ("tickets", "late", "due_today", "capacity")]
            rows.append((row.of["agent"], row.of["team"], rules, numbers))
    counted = FigureQuestion(FIGURES["overloaded"], where=of_team(visit))
    unknown = sum(row.value is None for row in holders)
    return {
        "rows": rows,
        "unknown": count_cell(visit, unknown, counted.address(visit, "undefined")) if unknown else None,
        "is_judged": unknown < len(holders) or not holders,
        "figures": [
            (visit.w("desk.overloaded_now"), count_cell(visit, len(rows), counted.address(visit, "overloaded"))),
            (visit.w("desk.agents"), count_cell(visit, len(holders), counted.address(visit, "agents"))),
        ],
    }
