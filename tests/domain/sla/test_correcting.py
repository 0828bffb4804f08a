"""A correction counts beside what the clock says, for the end that it was made for."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from domain.envelope import RecordedEvent
from domain.messages import Event
from domain.sla import events as sla_events
from domain.sla.clock.clock import clocks
from domain.sla.clock.corrections import VerdictCorrection, correction_of, corrections_in, result_of
from domain.sla.clock.explain import explain
from domain.sla.clock.explain_text import as_text
from domain.sla.policy.policy_history import DEFAULT_POLICY_HISTORY
from domain.ticket import events as e
from domain.zones import zone_named
from tests.support.clock_answers import ON_HOLD, REOPENED, every, only, under
from tests.support.events import Fact, asked, at, history, instant, received, replied, resolved
from tests.support.histories import histories

MISSED = sla_events.SlaResult(
    verdict="breached", due_at=instant(60), policy="Default", policy_version=0, calendar="24x7", calendar_version=1
)
KEPT = sla_events.SlaResult(
    verdict="met", due_at=instant(240), policy="Flood", policy_version=3, calendar="24x7", calendar_version=1
)
LIFE = (at(0, received(priority="P1")), at(100, resolved()))


def corrected(
    to: sla_events.SlaResult = KEPT, ended: float = 100, was: sla_events.SlaResult = MISSED, target: str = "resolution"
) -> Event:
    return sla_events.SlaCorrected(target=target, instance=1, activated_by=1, ended_at=instant(ended), was=was, now=to)


def standing(*facts: Fact, minute: float = 10_000) -> VerdictCorrection | None:
    ticket = history(*facts)
    return correction_of(only("resolution", ticket, minute), corrections_in(ticket, instant(minute)))


@given(histories(), st.data())
def test_the_clock_says_the_same_whatever_is_corrected(events: list[RecordedEvent], data: st.DataObject) -> None:
    position = data.draw(st.integers(1, len(events)))
    facts = [Fact(event.occurred_at, event.payload, event.envelope.actor, event.recorded_at) for event in events]
    late = at(data.draw(st.integers(-60, 60 * 24)), corrected())
    with_one = history(*facts[:position], late, *facts[position:])
    without = [event for event in with_one if event.topic != "ticket.sla_corrected"]
    assert clocks(with_one, DEFAULT_POLICY_HISTORY) == clocks(without, DEFAULT_POLICY_HISTORY)


def test_a_correction_stands_beside_the_result_of_the_clock() -> None:
    ticket = history(*LIFE, at(200, corrected(), reason="the flood"))
    instance = only("resolution", ticket, None)
    assert result_of(instance) == MISSED
    assert correction_of(instance, corrections_in(ticket)) == VerdictCorrection(
        at=instant(200), by="an", reason="the flood", was=MISSED, now=KEPT
    )
    assert correction_of(only("first_response", ticket, None), corrections_in(ticket)) is None


def test_what_has_not_been_fulfilled_has_no_result_to_correct() -> None:
    for end in (ON_HOLD, e.TicketCancelled(cancelled_by="agent")):
        assert result_of(only("resolution", history(LIFE[0], at(90, end)), None)) is None


def test_the_last_correction_counts_and_may_take_the_one_before_it_back() -> None:
    back = at(300, corrected(MISSED, was=KEPT))
    last = standing(*LIFE, at(200, corrected()), back)
    assert last is not None
    assert (last.was, last.now) == (KEPT, MISSED)


def test_a_correction_counts_from_the_instant_it_was_made() -> None:
    facts = (*LIFE, at(200, corrected()))
    assert standing(*facts, minute=199) is None
    assert standing(*facts, minute=200) is not None


def test_a_result_that_was_taken_back_or_came_anew_is_not_what_was_corrected() -> None:
    facts = (*LIFE, at(200, corrected()))
    reopened = (*facts, at(300, REOPENED))
    assert standing(*reopened) is None
    assert standing(*reopened, at(400, resolved())) is None
    anew = standing(*reopened, at(400, resolved()), at(500, corrected(ended=400)))
    assert anew is not None, "and can be corrected anew"
    assert standing(*facts, Fact(instant(90), resolved(), recorded_at=instant(300))) is None, (
        "it ended earlier after all"
    )


def test_a_correction_stays_with_its_instance_when_a_late_fact_gives_it_another_number() -> None:
    correction = sla_events.SlaCorrected(
        target="next_response", instance=1, activated_by=3, ended_at=instant(100), was=MISSED, now=KEPT
    )
    life = (at(0, received()), at(30, replied()), at(40, asked()), at(100, replied()), at(200, correction))
    hourly = under([{"next_response": "30m"}])

    def corrected_instances(*facts: Fact) -> list[tuple[int, int]]:
        ticket = history(*facts)
        instances = every("next_response", ticket, None, hourly)
        return [
            (instance.number, instance.activated_by)
            for instance in instances
            if correction_of(instance, corrections_in(ticket))
        ]

    assert corrected_instances(*life) == [(1, 3)]
    assert corrected_instances(*life, at(20, asked(), recorded=300)) == [(2, 3)]
    older = at(200, correction.model_copy(update={"activated_by": None}))
    assert corrected_instances(*life[:-1], older) == [(1, 3)], "by its number, where there is nothing else"


def test_an_explanation_tells_the_correction_below_the_result_in_both_languages() -> None:
    ticket = history(*LIFE, at(200, corrected(), reason="the flood"))
    instance = only("resolution", ticket, None)
    explanation = explain(instance, correction_of(instance, corrections_in(ticket)))
    assert explanation.verdict == "breached"
    result, correction = as_text(explanation, "en", zone_named("UTC")).splitlines()[-2:]
    assert result.startswith("Breached: 1 h 40 min of 1 h counted")
    assert correction == (
        "Corrected 2026-03-02 11:20:00 by an (the flood): Met, due 2026-03-02 12:00:00,"
        " calendar 24x7 (version 1), policy Flood (version 3)"
    )
    assert as_text(explanation, "vi", zone_named("UTC")).splitlines()[-1] == (
        "an đã sửa lúc 11:20:00 02/03/2026 (the flood): Đạt, hạn 12:00:00 02/03/2026,"
        " lịch 24x7 (phiên bản 1), chính sách Flood (phiên bản 3)"
    )
    assert explain(instance).correction is None
    assert timedelta(microseconds=explanation.elapsed_us) == timedelta(minutes=100)
