"""Who holds work after an assignment."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from domain.holder import AssignToHolder, Holder
from domain.text_folding import same_name

NAMES = st.sampled_from(["an", "bình", "bình minh", "bình  minh"])
HOLDERS = st.builds(Holder, st.none() | NAMES, st.none() | NAMES)
ASSIGNMENTS = st.builds(AssignToHolder, team=NAMES, agent=st.none() | NAMES) | st.builds(AssignToHolder, agent=NAMES)


@given(HOLDERS, ASSIGNMENTS)
def test_what_an_assignment_names_holds_and_the_same_again_changes_nothing(
    holder: Holder, assignment: AssignToHolder
) -> None:
    after = holder.after(assignment) or holder
    assert assignment.team is None or same_name(after.team, assignment.team)
    assert assignment.agent is None or same_name(after.agent, assignment.agent)
    assert after.after(assignment) is None


def test_a_new_team_without_an_agent_clears_the_agent() -> None:
    assert Holder("care", "an").after(AssignToHolder(team="sales")) == Holder("sales", None)


def test_the_same_team_in_another_spelling_keeps_the_agent() -> None:
    assert Holder("Care desk", "an").after(AssignToHolder(team="Care  desk")) is None


def test_an_agent_alone_stays_in_the_team() -> None:
    assert Holder("care", None).after(AssignToHolder(agent="an")) == Holder("care", "an")


def test_an_assignment_names_somebody() -> None:
    with pytest.raises(ValidationError, match="a team, an agent or both"):
        AssignToHolder()
