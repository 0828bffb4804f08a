"""Policy histories of published events: one for the same events, and a bounded number of them."""

from domain.envelope import RecordedEvent
from domain.sla.policy.events import PolicyPublished
from domain.sla.policy.kept_histories import KeptHistories
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY
from domain.sla.policy.published import made_policy_history, policy_history_of
from tests.support.clock_answers import policy
from tests.support.events import START, Fact, history


def published(hours: int) -> list[RecordedEvent]:
    rules = policy([{"resolution": f"{hours}h"}])
    (event,) = history(Fact(START, PolicyPublished(version=1, effective_from=START, policy=rules)))
    renamed = event.envelope.model_copy(update={"event_id": f"policy of {hours} hours"})
    return [event._replace(envelope=renamed)]


def test_the_same_events_give_the_same_policy_history_while_it_is_kept() -> None:
    histories = KeptHistories(made_policy_history, most=2)
    first, second = histories.of(published(1)), histories.of(published(2))
    assert histories.of(published(1)) is first
    histories.of(published(3))
    assert histories.of(published(1)) is first, "used after the second, so the second went"
    assert histories.of(published(2)) is not second


def test_nothing_published_is_the_default_policy() -> None:
    assert made_policy_history([]) is policy_history_of([]) is DEFAULT_POLICY_HISTORY


def test_a_process_keeps_policy_histories() -> None:
    assert policy_history_of(published(4)) is policy_history_of(published(4))
