"""The rows of procedures agree with what decisions see, and their figures with a count by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from statistics import median
from uuid import UUID

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.procedure import events as e
from domain.procedure.state import Procedure, evolve
from domain.zones import UTC_ZONE
from projections.engine.projection import NO_INPUTS
from projections.engine.stream import Stream
from projections.figures.dimensions import READ_FOR_CUSTOMERS
from projections.figures.figure import FigureRow
from projections.procedures.queries import ProcedureFilter, one_procedure, procedures, running_for
from projections.procedures.table import PROCEDURES, ProcedureRow, StoredStep
from tests.support.customers_by_example import ask
from tests.support.events import CUSTOMER, START, TICKET, Fact, history
from tests.support.figure_answers import rows_of_figure
from tests.support.filled import SCHEMA, add, filled
from tests.support.folded import rows_of
from tests.support.procedure_histories import procedure_histories

HOUR = timedelta(hours=1)
STREAMS = [UUID(int=number) for number in range(601, 604)]
HISTORIES = st.tuples(*map(procedure_histories, STREAMS)).map(list)


@pytest.fixture
def tables(database_url: str) -> Iterator[psycopg.Connection]:
    with filled(database_url, [PROCEDURES, *READ_FOR_CUSTOMERS]) as opened:
        yield opened


@given(procedure_histories(STREAMS[0]))
def test_the_rows_agree_with_what_decisions_see(events: list[RecordedEvent]) -> None:
    seen = Procedure()
    for event in events:
        seen = evolve(seen, event.payload, event.occurred_at)
    (row,) = rows_of(ProcedureRow, PROCEDURES, events)
    steps = rows_of(StoredStep, PROCEDURES, events)
    assert (row.state, row.outcome, row.owner) == (seen.state, seen.outcome, seen.owner)
    assert (row.definition_version, row.version) == (seen.version, len(events))
    assert {step.step for step in steps if step.ended_at is None} == set(seen.open)
    for step in steps:
        if step.ended_at is None:
            assert (step.due_at, step.kind) == (seen.open[step.step].due_at, seen.open[step.step].kind)


@given(procedure_histories(STREAMS[0]), st.data())
def test_a_history_in_two_batches_gives_the_rows_of_one(events: list[RecordedEvent], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(events) - 1))
    whole = list(PROCEDURES.fold(Stream(events), NO_INPUTS))
    assert list(PROCEDURES.fold(Stream(events, cut), NO_INPUTS)) == whole


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES)
def test_the_figures_are_what_a_count_by_hand_gives(
    tables: psycopg.Connection, histories: list[list[RecordedEvent]]
) -> None:
    add(tables, [PROCEDURES], *histories)
    steps = [step for events in histories for step in rows_of(StoredStep, PROCEDURES, events)]
    rows = [row for events in histories for row in rows_of(ProcedureRow, PROCEDURES, events)]
    period = START - 8 * HOUR, START + 16 * HOUR  # the day of the start in UTC

    def within(at: datetime | None) -> bool:
        return at is not None and period[0] <= at < period[1]

    def answer(figure: str) -> FigureRow:
        (row,) = rows_of_figure(figure, ask(tables, period, zone=UTC_ZONE, now=START + 40 * HOUR))
        return row

    done = [
        (step.ended_at - step.opened_at).total_seconds()
        for step in steps
        if within(step.ended_at) and step.ended_at and step.ended_as == "done" and step.kind != "wait"
    ]
    assert answer("procedure-step-time").value == (median(done) if done else None)
    over = [step for step in steps if within(step.ended_at) and step.ended_as in {"done", "skipped"}]
    skipped = [step for step in over if step.ended_as == "skipped"]
    assert answer("procedure-steps-skipped").value == (len(skipped) / len(over) if over else None)
    due = [step for step in steps if within(step.due_at) and step.kind != "wait"]
    late = [step for step in due if step.due_at and (step.ended_at or START + 40 * HOUR) > step.due_at]
    assert answer("procedure-steps-overdue").value == (len(late) / len(due) if due else None)
    ended = [row for row in rows if within(row.ended_at)]
    assert answer("procedure-outcome").parts["ended"] == len(ended)
    at = period[1] - timedelta.resolution
    running = [row for row in rows if row.started_at <= at and (row.ended_at is None or row.ended_at > at)]
    assert answer("procedures-running").value == len(running)


def procedure(*steps: Fact) -> list[RecordedEvent]:
    """A procedure with the step `call`, which is due four hours after the start, and what follows."""
    about = {"subject": TICKET, "subject_kind": "ticket", "customer_id": CUSTOMER}
    started = e.ProcedureStarted.model_validate({"procedure": "care", "version": 1} | about)
    opened = e.StepOpened(step="call", kind="task", title="Gọi", due_at=START + 4 * HOUR)
    return history(Fact(START, started), Fact(START, opened), *steps, ticket=STREAMS[0])


def test_a_step_that_is_said_to_have_ended_before_it_was_opened_took_no_time(tables: psycopg.Connection) -> None:
    done = Fact(START - 2 * HOUR, e.StepDone(step="call"))
    ended = Fact(START - 2 * HOUR, e.ProcedureAbandoned(procedure="care", subject=TICKET, subject_kind="ticket"))
    opened = Fact(START - 2 * HOUR, e.StepOpened(step="offer", kind="task", title="Mời"))
    add(tables, [PROCEDURES], procedure(done, opened, ended))
    days = START - 24 * HOUR, START + 24 * HOUR
    (time,) = rows_of_figure("procedure-step-time", ask(tables, days, zone=UTC_ZONE))
    (outcome,) = rows_of_figure("procedure-outcome", ask(tables, days, zone=UTC_ZONE))
    assert (time.value, outcome.parts["ended"], outcome.parts["elapsed_median"]) == (0, 1, 0)


@pytest.mark.parametrize(
    ("said", "ended_at"), [(1, 2), (2, 2), (3, 3)], ids=["before the opening", "at the opening", "behind the opening"]
)
def test_a_step_ends_no_earlier_than_it_opened(said: int, ended_at: int) -> None:
    opened = Fact(START + 2 * HOUR, e.StepOpened(step="offer", kind="task", title="Mời"))
    done = Fact(START + said * HOUR, e.StepDone(step="offer", result="taken"), recorded_at=START + 4 * HOUR)
    _, offer = rows_of(StoredStep, PROCEDURES, procedure(opened, done))
    assert (offer.opened_at, offer.ended_at) == (START + 2 * HOUR, START + ended_at * HOUR)


@pytest.mark.parametrize(
    ("steps", "overdue"),
    [
        ([Fact(START + 5 * HOUR, e.StepDone(step="call"))], 1),
        ([Fact(START + 4 * HOUR, e.StepDone(step="call"))], 0),
        (
            [
                Fact(START + 4 * HOUR, e.StepOverdue(step="call", due_at=START + 4 * HOUR)),
                Fact(START + 3 * HOUR, e.StepDone(step="call"), recorded_at=START + 6 * HOUR),
            ],
            0,
        ),
        ([], 1),
    ],
    ids=["ended after it", "ended then", "a late fact", "still open"],
)
def test_a_step_is_overdue_when_it_ended_after_its_due_time_whatever_was_recorded_then(
    tables: psycopg.Connection, steps: list[Fact], overdue: int
) -> None:
    add(tables, [PROCEDURES], procedure(*steps))
    days = START - 24 * HOUR, START + 24 * HOUR
    (row,) = rows_of_figure("procedure-steps-overdue", ask(tables, days, zone=UTC_ZONE, now=START + 24 * HOUR))
    assert (row.parts["overdue"], row.parts["in_time"], row.final) == (overdue, 1 - overdue, 1)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(HISTORIES)
def test_lists_and_pages_hold_what_the_rows_say(
    tables: psycopg.Connection, histories: list[list[RecordedEvent]]
) -> None:
    add(tables, [PROCEDURES], *histories)
    rows = [row for events in histories for row in rows_of(ProcedureRow, PROCEDURES, events)]
    steps = [step for events in histories for step in rows_of(StoredStep, PROCEDURES, events)]
    now = START + 40 * HOUR

    def listed(wanted: ProcedureFilter) -> set[UUID]:
        first, following = procedures(tables, SCHEMA, wanted, now, limit=2)
        rest = procedures(tables, SCHEMA, wanted, now, after=following, limit=2)[0] if following else []
        assert len(first) + len(rest) == len({row.procedure_stream for row in (*first, *rest)})
        return {row.procedure_stream for row in (*first, *rest)}

    running = {row.procedure_stream for row in rows if row.state == "running"}
    late = {step.procedure_stream for step in steps if not step.ended_at and step.kind != "wait" and step.due_at}
    assert listed(ProcedureFilter()) == set(STREAMS)
    assert listed(ProcedureFilter("care", "running", TICKET, CUSTOMER)) == running
    assert listed(ProcedureFilter(overdue=True)) == running & late
    assert listed(ProcedureFilter("other")) == set()
    assert set(running_for(tables, SCHEMA, [TICKET])) == set(running_for(tables, SCHEMA, [CUSTOMER])) == running
    procedure = one_procedure(tables, SCHEMA, STREAMS[0])
    assert procedure is not None
    assert len(procedure.steps) == sum(step.procedure_stream == STREAMS[0] for step in steps)
