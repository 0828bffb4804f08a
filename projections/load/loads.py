"""The load of each agent and each team: open work, working time left, and the rules of overload that hold."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.sla.policy.policy_history import PolicyHistory
from domain.text_folding import fold_name
from domain.workforce.definition import AgentDefinition, Workforce
from domain.workforce.load import Load
from domain.workforce.working_time import working_seconds
from projections.load.open_work import OpenWork


class LoadRow(NamedTuple):
    """What an agent, or a team, holds and can hold. ``agent`` is None of a team, and of the tickets of nobody."""

    team: str | None
    agent: str | None
    load: Load
    late: int
    due_today: int
    unexpected: int
    agents: int


def agent_loads(
    workforce: Workforce, work: Sequence[OpenWork], policy_history: PolicyHistory, now: datetime, until: datetime
) -> list[LoadRow]:
    """A row for each agent of the workforce, for each other holder of an open ticket, and for the tickets of nobody.

    The team of an agent is that of the workforce. The working time of an agent that it does not name is unknown.
    """
    known = {fold_name(agent.name): agent for agent in workforce.agents}
    held = _by_key((each.agent_key, each) for each in work)
    members = _members(known)
    rows = []
    for key in dict.fromkeys((*known, *held)):
        agent, of_agent = known.get(key or ""), held.get(key, [])
        team = None if agent is None or agent.team is None else fold_name(agent.team)
        mates = [_tickets(held.get(mate, ())) for mate in members.get(team, ())] if team else []
        if agent is None:
            load = Load(_tickets(of_agent), _expected(of_agent), None, None, mates)
            rows.append(
                _row(None, min((each.agent for each in of_agent if each.agent), default=None), load, of_agent, 1)
            )
        else:
            left = working_seconds(policy_history, agent.calendar, now, until)
            load = Load(_tickets(of_agent), _expected(of_agent), left, agent.capacity, mates)
            rows.append(_row(agent.team, agent.name, load, of_agent, 1))
    return _in_order(rows)


def team_loads(
    workforce: Workforce, work: Sequence[OpenWork], policy_history: PolicyHistory, now: datetime, until: datetime
) -> list[LoadRow]:
    """A row for each team of the workforce, for each other team with an open ticket, and for the tickets of no team.

    The working time left and the capacity are the sums over its agents. The capacity is not known where that of one of
    them is not.
    """
    known = {fold_name(team.name): team.name for team in workforce.teams}
    agents = {fold_name(agent.name): agent for agent in workforce.agents}
    members = _members(agents)
    held = _by_key((each.team_key, each) for each in work)
    rows = []
    for key in dict.fromkeys((*known, *held)):
        of_team = [agents[member] for member in members.get(key, ())]
        capacities = [agent.capacity for agent in of_team]
        left = [working_seconds(policy_history, agent.calendar, now, until) for agent in of_team]
        name = known.get(key or "") or min((each.team for each in held[key] if each.team), default=None)
        whole = sum(capacity for capacity in capacities if capacity is not None)
        work_of_team = held.get(key, [])
        load = Load(
            _tickets(work_of_team),
            _expected(work_of_team),
            sum(left) if of_team else None,
            whole if of_team and None not in capacities else None,
            [],
        )
        rows.append(_row(name, None, load, work_of_team, len(of_team)))
    return _in_order(rows)


def _row(team: str | None, agent: str | None, load: Load, work: Sequence[OpenWork], agents: int) -> LoadRow:
    late, due_today = sum(each.late for each in work), sum(each.due_today for each in work)
    return LoadRow(team, agent, load, late, due_today, sum(each.unexpected for each in work), agents)


def _expected(work: Iterable[OpenWork]) -> float:
    return sum(each.expected_effort for each in work)


def _tickets(work: Iterable[OpenWork]) -> int:
    return sum(each.tickets for each in work)


def _by_key(keyed: Iterable[tuple[str | None, OpenWork]]) -> Mapping[str | None, list[OpenWork]]:
    by_key: defaultdict[str | None, list[OpenWork]] = defaultdict(list)
    for key, work in keyed:
        by_key[key].append(work)
    return dict(by_key)


def _members(agents: Mapping[str, AgentDefinition]) -> Mapping[str | None, list[str]]:
    """The folded names of the agents of each team, by its folded name."""
    members: defaultdict[str | None, list[str]] = defaultdict(list)
    for key, agent in agents.items():
        if agent.team is not None:
            members[fold_name(agent.team)].append(key)
    return members


def _in_order(rows: list[LoadRow]) -> list[LoadRow]:
    """Those without a load first, the others by falling load."""
    return sorted(
        rows,
        key=lambda row: (row.load.value is not None, -(row.load.value or 0), row.team or "", row.agent or ""),
    )
