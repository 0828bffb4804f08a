"""Rulebooks of published events: one for the same events, as many as are kept."""

from domain.envelope import RecordedEvent
from domain.sla.policy.events import PolicyPublished
from domain.sla.policy.policy_history import DEFAULT_RULEBOOK
from domain.sla.policy.published import RULEBOOKS, Rulebooks, rulebook_of
from tests.support.clock_answers import policy
from tests.support.events import START, Fact, history


def published(hours: int) -> list[RecordedEvent]:
    rules = policy([{"resolution": f"{hours}h"}])
    (event,) = history(Fact(START, PolicyPublished(version=1, effective_from=START, policy=rules)))
    renamed = event.envelope.model_copy(update={"event_id": f"policy of {hours} hours"})
    return [event._replace(envelope=renamed)]


def test_the_same_events_give_the_same_rulebook_while_it_is_kept() -> None:
    rulebooks = Rulebooks(most=2)
    first, second = rulebooks.of(published(1)), rulebooks.of(published(2))
    assert rulebooks.of(published(1)) is first
    rulebooks.of(published(3))
    assert rulebooks.of(published(1)) is first, "used after the second, so the second went"
    assert rulebooks.of(published(2)) is not second


def test_nothing_published_is_the_default_policy() -> None:
    assert Rulebooks().of([]) is rulebook_of([]) is DEFAULT_RULEBOOK


def test_a_process_keeps_rulebooks_in_one_object() -> None:
    assert rulebook_of(published(4)) is RULEBOOKS.of(published(4))
