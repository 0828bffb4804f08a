"""The steps of a ticket's history: made once for each timeline, in world order, with the rule states beside them."""

from domain.ticket import events as e
from domain.ticket.timeline import StreamTimeline, life_of, rule_states
from tests.support.events import at, history, received, resolved

LATE = history(
    at(0, received()),
    at(30, resolved()),
    at(10, e.TicketPutOnHold(waiting_for="customer"), recorded=40),
)
IN_TIME = history(at(0, received()), at(10, e.TicketPutOnHold(waiting_for="customer")), at(30, resolved()))


def test_a_timeline_makes_its_steps_and_rule_states_once() -> None:
    timeline = StreamTimeline(LATE)
    assert timeline.steps is timeline.steps
    assert timeline.rule_states is timeline.rule_states
    assert StreamTimeline(LATE).steps is not timeline.steps, "another timeline makes its own"


def test_the_steps_stand_in_world_order_and_the_rule_states_in_recorded_order() -> None:
    timeline = StreamTimeline(LATE)
    assert [step.event.version for step in timeline.steps] == [1, 3, 2]
    assert [step.after.state for step in timeline.steps] == ["received", "waiting", "resolved"]
    assert [step.crossing for step in timeline.steps] == ["received", None, "resolved"]
    assert [state.state for state in timeline.rule_states] == ["received", "resolved", "waiting"]


def test_without_a_late_fact_the_rule_states_are_those_of_the_steps() -> None:
    timeline = StreamTimeline(IN_TIME)
    assert list(timeline.rule_states) == [step.after for step in timeline.steps]
    assert (timeline.steps, timeline.rule_states) == (life_of(IN_TIME), rule_states(IN_TIME))


def test_a_history_without_a_receipt_has_no_steps() -> None:
    timeline = StreamTimeline(IN_TIME[1:])
    assert timeline.steps == []
    assert len(timeline.rule_states) == len(IN_TIME) - 1
