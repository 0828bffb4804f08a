"""The roster: the agents of each team at an instant, with their absences, what they hold, and when that changes."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from psycopg import Connection

from domain.availability.state import Absence
from domain.days import day_after
from domain.definitions.kinds import WORKFORCE
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.envelope import BEHIND_ALL
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.local_time import midnight
from domain.routing.choose import AgentCandidate, Held, absent
from domain.routing.definition import Routing
from domain.sla.calendar.business_time import BusinessTime
from domain.sla.calendar.interval_index import covered
from domain.sla.calendar.microseconds import SECOND, from_microseconds
from domain.sla.clock.intervals import if_covered
from domain.sla.policy.policy_history import PolicyHistory
from domain.sla.policy.published import policy_history_of
from domain.text_folding import fold_name
from domain.workforce.definition import AgentDefinition, TeamDefinition, Workforce
from domain.zones import TimeZone, zone_named

SQL = sql_file("projections.assignments", "assignments.sql")


class AbsenceNow(NamedTuple):
    """An absence that was said, and when it ends by itself."""

    why: Absence
    until: datetime | None


class Calendars:
    """The calendars in the versions that are in effect at an instant."""

    def __init__(self, policy_history: PolicyHistory, at: datetime) -> None:
        self._policy_history = policy_history
        self._at = covered(at)

    def of(self, name: str) -> BusinessTime:
        """The calendar of a name."""
        return self._policy_history.calendar(fold_name(name), self._at, BEHIND_ALL).time


class Roster:
    """Who can take work at ``at``. ``take`` counts what is given to an agent since the rows were read.

    ``candidates``, ``left_at`` (when the last day was or will be over) and ``absences`` (those that were said, also of
    agents who are off shift) are by the folded name of the agent.
    ``language`` is the tenant's, for customers of whom no other is known. ``next_change`` is when the next absence ends
    by itself or the next shift begins; None: not known.
    """

    def __init__(
        self,
        workforce: Workforce,
        routing: Routing,
        calendars: Calendars,
        candidates: Mapping[str, AgentCandidate],
        left_at: Mapping[str, datetime],
        absences: Mapping[str, AbsenceNow],
        at: datetime,
        *,
        language: str = "vi",
        next_change: datetime | None = None,
    ) -> None:
        self.at = at
        self.language = language
        self.next_change = next_change
        self._calendars = calendars
        self._weights = weights_of(routing)
        self._teams = {fold_name(team.name): team for team in workforce.teams}
        self._agents = {fold_name(agent.name): agent for agent in workforce.agents}
        self._candidates = dict(candidates)
        self._left_at = left_at
        self._absences = absences
        self._members: defaultdict[str, list[str]] = defaultdict(list)
        for key, agent in self._agents.items():
            for team in agent.team_keys:
                self._members[team].append(key)

    def candidates(self, team: str) -> list[AgentCandidate]:
        """The members of a team as they are now."""
        return [self._candidates[key] for key in self._members.get(fold_name(team), ())]

    def all_candidates(self) -> list[tuple[AgentCandidate, AgentDefinition]]:
        """Every agent of the workforce."""
        return [(candidate, self._agents[key]) for key, candidate in self._candidates.items()]

    def absence(self, agent: str) -> AbsenceNow | None:
        """What was said of an agent, by the folded name; it stands also off shift."""
        return self._absences.get(agent)

    def team(self, name: str) -> TeamDefinition | None:
        """The definition of a team; None when the workforce does not name it."""
        return self._teams.get(fold_name(name))

    def weight(self, channel: str) -> int | None:
        """How many per cent of a capacity a ticket of a channel takes; None: it counts as one ticket."""
        return self._weights.get(fold_name(channel))

    def take(self, agent: str, channel: str) -> None:
        """Counts one more ticket that routing gives now to an agent, by the folded name."""
        candidate = self._candidates.get(agent)
        if candidate is not None:
            held = candidate.held.plus(self.weight(channel))
            self._candidates[agent] = candidate._replace(held=held, routed_at=self.at)

    @property
    def absentees(self) -> list[str]:
        """The folded names of the agents who take no new work now."""
        return [key for key, candidate in self._candidates.items() if candidate.absent is not None]

    @property
    def leavers(self) -> dict[str, datetime]:
        """When those who have left did so, by the folded name."""
        return {key: left_at for key, left_at in self._left_at.items() if left_at <= self.at}

    def was_off_shift(self, agent: str, at: datetime) -> bool:
        """Whether an agent of the workforce was off shift at an instant."""
        return not self._calendars.of(self._agents[agent].calendar).is_open_us(covered(at))

    def waited(self, team: str, since: datetime) -> int:
        """The working seconds of a team since an instant; of an unknown team all seconds count."""
        definition = self.team(team)
        start, end = covered(since), covered(self.at)
        if definition is None:
            return max(end - start, 0) // SECOND
        return self._calendars.of(definition.calendar).elapsed_us(min(start, end), end) // SECOND


def roster_at(connection: Connection, tenant: str, routing: Routing, at: datetime) -> Roster:
    """The roster at an instant, by the rows and by the definitions that are known now."""
    up_to = reader.head(connection, tenant)
    definitions = reader.definitions(connection, tenant, up_to)
    workforce = definition_in_effect(definitions, WORKFORCE, at).body
    settings = settings_in_effect(definitions, at)
    calendars = Calendars(policy_history_of(reader.rules(connection, tenant, up_to)), at)
    zone = zone_named(settings.zone)
    left_at = {fold_name(agent.name): left for agent in workforce.agents if (left := _left_at(agent, zone)) is not None}
    absences = _absences(connection, tenant, at)
    held = _held(routing, connection.execute(SQL["held"].of(tenant)))
    routed = _routed(connection, tenant, workforce)
    candidates = {}
    for agent in workforce.agents:
        key = fold_name(agent.name)
        absence = absences[key].why if key in absences else None
        why_not = absent(calendars.of(agent.calendar), absence, left_at.get(key), at)
        load = held.get(key, Held())
        candidates[key] = AgentCandidate(
            agent.name, key, agent.skill_keys, why_not, agent.capacity, load, routed.get(key)
        )
    return Roster(
        workforce,
        routing,
        calendars,
        candidates,
        left_at,
        absences,
        at,
        language=settings.language,
        next_change=_next_change(workforce, calendars, absences, at),
    )


def weights_of(routing: Routing) -> Mapping[str, int]:
    """The weights by the folded channel."""
    return {fold_name(channel): weight for channel, weight in routing.weights.items()}


def _absences(connection: Connection, tenant: str, at: datetime) -> dict[str, AbsenceNow]:
    rows = connection.execute(SQL["absences"].of(tenant), {"now": at})
    return {agent: AbsenceNow(why, until) for agent, why, until in rows}


def _routed(connection: Connection, tenant: str, workforce: Workforce) -> dict[str, datetime]:
    agents = [fold_name(agent.name) for agent in workforce.agents]
    rows = connection.execute(SQL["routed"].of(tenant), {"agents": agents})
    return {agent: last for agent, last in rows if last is not None}


def _held(routing: Routing, rows: Iterable[tuple[str, str, int]]) -> dict[str, Held]:
    """What each agent holds, from counts by channel."""
    weights = weights_of(routing)
    held: dict[str, Held] = {}
    for agent, channel, count in rows:
        percent, tickets = held.get(agent, Held())
        weight = weights.get(fold_name(channel))
        held[agent] = Held(percent, tickets + count) if weight is None else Held(percent + weight * count, tickets)
    return held


def _left_at(agent: AgentDefinition, zone: TimeZone) -> datetime | None:
    """The instant at which the day after the last one begins."""
    if agent.last_day is None:
        return None
    return midnight(day_after(agent.last_day), zone)


def _next_change(
    workforce: Workforce, calendars: Calendars, absences: Mapping[str, AbsenceNow], at: datetime
) -> datetime | None:
    """When the next absence ends by itself, or the next shift begins."""
    changes = [absence.until for absence in absences.values() if absence.until is not None]
    for name in {fold_name(agent.calendar) for agent in workforce.agents}:
        opening = if_covered(calendars.of(name).next_opening_us, covered(at))
        changes += [] if opening is None else [from_microseconds(opening)]
    return min((change for change in changes if change > at), default=None)
