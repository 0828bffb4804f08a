"""The definition of the workforce: teams with their targets, agents with their working hours and capacities."""

from collections import Counter
from collections.abc import Iterable
from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.messages import Day, Message, WaitingFor, Word
from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.policy.policy import Seconds
from domain.text_folding import fold_code, fold_name

PAUSES: tuple[WaitingFor, ...] = ("customer", "third_party")
"""The waits that a team does not answer for, where its definition says nothing else."""
MOST_AGENTS, MOST_TEAMS = 10_000, 1_000


class TeamDefinition(Message):
    """How long a team may hold a ticket, in seconds of ``calendar`` without the waits for one of ``pauses``.

    ``targets`` holds the target of each priority, ``target`` that of every other one; None: it has none. ``lead`` is
    told of tickets that nobody can take.
    """

    name: Word
    calendar: Word = AROUND_THE_CLOCK.name
    pauses: tuple[WaitingFor, ...] = PAUSES
    target: Seconds | None = None
    targets: dict[Word, Seconds] = Field(default_factory=dict)
    lead: Word | None = None

    @model_validator(mode="after")
    def _each_priority_once(self) -> Self:
        _refuse_repeated("targets", self.targets)
        return self


class AgentDefinition(Message):
    """An agent works in the open time of ``calendar`` and holds at most ``capacity`` open tickets; None: any number.

    ``team`` is the main team, in which figures count the agent; routing also gives tickets of the other ``teams``.
    ``addresses`` holds a handle for each channel. ``last_day`` is the last local day on which the agent gets work.
    """

    name: Word
    team: Word | None = None
    calendar: Word = AROUND_THE_CLOCK.name
    capacity: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None
    teams: Annotated[tuple[Word, ...], Field(max_length=50)] = ()
    skills: Annotated[tuple[Word, ...], Field(max_length=100)] = ()
    addresses: Annotated[dict[Word, Word], Field(max_length=20)] = Field(default_factory=dict)
    last_day: Day | None = None

    @property
    def team_keys(self) -> frozenset[str]:
        """The folded names of all teams of the agent."""
        return frozenset(map(fold_name, self.teams if self.team is None else (self.team, *self.teams)))

    @property
    def skill_keys(self) -> frozenset[str]:
        """The folded skills."""
        return frozenset(map(fold_code, self.skills))


class Workforce(Message):
    """The teams and the agents of a tenant. Names are compared folded."""

    teams: Annotated[tuple[TeamDefinition, ...], Field(max_length=MOST_TEAMS)] = ()
    agents: Annotated[tuple[AgentDefinition, ...], Field(max_length=MOST_AGENTS)] = ()

    @model_validator(mode="after")
    def _must_be_consistent(self) -> Self:
        _refuse_repeated("teams", (team.name for team in self.teams))
        _refuse_repeated("agents", (agent.name for agent in self.agents))
        teams = {fold_name(team.name) for team in self.teams}
        for agent in self.agents:
            for team in agent.teams if agent.team is None else (agent.team, *agent.teams):
                if fold_name(team) not in teams:
                    raise ValueError(f"agents: the team {team!r} of {agent.name!r} is not one of the teams")
        return self

    @property
    def calendars(self) -> frozenset[str]:
        """The folded names of the calendars that it counts on."""
        named = [*(team.calendar for team in self.teams), *(agent.calendar for agent in self.agents)]
        return frozenset(map(fold_name, named))

    def lead_of(self, team: str) -> str | None:
        """The lead of a team by its name; None when there is no such team, or it has none."""
        key = fold_name(team)
        return next((each.lead for each in self.teams if fold_name(each.name) == key), None)

    def agent(self, name: str) -> AgentDefinition | None:
        """The agent of a name; None when there is none."""
        key = fold_name(name)
        return next((agent for agent in self.agents if fold_name(agent.name) == key), None)


def _refuse_repeated(where: str, names: Iterable[str]) -> None:
    for name, count in Counter(map(fold_name, names)).items():
        if count > 1:
            raise ValueError(f"{where}: {name!r} stands in it twice")
