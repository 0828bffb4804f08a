"""The teams of a simulated desk."""

import re
from datetime import date

import pytest

from api.simulation.workforce import own_definitions
from domain.definitions.shipped import kinds_shipped, shipped_files
from domain.workforce.definition import Workforce


@pytest.mark.parametrize("kind", kinds_shipped())
def test_each_team_that_shipped_definitions_give_work_has_agents(kind: str) -> None:
    workforce = Workforce.model_validate(own_definitions(date(2026, 3, 2))[0][1].body)
    staffed = {team for agent in workforce.agents for team in (agent.team, *agent.teams)}
    named = {team for text in shipped_files(kind).values() for team in re.findall('"team:([^"]+)"', text)}
    assert named
    assert named <= staffed
