"""The clock against its slow second implementation, and laws that hold for every history, policy and instant."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

from hypothesis import example, given, settings
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.sla.calendar.microseconds import EPOCH, from_microseconds, to_microseconds
from domain.sla.clock.clock import clocks
from domain.sla.clock.explain import explain
from domain.sla.clock.intervals import ClockRecord, due_at, elapsed, facts_of, paused, warnings_ahead
from domain.sla.clock.target_instance import TargetInstance
from domain.sla.events import WarningPoint
from domain.sla.policy.policy import Policy
from domain.ticket.events import TicketReopened
from tests.support.drawn_clocks import DESK, MICROSECOND, SECOND, policies, policy_history, short_histories
from tests.support.events import MINUTE, START, at, history, received, resolved
from tests.support.examples import examples
from tests.support.histories import histories
from tests.support.slow_clock import SlowClock


def told(instance: TargetInstance) -> list[tuple[str, datetime]]:
    return [
        (fact.kind if fact.point is None else f"{fact.kind} {fact.point}", from_microseconds(fact.at))
        for fact in instance.facts
    ]


def warned(instance: TargetInstance) -> list[WarningPoint]:
    return [fact.point for fact in instance.facts if fact.point is not None]


@settings(max_examples=examples(150))
@given(short_histories(), policies(), st.sampled_from([0, 2, 6, 20, 90]))
def test_the_clock_agrees_with_a_walk_through_every_minute(
    events: list[RecordedEvent], policy: Policy, later: int
) -> None:
    until = max(event.occurred_at for event in events) + later * MINUTE
    instances = clocks(events, policy_history(policy), max(until, START))
    slow = SlowClock(events, policy, DESK, max(until, START))
    assert [instance.target for instance in instances] == [instance.target for instance in slow.instances]
    for fast, walked in zip(instances, slow.instances, strict=True):
        assert fast.activated_by == walked.activated_by
        assert sorted(told(fast)) == sorted(walked.facts)
        assert (fast.breached_at and from_microseconds(fast.breached_at)) == walked.breached_at
        assert fast.paused * MICROSECOND == walked.paused * MINUTE
        assert fast.elapsed * MICROSECOND == walked.elapsed * MINUTE
        assert (fast.due_at and from_microseconds(fast.due_at)) == walked.due_at
        assert fast.state == (walked.state if walked.promised is not None else "cancelled")


@settings(max_examples=examples(150))
@given(short_histories(), policies(), st.sampled_from([0, 2, 6, 20, 90]))
def test_every_function_of_the_intervals_agrees_with_the_walk_through_every_minute(
    events: list[RecordedEvent], policy: Policy, later: int
) -> None:
    until = max(START, *[event.occurred_at for event in events]) + later * MINUTE
    instances = clocks(events, policy_history(policy), until)
    for instance, walked in zip(instances, SlowClock(events, policy, DESK, until).instances, strict=True):
        record = ClockRecord.of(instance.intervals, instance.promise)
        assert elapsed(record.intervals, record.open_times) * MICROSECOND == walked.elapsed * MINUTE
        assert paused(record) * MICROSECOND == walked.paused * MINUTE
        due = due_at(record)
        assert (due and from_microseconds(due)) == walked.due_at
        by_time = [fact for fact in facts_of(record) if fact.cause is None]
        assert sorted(told(instance._replace(facts=tuple(by_time)))) == sorted(
            (kind, at) for kind, at in walked.facts if kind.partition(" ")[0] in {"warned", "breached"}
        )
        assert {point for point, _ in warnings_ahead(record, by_time)}.isdisjoint(fact.point for fact in by_time)
        minutes_that_ran = [
            from_microseconds(start)
            for part in instance.intervals
            if part.kind == "counted" and part.end is not None
            for start in range(part.start, part.end, MINUTE // MICROSECOND)
        ]
        assert minutes_that_ran == walked.ran


@given(short_histories(), policies(), st.none() | st.integers(0, 800))
def test_the_intervals_follow_each_other_from_the_activation_to_the_end(
    events: list[RecordedEvent], policy: Policy, minute: int | None
) -> None:
    now = None if minute is None else START + minute * MINUTE
    for instance in clocks(events, policy_history(policy), now):
        first, last = instance.intervals[0], instance.intervals[-1]
        assert first.start == instance.activated_at
        assert all(before.end == after.start for before, after in pairwise(instance.intervals))
        end = instance.finished_at if instance.finished_at is not None else now and to_microseconds(now)
        assert last.end == end


@settings(max_examples=examples(100))
@given(short_histories(), policies(), st.data())
def test_what_was_seen_earlier_is_the_beginning_of_what_is_seen_later(
    events: list[RecordedEvent], policy: Policy, data: st.DataObject
) -> None:
    minute = st.integers(0, 800)
    earlier, later = (START + number * MINUTE for number in sorted((data.draw(minute), data.draw(minute))))
    before, after = clocks(events, policy_history(policy), earlier), clocks(events, policy_history(policy), later)
    assert [instance.policy.version for instance in after[: len(before)]] == [1] * len(before)
    for seen, seen_later in zip(before, after, strict=False):
        assert (seen.target, seen.number) == (seen_later.target, seen_later.number)
        assert seen_later.facts[: len(seen.facts)] == seen.facts
        assert all(from_microseconds(fact.at) >= earlier for fact in seen_later.facts[len(seen.facts) :])


@given(short_histories(), policies(), st.randoms())
def test_facts_that_come_late_lead_to_what_they_would_have_led_to_in_time(
    events: list[RecordedEvent], policy: Policy, chance: Random
) -> None:
    at_times_of_their_own = [
        event._replace(envelope=event.envelope.model_copy(update={"occurred_at": event.occurred_at + number * SECOND}))
        for number, event in enumerate(events)
    ]
    others = at_times_of_their_own[1:]
    chance.shuffle(others)
    arrived = [
        event._replace(version=version) for version, event in enumerate([at_times_of_their_own[0], *others], start=1)
    ]
    in_time, late = clocks(at_times_of_their_own, policy_history(policy)), clocks(arrived, policy_history(policy))
    version = {new.envelope.event_id: new.version for new in arrived}
    renamed = {old.version: version[old.envelope.event_id] for old in at_times_of_their_own}
    assert [
        instance._replace(policy=late[0].policy, activated_by=renamed[instance.activated_by]) for instance in in_time
    ] == [instance._replace(policy=late[0].policy) for instance in late]


@settings(max_examples=examples(300))
@given(histories() | short_histories(), policies())
def test_no_event_activates_two_instances_of_one_target(events: list[RecordedEvent], policy: Policy) -> None:
    instances = clocks(events, policy_history(policy))
    assert len({(instance.target, instance.activated_by) for instance in instances}) == len(instances)
    topic = {event.version: event.topic for event in events}
    begin = {"first_response": {"ticket.received"}, "next_response": {"ticket.message_received"}}
    for instance in instances:
        assert topic[instance.activated_by] in begin.get(instance.target, topic.values())


@given(short_histories(), policies(), st.integers(0, 800))
def test_what_is_stored_without_an_instant_tells_who_is_late_at_any_instant(
    events: list[RecordedEvent], policy: Policy, minute: int
) -> None:
    now = START + minute * MINUTE
    by_then = [event for event in events if event.occurred_at <= now]
    stored, judged = clocks(by_then, policy_history(policy)), clocks(by_then, policy_history(policy), now)
    for row, answer in zip(stored, judged, strict=True):
        late = row.breached_at is not None or (row.late_after is not None and from_microseconds(row.late_after) < now)
        assert late == (answer.breached_at is not None)
        passed = [point for point, at in row.warnings if from_microseconds(at) <= now]
        assert set(warned(row) + passed) == set(warned(answer))
        assert (row.due_at, row.state, row.finished_at) == (answer.due_at, answer.state, answer.finished_at)


@given(short_histories(), policies(complete=True), st.integers(0, 800))
@example(
    history(at(0, received()), at(5, resolved()), at(25, TicketReopened())),
    Policy.model_validate({"name": "goes on", "reopen": "continue", "rules": [{"resolution": "40m"}]}),
    60,
)
def test_running_pausing_being_resolved_and_having_ended_add_up_to_the_time_since_activation(
    events: list[RecordedEvent], policy: Policy, minute: int
) -> None:
    now = START + minute * MINUTE
    for instance in clocks(events, policy_history(policy), now):
        ran = sum(part.end - part.start for part in instance.intervals if part.kind == "counted" and part.end)
        ended = 0
        ended_at: int | None = None
        for fact in instance.facts:
            if fact.kind in {"fulfilled", "cancelled"}:
                ended_at = fact.at
            elif ended_at is not None and fact.kind == "resumed":
                ended += fact.at - ended_at
                ended_at = None
        if ended_at is not None:
            ended += (now - EPOCH) // MICROSECOND - ended_at
        stretches = explain(instance).stretches
        left_out = [
            stretch.end - stretch.start
            for stretch in stretches
            if stretch.kind == "resolved" and stretch.end is not None
        ]
        accounted = ran + instance.paused + ended + sum(left_out, timedelta()) // MICROSECOND
        assert accounted == (now - EPOCH) // MICROSECOND - instance.activated_at
