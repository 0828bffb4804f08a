"""Arbitrary commands to procedures: only a refusal escapes, and what is recorded always folds."""

from datetime import datetime
from typing import Any, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from domain.command_handling.decide import EMPTY, fold
from domain.messages import Command
from domain.procedure import commands as c
from domain.procedure import events as e
from domain.procedure.claim import claim_stream
from domain.refusal import Refusal
from tests.support.arbitrary import messages
from tests.support.events import TICKET
from tests.support.examples import examples
from tests.support.procedures import INSTANCE, OTHER_INSTANCE, Desk, local

STEPS = ["register", "acknowledge", "assess", "investigate", "proposal", "accepted", "close", "root-cause", "unknown"]
DETAILS = ["remedy", "product", "severity", "safety", "vulnerable", "decision", "root_cause", "improvement", "owner"]
_details = st.dictionaries(st.sampled_from(DETAILS), st.sampled_from(["a", "b"]), max_size=9)
_steps = st.sampled_from(STEPS)
LIKELY: st.SearchStrategy[Command] = st.one_of(
    st.builds(c.CompleteStep, step=_steps, details=_details, event=st.sampled_from([None, "e-1"])),
    st.builds(c.SkipStep, step=_steps, reason=st.just("r")),
    st.builds(c.AnswerDecision, step=_steps, answer=st.sampled_from(["accepted", "REFUSED", "later"])),
    st.builds(c.MigrateProcedure, version=st.integers(1, 3)),
    st.just(c.AbandonProcedure(reason="r")),
    st.builds(
        c.StartProcedure, procedure=st.just("complaint"), subject=st.just(TICKET), subject_kind=st.just("ticket")
    ),
)
ARBITRARY = messages([c.StartProcedure, *get_args(c.StepCommand)])


@settings(max_examples=examples(240))
@given(st.lists(st.tuples(LIKELY | ARBITRARY, st.booleans(), st.integers(0, 60)), max_size=25))
def test_only_a_refusal_escapes_and_one_procedure_runs_at_a_time(given_: list[tuple[Command, bool, int]]) -> None:
    desk = Desk()
    desk.publish_shipped("complaint")
    desk.publish_shipped("complaint", calendar="Office")
    at = local("2026-03-02")
    for command, first, hours in given_:
        at = _later(at, hours)
        _try(desk, command, INSTANCE if first else OTHER_INSTANCE, at)
        running = [
            instance
            for instance in (INSTANCE, OTHER_INSTANCE)
            if instance in desk.states and desk.procedure(instance).state == "running"
        ]
        claimed = desk.states.get(claim_stream("complaint", TICKET), EMPTY).state
        assert running == ([claimed.running] if claimed and claimed.running else [])
    for instance in {INSTANCE, OTHER_INSTANCE} & desk.states.keys():
        history = desk.history(instance)
        assert fold(EMPTY, history) == desk.states[instance]
        _must_be_sound(history)


def _try(desk: Desk, command: Command, instance: Any, at: datetime) -> None:
    try:
        if instance in desk.states:
            desk.wait(at, instance)
        desk.give(instance, command, at)
    except Refusal:
        pass


def _later(at: datetime, hours: int) -> datetime:
    return datetime.fromtimestamp(at.timestamp() + hours * 3_600, at.tzinfo)


def _must_be_sound(history: Any) -> None:
    """A step opens once and ends once, and nothing but the end stands behind the end."""
    opened = [event.payload.step for event in history if isinstance(event.payload, e.StepOpened)]
    ended = [event.payload.step for event in history if isinstance(event.payload, e.StepDone | e.StepSkipped)]
    assert len(set(opened)) == len(opened)
    assert len(set(ended)) == len(ended)
    assert set(ended) <= set(opened)
    ends = [
        n for n, event in enumerate(history) if isinstance(event.payload, e.ProcedureCompleted | e.ProcedureAbandoned)
    ]
    assert ends in ([], [len(history) - 1])
