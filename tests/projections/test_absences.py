"""The absences of agents are rows that say what decisions see at each instant."""

from datetime import datetime

import pytest

from domain.availability import events as e
from domain.availability.state import Availability, evolve
from projections.availability.table import AVAILABILITY, AgentAbsence
from tests.support.events import Fact, at, history, instant
from tests.support.folded import rows_of

AWAY, BACK = e.AgentAway(agent="Lan  Anh"), e.AgentBecameAvailable(agent="Lan  Anh")
CALL, END = e.CallBegan(agent="Lan  Anh"), e.CallEnded(agent="Lan  Anh")


def away_until(minute: int) -> e.AgentAway:
    return e.AgentAway(agent="Lan  Anh", until=instant(minute))


def absences(*facts: Fact) -> list[AgentAbsence]:
    return rows_of(AgentAbsence, AVAILABILITY, history(*facts))


def spans(*facts: Fact) -> list[tuple[str, datetime, datetime | None]]:
    return sorted((row.why, row.began_at, row.ended_at) for row in absences(*facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ([at(1, AWAY)], [("away", 1, None)]),
        ([at(1, AWAY), at(5, BACK)], [("away", 1, 5)]),
        ([at(1, away_until(9)), at(5, BACK)], [("away", 1, 5)]),
        ([at(1, away_until(3)), at(5, BACK)], [("away", 1, 3)]),
        ([at(1, away_until(3)), at(5, AWAY)], [("away", 1, 3), ("away", 5, None)]),
        ([at(1, AWAY), at(1, BACK)], []),
        ([at(0, BACK), at(1, CALL), at(4, END)], [("in_call", 1, 4)]),
        ([at(1, CALL), at(2, CALL), at(4, END)], [("in_call", 1, 4)]),
        ([at(1, AWAY), at(2, CALL), at(4, END), at(6, BACK)], [("away", 1, 6), ("in_call", 2, 4)]),
        ([at(1, END), at(2, CALL)], [("in_call", 2, None)]),
    ],
)
def test_an_absence_lasts_until_it_ends_by_itself_or_is_ended(
    facts: list[Fact], expected: list[tuple[str, int, int | None]]
) -> None:
    minutes = [(why, instant(began), None if ended is None else instant(ended)) for why, began, ended in expected]
    assert spans(*facts) == minutes


def test_at_every_instant_the_rows_and_the_decider_agree() -> None:
    facts = [
        *(at(1, away_until(4)), at(2, CALL), at(6, END), at(7, AWAY), at(9, away_until(12)), at(11, CALL)),
        *(at(13, END), at(14, AWAY), at(15, BACK)),
    ]
    rows = absences(*facts)
    for minute in range(18):
        now, availability = instant(minute), Availability()
        for fact in facts:
            if fact.occurred_at <= now:
                availability = evolve(availability, fact.payload, fact.occurred_at)  # type: ignore[arg-type]  # all of an agent
        lasting = {row.why for row in rows if row.began_at <= now and (row.ended_at is None or now < row.ended_at)}
        assert (availability.absence(now) is None) == (not lasting), minute
        assert availability.in_call == ("in_call" in lasting), minute


def test_a_row_names_the_agent_as_written_and_as_compared_and_the_event_that_began_it() -> None:
    (row,) = absences(at(0, BACK), at(1, AWAY))
    assert (row.agent, row.agent_key, row.version) == ("Lan  Anh", "Lan Anh", 2)
