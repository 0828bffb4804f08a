"""The load of agents and of teams, and who is overloaded."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import get_args

from domain.definitions.kinds import WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.local_time import local_day
from domain.sla.policy.published import policy_history_of
from domain.text_folding import fold_name, same_name
from domain.workforce.load import OverloadRule
from projections.figures.figure import ComputedRows, Figure, FigureRow, FigureSubject, Number, Ratio, Title
from projections.figures.values import value_of
from projections.load.loads import LoadRow, agent_loads, team_loads
from projections.load.open_work import OpenTicketWork, open_ticket_work, open_work
from projections.scope.figure_query import FigureQuery
from projections.scope.periods import day_ends
from projections.sla.table import SLA_CLOCKS
from projections.tickets.table import TICKETS

RULES: tuple[OverloadRule, ...] = get_args(OverloadRule)
_OF_TICKETS: Mapping[str, Callable[[OpenTicketWork], bool]] = MappingProxyType(
    {
        "expected_effort": lambda ticket: ticket.expected is not None,
        "tickets": lambda _: True,
        "late": lambda ticket: ticket.late,
        "due_today": lambda ticket: ticket.due_today,
        "unexpected": lambda ticket: ticket.expected is None,
    }
)
"""The tickets that are behind a part."""
_PARTS = ("expected_effort", "working_time_left", "tickets", "late", "due_today", "unexpected", "capacity", *RULES)
_AGENT_PARTS = ("overloaded", "agents", *RULES, "undefined")
_SHARE = Ratio(("overloaded",), ("agents",))
_FORMULA = (
    "expected effort / working time left today; the effort is the sum of the team's median effort for the category of"
    " each open ticket, over its resolutions of the last 90 days, else over all; none without working time left"
)
_SOURCE = "the handbook: who has too much?"
_NOTE = (
    "Rows without a load come first. Working time and teams of agents are those of the workforce in effect."
    " `unexpected` counts open tickets whose team never resolved one of the category with logged effort."
)


def _agents(query: FigureQuery) -> list[LoadRow]:
    return _chosen(query, agent_loads)


def _teams(query: FigureQuery) -> list[LoadRow]:
    return _chosen(query, team_loads)


def _chosen(query: FigureQuery, loads: Callable[..., list[LoadRow]]) -> list[LoadRow]:
    """The rows that meet the filters of the question."""
    until = _today_ends(query)
    rows = loads(
        definition_in_effect(query.definitions, WORKFORCE, query.now).body,
        open_work(query.connection, query.schema, query.now, until),
        policy_history_of(query.rules),
        query.now,
        until,
    )
    return [row for row in rows if all(same_name(getattr(row, name), value) for name, value in query.where.items())]


def _today_ends(query: FigureQuery) -> datetime:
    return day_ends(local_day(query.now, query.period.zone), query.period.zone)


def _load_rows(rows: Sequence[LoadRow], names: Sequence[str]) -> list[FigureRow]:
    return [
        FigureRow(
            period=None,
            of={name: getattr(row, name) for name in names},
            value=row.load.value,
            numerator=row.load.expected_effort,
            denominator=row.load.working_time_left,
            parts=_parts(row),
            final=row.load.tickets,
            provisional=0,
            left_out={},
        )
        for row in rows
    ]


def _parts(row: LoadRow) -> dict[str, Number]:
    load = row.load
    parts: dict[str, Number] = {
        "expected_effort": load.expected_effort,
        "working_time_left": load.working_time_left,
        "tickets": load.tickets,
        "late": row.late,
        "due_today": row.due_today,
        "unexpected": row.unexpected,
        "capacity": load.capacity,
    }
    return parts | {rule: int(rule in load.overloaded_by) for rule in RULES}


def _behind(query: FigureQuery, part: str, rows: Sequence[LoadRow], kind: str) -> list[FigureSubject]:
    """The open tickets behind a part, or the agents or teams for which a rule holds or the part is known."""
    if part in _OF_TICKETS:
        keys = {None if (name := getattr(row, kind)) is None else fold_name(name) for row in rows}
        return [
            FigureSubject(query.now, ticket.ticket, None, ticket.customer, final=True)
            for ticket in open_ticket_work(query.connection, query.schema, query.now, _today_ends(query))
            if getattr(ticket, f"{kind}_key") in keys and _OF_TICKETS[part](ticket)
        ]
    names = [getattr(row, kind) for row in rows if _parts(row)[part]]
    return [FigureSubject(query.now, None, name, None, final=True) for name in sorted(filter(None, names))]


def _overloaded(query: FigureQuery) -> list[FigureRow]:
    groups: dict[str | None, list[LoadRow]] = {} if query.by else {None: []}
    for row in _holders(query):
        groups.setdefault(row.team if query.by else None, []).append(row)
    overloaded = []
    for team, rows in sorted(groups.items(), key=lambda group: (group[0] is None, group[0] or "")):
        parts: dict[str, Number] = {part: sum(_belongs(row, part) for row in rows) for part in _AGENT_PARTS}
        of = {"team": team} if query.by else {}
        overloaded.append(FigureRow(None, of, *value_of(_SHARE, parts), parts, len(rows), 0, {}))
    return overloaded


def _belongs(row: LoadRow, part: str) -> bool:
    """Whether an agent is behind a part."""
    match part:
        case "agents":
            return True
        case "overloaded":
            return bool(row.load.overloaded_by)
        case "undefined":
            return row.load.value is None
        case _:
            return part in row.load.overloaded_by


def _holders(query: FigureQuery) -> list[LoadRow]:
    return [row for row in _agents(query) if row.agent is not None]


def _agents_behind(query: FigureQuery, part: str) -> list[FigureSubject]:
    names = sorted(row.agent for row in _holders(query) if row.agent is not None and _belongs(row, part))
    return [FigureSubject(query.now, None, name, None, final=True) for name in names]


LOAD_FIGURES = (
    Figure(
        name="load",
        title=Title("Load of agents", "Tải của nhân viên"),
        formula=_FORMULA,
        source=_SOURCE,
        unit="ratio",
        subject="agent",
        value=Ratio(("expected_effort",), ("working_time_left",)),
        reading=ComputedRows(
            lambda query: _load_rows(_agents(query), ("team", "agent")),
            lambda query, part: _behind(query, part, _agents(query), "agent"),
            _PARTS,
        ),
        projections=(TICKETS, SLA_CLOCKS),
        dimensions=("team", "agent"),
        definitions=("workforce",),
        judged="at the present instant",
        note=_NOTE,
    ),
    Figure(
        name="team-load",
        title=Title("Load of teams", "Tải của bộ phận"),
        formula=_FORMULA,
        source=_SOURCE,
        unit="ratio",
        subject="team",
        value=Ratio(("expected_effort",), ("working_time_left",)),
        reading=ComputedRows(
            lambda query: _load_rows(_teams(query), ("team",)),
            lambda query, part: _behind(query, part, _teams(query), "team"),
            _PARTS,
        ),
        projections=(TICKETS, SLA_CLOCKS),
        dimensions=("team",),
        definitions=("workforce",),
        judged="at the present instant",
        note=_NOTE,
    ),
    Figure(
        name="overloaded",
        title=Title("Overloaded agents", "Nhân viên quá tải"),
        formula="agents with a load above 1, with more open tickets than their capacity, or with at least 5 open"
        " tickets and more than 1.5 times the median of their team / agents",
        source=_SOURCE,
        unit="share",
        subject="agent",
        value=_SHARE,
        reading=ComputedRows(_overloaded, _agents_behind, _AGENT_PARTS),
        projections=(TICKETS, SLA_CLOCKS),
        dimensions=("team",),
        definitions=("workforce",),
        judged="at the present instant",
    ),
)
