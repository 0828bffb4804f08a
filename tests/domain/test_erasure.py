"""The decider of an erasure: who may do what, in which state, and what forbids it."""

from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.command_context import Actor
from domain.customer.state import Customer
from domain.due.of_erasures import ERASURE_DUE, ErasureDue, deadlines_of
from domain.due.time_context import TimeContext
from domain.envelope import Envelope, RecordedEvent
from domain.erasure import commands as c
from domain.erasure import events as e
from domain.erasure.decider import decide, decide_with_customer
from domain.erasure.retention import KeptRecord, RetainedRecords, RetentionRules, retained
from domain.erasure.state import Erasure, LegalHold, evolve
from domain.refusal import Refusal
from tests.support.arbitrary import messages

AT = datetime(2026, 3, 2, 2, tzinfo=UTC)
CUSTOMER = UUID(int=1)
REGISTERED = Customer(state="registered", name="An")
LAN, MAI, NAM = (Actor(id=name, kind="agent") for name in ("lan", "mai", "nam"))
REQUEST = c.RequestErasure(customer_id=CUSTOMER, legal_basis="article 14", through="email")
APPROVE = c.ApproveErasure(customer_id=CUSTOMER)
START = c.StartErasure(customer_id=CUSTOMER)
VERIFY = c.VerifyErasure(how="called back")
HOLD = c.PlaceLegalHold(customer_id=CUSTOMER, hold="Case 8", why="the court asks for it")
REQUESTED = e.ErasureRequested(
    customer_id=CUSTOMER, law="vn-91-2025", legal_basis="article 14", through="email", by="lan"
)
VERIFIED = e.ErasureVerified(how="called back", by="mai")
APPROVED = e.ErasureApproved(by="nam")
STARTED = e.ErasureStarted()
DESTROYED = e.KeysDestroyed(fingerprints={"k": "f"})
CERTIFIED = e.ErasureCertified(position=9, streams={"customer": 1})
HELD = e.LegalHoldPlaced(customer_id=CUSTOMER, hold="Case 7", why="the court asks for it", until=date(2026, 3, 9))
WORKFLOW = (REQUESTED, VERIFIED, APPROVED, STARTED, DESTROYED, CERTIFIED)


def after(*events: Any) -> Erasure:
    return reduce(lambda erasure, event: evolve(erasure, event, AT), events, Erasure())


def decided(command: Any, *events: Any, by: Actor = NAM, absorbed: tuple[Erasure, ...] = (), at: datetime = AT) -> Any:
    if isinstance(command, c.CustomerErasureCommand):
        return decide_with_customer(command, after(*events), REGISTERED, absorbed, by, at.date())
    return decide(command, after(*events), by)


def refusal(*given_: Any, **more: Any) -> Refusal:
    with pytest.raises(Refusal) as refused:
        decided(*given_, **more)
    return refused.value


def test_a_request_is_verified_approved_run_and_certified() -> None:
    assert decided(REQUEST, by=LAN) == [REQUESTED]
    assert decided(VERIFY, REQUESTED, by=MAI) == [VERIFIED]
    assert decided(APPROVE, REQUESTED, VERIFIED) == [APPROVED]
    assert decided(START, REQUESTED, VERIFIED, APPROVED) == [STARTED]
    assert decided(c.RecordKeysDestroyed(fingerprints={"k": "f"}), *WORKFLOW[:4]) == [DESTROYED]
    assert decided(c.CertifyErasure(position=9, streams={"customer": 1}), *WORKFLOW[:5]) == [CERTIFIED]


@pytest.mark.parametrize(
    ("command", "events"),
    [
        (REQUEST, (REQUESTED,)),
        (c.VerifyErasure(how="again"), (REQUESTED, VERIFIED)),
        (APPROVE, (REQUESTED, VERIFIED, APPROVED)),
        (START, WORKFLOW[:4]),
        (START, WORKFLOW),
        (c.RecordKeysDestroyed(fingerprints={}), WORKFLOW),
        (c.CertifyErasure(position=10, streams={}), WORKFLOW),
        (c.PlaceLegalHold(customer_id=CUSTOMER, hold="Case 7", why=HELD.why, until=HELD.until), (HELD,)),
    ],
)
def test_what_is_so_already_leads_to_nothing(command: Any, events: tuple[Any, ...]) -> None:
    assert decided(command, *events) == []


@pytest.mark.parametrize(
    "by",
    [
        *(LAN, MAI, Actor(id="LAN", kind="agent"), Actor(id="x", kind="system", on_behalf_of="mai")),
        *(Actor(id="lan", kind="agent", on_behalf_of="nam"), Actor(id="l\u200dan\u200e", kind="agent")),
        *(Actor(id="l\u0430n", kind="agent"), Actor(id="\u03bfan", kind="agent"), Actor(id="job", kind="system")),
        Actor(id="\u0430\u0441\u0430", kind="agent"),
    ],
)
def test_neither_the_requester_nor_the_verifier_approves(by: Actor) -> None:
    assert refusal(APPROVE, REQUESTED, VERIFIED, by=by).code == "second_person_needed"


def test_whoever_acts_on_behalf_of_another_person_approves_as_that_person() -> None:
    by = Actor(id="gateway", kind="system", on_behalf_of="nam")
    assert decided(APPROVE, REQUESTED, VERIFIED, by=by) == [APPROVED]


@pytest.mark.parametrize("step", [0, 1])
@pytest.mark.parametrize(
    ("before", "by"),
    [
        (Actor(id="mai", kind="agent", on_behalf_of="hoa"), MAI),
        (Actor(id="mai", kind="agent", on_behalf_of="hoa"), Actor(id="Mai", kind="agent", on_behalf_of="nam")),
        (Actor(id="gateway", kind="system", on_behalf_of="hoa"), Actor(id="gateway", kind="agent")),
        (MAI, Actor(id="mai", kind="agent", on_behalf_of="nam")),
        (MAI, Actor(id="nam", kind="agent", on_behalf_of="mai")),
    ],
)
def test_no_identity_of_those_who_requested_and_verified_approves(step: int, before: Actor, by: Actor) -> None:
    """A key that recorded a step for somebody approves neither in its own name nor for another, and neither does it
    approve after a step in its own name."""
    actors = [Actor(id="lan", kind="agent")] * 2
    actors[step] = before
    events: list[Any] = []
    for command, actor in zip((REQUEST, VERIFY), actors, strict=True):
        events += decided(command, *events, by=actor)
    refused = refusal(APPROVE, *events, by=by)
    assert (refused.code, "another person has to approve the erasure" in refused.rule) == ("second_person_needed", True)
    assert decided(APPROVE, *events, by=NAM) == [APPROVED]


def test_the_steps_cannot_be_left_out() -> None:
    for command in (c.VerifyErasure(how="h"), APPROVE, START):
        refused = refusal(command)
        assert (refused.code, "request it first" in refused.rule) == ("erasure_unknown", True)
    assert refusal(APPROVE, REQUESTED).code == "erasure_state"
    assert refusal(START, REQUESTED, VERIFIED).code == "erasure_state"
    assert refusal(c.CertifyErasure(position=1, streams={}), *WORKFLOW[:4]).code == "erasure_state"


def test_a_legal_hold_forbids_approval_and_start_and_says_why() -> None:
    for command, events in ((APPROVE, (REQUESTED, VERIFIED)), (START, (REQUESTED, VERIFIED, APPROVED))):
        refused = refusal(command, *events, HELD)
        assert refused.code == "legal_hold"
        assert "the court asks for it" in refused.rule
        assert refusal(command, *events, absorbed=(after(HELD),)).code == "legal_hold"


def test_a_hold_ends_when_it_is_released_or_after_its_last_day() -> None:
    released = e.LegalHoldReleased(hold="case 7", why="settled")
    assert decided(c.ReleaseLegalHold(hold="case 7", why="settled"), HELD) == [released]
    assert decided(APPROVE, REQUESTED, VERIFIED, HELD, released) == [APPROVED]
    assert refusal(APPROVE, REQUESTED, VERIFIED, HELD, at=AT + timedelta(days=7)).code == "legal_hold"
    assert decided(APPROVE, REQUESTED, VERIFIED, HELD, at=AT + timedelta(days=8)) == [APPROVED]


def test_retention_forbids_approval_and_start() -> None:
    kept = ("contract records are kept until 2030-01-01: the law",)
    for command, events in (
        (APPROVE.model_copy(update={"retained": kept}), (REQUESTED, VERIFIED)),
        (START.model_copy(update={"retained": kept}), (REQUESTED, VERIFIED, APPROVED)),
    ):
        refused = refusal(command, *events)
        assert (refused.code, refused.rule) == ("retention", kept[0])


@pytest.mark.parametrize("command", [c.RefuseErasure(why="kept by law"), c.WithdrawErasure(why="changed her mind")])
def test_an_open_request_is_refused_or_withdrawn_and_can_be_made_again(command: c.ErasureCommand) -> None:
    for length in (1, 2, 3):
        (ended,) = decided(command, *WORKFLOW[:length])
        assert decided(REQUEST, *WORKFLOW[:length], ended, by=LAN) == [REQUESTED]
    assert refusal(command, *WORKFLOW[:4]).code == "erasure_state"


def test_a_new_request_forgets_who_was_involved_in_the_last_one() -> None:
    again = after(REQUESTED, VERIFIED, e.ErasureRefused(why="w"), REQUESTED.model_copy(update={"by": "nam"}))
    assert again.involved == {"nam"}
    assert again.request == 2


def test_nothing_can_be_requested_or_held_once_it_is_run() -> None:
    hold = c.PlaceLegalHold(customer_id=CUSTOMER, hold="late", why="w")
    for length in (4, 5, 6):
        assert refusal(hold, *WORKFLOW[:length]).code == "erased"
        assert refusal(REQUEST, *WORKFLOW[:length]).code == "erased"


def test_only_a_registered_customer_is_erased() -> None:
    with pytest.raises(Refusal, match="no such customer"):
        decide_with_customer(REQUEST, Erasure(), Customer(), (), LAN, AT.date())
    merged = REGISTERED._replace(merged_into=UUID(int=2))
    with pytest.raises(Refusal, match="was merged into"):
        decide_with_customer(REQUEST, Erasure(), merged, (), LAN, AT.date())


ENVELOPE = Envelope(event_id="e", schema_version=1, occurred_at=AT, actor=LAN, command_id="c")
COMMANDS = [
    *(c.RequestErasure, c.VerifyErasure, c.ApproveErasure, c.RefuseErasure, c.WithdrawErasure),
    *(c.PlaceLegalHold, c.ReleaseLegalHold, c.StartErasure, c.RecordKeysDestroyed, c.CertifyErasure),
]


STEPS = [REQUEST, VERIFY, APPROVE, START]


@given(st.lists(st.tuples(st.sampled_from(STEPS) | messages(COMMANDS), st.sampled_from([LAN, MAI, NAM])), max_size=30))
@example([*zip(STEPS, [LAN, LAN, NAM, NAM], strict=True)])
@example([(step, LAN) for step in STEPS])
@example([*zip(STEPS[:3], [LAN, MAI, NAM], strict=True), (HOLD, LAN), (START, NAM)])
def test_nothing_is_destroyed_without_two_persons_whatever_is_asked(requests: list[tuple[Any, Actor]]) -> None:
    """Only a Refusal may escape."""
    erasure, acted = Erasure(), set[str]()
    for command, by in requests:
        try:
            if isinstance(command, c.CustomerErasureCommand):
                events: Any = decide_with_customer(command, erasure, REGISTERED, (), by, AT.date())
            else:
                events = decide(command, erasure, by)
        except Refusal:
            continue
        for event in events:
            if isinstance(event, e.ErasureRequested | e.ErasureVerified | e.ErasureApproved):
                acted = {event.by} if isinstance(event, e.ErasureRequested) else acted | {event.by}
            if isinstance(event, e.ErasureStarted):
                assert len(acted) > 1
                assert erasure.hold_on(AT.date()) is None
            erasure = evolve(erasure, event, AT)


LAW = RetentionRules(rules=(RetainedRecords(records="contract", years=10, law="Law 88/2015"),))


def test_retention_names_the_law_and_the_day_on_which_the_last_record_may_go() -> None:
    records = [KeptRecord("contract", date(2016, 2, 29)), KeptRecord("contract", date(2020, 1, 5))]
    assert retained(LAW, records, date(2026, 3, 2)) == ("contract records are kept until 2030-01-05: Law 88/2015",)
    assert retained(LAW, records[:1], date(2026, 2, 27)) != ()
    assert retained(LAW, records[:1], date(2026, 2, 28)) == ()
    assert retained(LAW, [KeptRecord("ticket", date(2026, 3, 1))], date(2026, 3, 2)) == ()
    assert retained(RetentionRules(), records, date(2026, 3, 2)) == ()


def test_the_law_sets_the_deadlines() -> None:
    friday = datetime(2026, 3, 6, 2, tzinfo=UTC)
    vietnam = deadlines_of("vn-91-2025", friday, TimeContext())
    assert vietnam.answer_by == datetime(2026, 3, 10, 2, tzinfo=UTC)
    assert vietnam.erase_by == friday + timedelta(days=20)
    last_of_january = datetime(2026, 1, 31, 2, tzinfo=UTC)
    assert deadlines_of("gdpr", last_of_january, TimeContext()).erase_by == datetime(2026, 2, 28, 2, tzinfo=UTC)


def test_a_hold_that_was_not_placed_cannot_be_released() -> None:
    assert refusal(c.ReleaseLegalHold(hold="Case 8", why="w"), HELD).code == "hold_unknown"


def test_deadlines_fall_due_until_the_erasure_is_certified() -> None:
    def due(*events: Any) -> list[str]:
        history = [
            RecordedEvent(n, UUID(int=9), n, event.topic, AT, ENVELOPE, event) for n, event in enumerate(events, 1)
        ]
        return [each.identity for each in ERASURE_DUE.due(history, ErasureDue(), TimeContext())]

    assert due(REQUESTED) == ["request/1/answer", "request/1/5", "request/1/1"]
    assert due(REQUESTED, VERIFIED) == ["request/1/5", "request/1/1"]
    assert due(*WORKFLOW[:4]) == due(*WORKFLOW[:5]) == ["request/1/5", "request/1/1"]
    assert due(*WORKFLOW) == []
    assert due(HELD) == []


def test_a_hold_whose_last_day_is_over_is_refused() -> None:
    today = c.PlaceLegalHold(customer_id=CUSTOMER, hold="Case 9", why="w", until=AT.date())
    assert [event.until for event in decided(today)] == [AT.date()]
    over = today.model_copy(update={"until": AT.date() - timedelta(days=1)})
    assert refusal(over).code == "hold_is_past"


def test_a_hold_of_the_same_name_takes_the_place_of_the_other() -> None:
    later = HELD.model_copy(update={"hold": "CASE 7", "until": None})
    assert after(HELD, later).holds == (LegalHold("CASE 7", HELD.why, None),)
