"""The states of customers and contracts are kept and read back as they are."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.command_handling.decide import EMPTY, fold
from domain.command_handling.state_snapshots import folded_from, snapshot_of
from domain.envelope import RecordedEvent
from tests.support.fact_histories import contract_histories, fact_histories

STREAM = UUID(int=5)


@given(fact_histories(STREAM) | contract_histories(STREAM), st.integers(0, 12))
def test_a_history_goes_on_from_its_snapshot_as_if_it_had_been_folded_whole(
    whole: list[RecordedEvent], cut: int
) -> None:
    first, rest = whole[:cut], whole[cut:]
    kept = folded_from(snapshot_of(STREAM, fold(EMPTY, first))) if first else EMPTY
    assert fold(kept, rest) == fold(EMPTY, whole)
