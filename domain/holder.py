"""To whom work is assigned: a team, an agent, or an agent of a team."""

from typing import NamedTuple, Self

from pydantic import model_validator

from domain.messages import Command, Word
from domain.text_folding import same_name


class AssignToHolder(Command):
    """Names a team, an agent, or an agent of a team."""

    team: Word | None = None
    agent: Word | None = None

    @model_validator(mode="after")
    def _to_somebody(self) -> Self:
        if self.team is None and self.agent is None:
            raise ValueError("give a team, an agent or both")
        return self


class Holder(NamedTuple):
    """The team and the agent that hold work; None: none."""

    team: str | None
    agent: str | None

    def after(self, command: AssignToHolder) -> "Holder | None":
        """Who holds the work after an assignment: a new team without an agent clears the agent.

        None when they hold it already, in whatever spelling.
        """
        team = command.team if command.team is not None else self.team
        same_team = same_name(team, self.team)
        agent = command.agent if command.agent is not None else (self.agent if same_team else None)
        return None if same_team and same_name(agent, self.agent) else Holder(team, agent)
