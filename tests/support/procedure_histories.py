"""Histories of procedures that hypothesis draws: a start, then anything in any order."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.procedure import events as e
from tests.support.events import CUSTOMER, START, TICKET, Fact, history

_steps = st.sampled_from(["call", "decide", "wait"])
_hours = st.integers(0, 30)
_due = st.none() | _hours.map(lambda hour: START + timedelta(hours=hour))
_ENDS = {"procedure": "care", "subject": TICKET, "subject_kind": "ticket", "customer_id": CUSTOMER}
_LATER: st.SearchStrategy[Event] = st.one_of(
    st.builds(
        e.StepOpened,
        step=_steps,
        kind=st.sampled_from(["task", "wait", "decide"]),
        title=st.just("Bước"),
        title_en=st.sampled_from([None, "Step"]),
        team=st.sampled_from([None, "Care"]),
        agent=st.sampled_from([None, "lan"]),
        due_at=_due,
    ),
    st.builds(e.StepDone, step=_steps, result=st.sampled_from([None, "ok"]), details=st.just({"owner": "an"})),
    st.builds(e.StepSkipped, step=_steps),
    st.builds(e.StepOverdue, step=_steps, due_at=st.just(START)),
    st.builds(e.ProcedureMigrated, version=st.integers(1, 3)),
)
_LAST: st.SearchStrategy[list[Event]] = st.sampled_from(
    [[], [e.ProcedureCompleted(**_ENDS, outcome="good")], [e.ProcedureAbandoned(**_ENDS)]]  # type: ignore[arg-type]  # fields of both
)


@st.composite
def procedure_histories(draw: st.DrawFn, stream: UUID, max_size: int = 10) -> list[RecordedEvent]:
    """One procedure."""
    started = e.ProcedureStarted(
        procedure="care", version=1, subject=TICKET, subject_kind="ticket", customer_id=CUSTOMER
    )
    later: Sequence[tuple[int, Event]] = draw(st.lists(st.tuples(_hours, _LATER), max_size=max_size))
    hours = sorted(hour for hour, _ in later)
    facts = [Fact(START, started)]
    facts += [Fact(START + timedelta(hours=hour), event) for hour, (_, event) in zip(hours, later, strict=True)]
    facts += [Fact(START + timedelta(hours=31), event) for event in draw(_LAST)]
    return history(*facts, ticket=stream)
