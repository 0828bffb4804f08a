"""Pauses between attempts grow and shrink within their bounds, and spread out."""

from hypothesis import given
from hypothesis import strategies as st

from domain.backoff import Backoff, Pauses

PAUSES = Pauses(shortest=1.0, longest=8.0)


def whole(backoff: Backoff) -> float:
    """The longest pause that jitter may leave."""
    return max(backoff.pause for _ in range(400))


def test_each_failure_doubles_the_pause_up_to_the_longest() -> None:
    backoff = Backoff(PAUSES)
    grown = []
    for _ in range(6):
        grown.append(round(whole(backoff)))
        backoff.failed()
    assert grown == [1, 2, 4, 8, 8, 8]


def test_a_success_halves_the_pause_and_does_not_end_it() -> None:
    backoff = Backoff(PAUSES)
    for _ in range(9):
        backoff.failed()
    shrunk = []
    for _ in range(5):
        shrunk.append(round(whole(backoff)))
        backoff.succeeded()
    assert shrunk == [8, 4, 2, 1, 1]


@given(st.lists(st.booleans(), max_size=50))
def test_every_pause_is_between_half_the_shortest_and_the_longest(successes: list[bool]) -> None:
    backoff = Backoff(PAUSES)
    for success in successes:
        if success:
            backoff.succeeded()
        else:
            assert 0.5 <= backoff.failed() <= 8.0
        assert 0.5 <= backoff.pause <= 8.0


def test_two_callers_that_fail_together_do_not_try_again_together() -> None:
    pauses = {Backoff(PAUSES).failed() for _ in range(20)}
    assert len(pauses) > 1
    assert all(0.5 <= pause <= 1.0 for pause in pauses)
