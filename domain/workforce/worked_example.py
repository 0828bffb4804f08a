"""A worked example of a workforce: a team's time with a ticket, or what an agent holds, and the expected answer."""

from typing import Literal, Self

from pydantic import model_validator

from domain.messages import Message, Word
from domain.sla.calendar.microseconds import SECOND
from domain.sla.policy.policy import Seconds
from domain.text_by_language import Title
from domain.workforce.definition import Workforce
from domain.workforce.load import Load, OverloadRule
from domain.workforce.team_rules import TeamRules


class WorkforceExample(Message):
    """Either ``team`` held a ticket of ``priority`` for ``elapsed`` seconds of its calendar, and ``verdict`` is
    expected; or ``agent`` holds ``tickets``, and ``overloaded`` names every rule that is expected to hold.

    ``verdict`` none: the team has no target. ``team_tickets`` are those of each agent of the team.
    """

    name: Title
    team: Word | None = None
    priority: Word | None = None
    elapsed: Seconds | None = None
    verdict: Literal["met", "breached", "none"] | None = None
    agent: Word | None = None
    tickets: int = 0
    expected_effort: Seconds | None = None
    working_time_left: Seconds | None = None
    team_tickets: tuple[int, ...] = ()
    overloaded: tuple[OverloadRule, ...] = ()

    @model_validator(mode="after")
    def _of_a_team_or_of_an_agent(self) -> Self:
        if (self.team is None) == (self.agent is None):
            raise ValueError("an example is of a team or of an agent: name one of them")
        if self.team is not None and (self.elapsed is None or self.verdict is None):
            raise ValueError("an example of a team has `elapsed` and `verdict`")
        return self

    def differences(self, body: Workforce) -> list[str]:
        """Where the answer differs from the expected one."""
        return self._of_team(body, self.team) if self.team is not None else self._of_agent(body, self.agent or "")

    def _of_team(self, body: Workforce, team: str) -> list[str]:
        target = TeamRules(1, 0, 0, body).of(team).target_of(self.priority)
        elapsed = (self.elapsed or 0) * SECOND
        verdict = "none" if target is None else "breached" if elapsed > target else "met"
        return [] if verdict == self.verdict else [f"the verdict is {verdict}, not {self.verdict}"]

    def _of_agent(self, body: Workforce, name: str) -> list[str]:
        agent = body.agent(name)
        if agent is None:
            return [f"the agent {name!r} is not one of the agents"]
        load = Load(self.tickets, self.expected_effort or 0, self.working_time_left, agent.capacity, self.team_tickets)
        rules = load.overloaded_by
        if set(rules) == set(self.overloaded):
            return []
        return [f"the rules that hold are {', '.join(rules) or 'none'}, not {', '.join(self.overloaded) or 'none'}"]
