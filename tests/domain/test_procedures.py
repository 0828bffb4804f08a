"""Procedures by example: what opens when, who does it by when, and what a rule of procedures forbids."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from domain.command_handling import procedure_handlers
from domain.command_handling.decide import EMPTY, fold
from domain.command_handling.state_snapshots import folded_from, snapshot_of
from domain.customer.commands import AddAddress, MergeCustomer, RegisterCustomer
from domain.definitions.kinds import PROCEDURE
from domain.messages import Command
from domain.notification.events import NotificationRequested
from domain.procedure import commands as c
from domain.procedure import decider
from domain.procedure import events as e
from domain.procedure.claim import ProcedureClaim, claim_stream, notice_key, step_of_notice
from domain.procedure.definition import ProcedureDefinition
from domain.refusal import Refusal
from tests.support.events import CUSTOMER, TICKET
from tests.support.procedures import DETAILS, INSTANCE, LONG_AGO, MINUTE, OTHER_INSTANCE, TWO_STEPS, Desk, local

MONDAY = local("2026-03-02")


def refused(desk: Desk, command: Command, at: datetime = MONDAY, instance: UUID = INSTANCE) -> str:
    with pytest.raises(Refusal) as refusal:
        desk.give(instance, command, at)
    return refusal.value.code


@pytest.fixture
def desk() -> Desk:
    made = Desk()
    made.publish("two", TWO_STEPS)
    return made


def test_a_start_opens_the_first_steps_and_takes_the_claim(desk: Desk) -> None:
    started, opened, taken = desk.start("two", MONDAY, details={"remedy": "refund"})
    assert started == e.ProcedureStarted(
        procedure="two",
        version=1,
        subject=TICKET,
        subject_kind="ticket",
        customer_id=CUSTOMER,
        details={"remedy": "refund"},
    )
    assert opened == e.StepOpened(
        step="first",
        kind="task",
        title="Một",
        title_en="One",
        role="holder",
        team="Complaints",
        agent="an",
        due_at=local("2026-03-02", "11:00"),
    )
    assert taken == e.ProcedureClaimTaken(procedure="two", subject=TICKET, instance=INSTANCE)


def test_the_end_of_a_step_opens_the_next_in_the_same_append(desk: Desk) -> None:
    desk.start("two", MONDAY)
    done, opened = desk.give(INSTANCE, c.CompleteStep(step="first", result="ok"), MONDAY)
    assert (done, type(opened)) == (e.StepDone(step="first", result="ok"), e.StepOpened)
    last = desk.give(INSTANCE, c.CompleteStep(step="second"), MONDAY)
    assert [type(event) for event in last] == [e.StepDone, e.ProcedureCompleted, e.ProcedureClaimReleased]
    assert desk.state(claim_stream("two", TICKET)).running is None


def test_one_procedure_of_a_name_runs_for_a_subject_and_the_next_may_follow(desk: Desk) -> None:
    desk.start("two", MONDAY)
    again = c.StartProcedure(procedure=" two ", subject=TICKET, subject_kind="ticket")
    assert refused(desk, again, instance=OTHER_INSTANCE) == "procedure_running"
    desk.give(INSTANCE, c.AbandonProcedure(reason="r"), MONDAY)
    assert desk.give(OTHER_INSTANCE, again, MONDAY)


def test_without_the_claim_two_would_run(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    decide_start: Any = decider.decide_start

    def unclaimed(*given: Any) -> Any:
        return decide_start(*given[:3], ProcedureClaim(), *given[4:])

    monkeypatch.setattr(decider, "decide_start", unclaimed)
    desk.start("two", MONDAY)
    desk.start("two", MONDAY, OTHER_INSTANCE)
    assert desk.procedure().state == desk.procedure(OTHER_INSTANCE).state == "running"


def test_two_workers_who_complete_a_step_complete_it_once(desk: Desk) -> None:
    desk.start("two", MONDAY)
    command = c.CompleteStep(step="first", result="ok")
    assert desk.give(INSTANCE, command, MONDAY)
    assert desk.give(INSTANCE, command, MONDAY) == []
    assert refused(desk, c.CompleteStep(step="first", result="otherwise")) == "step_not_open"
    assert desk.topics(INSTANCE).count("procedure.step_done") == 1


@pytest.mark.parametrize(
    ("command", "code"),
    [
        (c.CompleteStep(step="third"), "step_unknown"),
        (c.CompleteStep(step="second"), "step_not_open"),
        (c.SkipStep(step="second", reason="r"), "step_not_open"),
        (c.AnswerDecision(step="first", answer="yes"), "answer_unknown"),
        (c.MigrateProcedure(version=7), "version_unknown"),
        (c.RecordStepOverdue(step="first", due_at=local("2026-03-02", "11:00")), "not_due_yet"),
    ],
)
def test_what_a_running_procedure_refuses(desk: Desk, command: Command, code: str) -> None:
    desk.start("two", MONDAY)
    assert refused(desk, command) == code


def test_what_has_ended_takes_nothing_more(desk: Desk) -> None:
    desk.start("two", MONDAY)
    desk.give(INSTANCE, c.AbandonProcedure(reason="r"), MONDAY)
    assert desk.give(INSTANCE, c.AbandonProcedure(reason="again"), MONDAY) == []
    for command in (c.CompleteStep(step="first"), c.EndProcedure(outcome="x"), c.SkipStep(step="first", reason="r")):
        assert refused(desk, command) in {"procedure_ended", "step_not_open"}


def test_a_start_needs_a_published_procedure_and_a_subject_of_its_kind(desk: Desk) -> None:
    unknown = c.StartProcedure(procedure="three", subject=TICKET, subject_kind="ticket")
    assert refused(desk, unknown) == "procedure_unknown"
    other = c.StartProcedure(procedure="two", subject=CUSTOMER, subject_kind="customer")
    assert refused(desk, other) == "subject_of_another_kind"
    nobody = c.StartProcedure(procedure="two", subject=UUID(int=77), subject_kind="ticket")
    assert refused(desk, nobody) == "ticket_unknown"
    assert refused(desk, c.CompleteStep(step="first"), instance=OTHER_INSTANCE) == "procedure_unknown"
    desk.publish("two", TWO_STEPS | {"enabled": False})
    assert (
        refused(desk, c.StartProcedure(procedure="two", subject=TICKET, subject_kind="ticket")) == "procedure_disabled"
    )


def test_a_running_procedure_keeps_its_version_until_a_person_moves_it(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.start("two", MONDAY)
    steps = [*TWO_STEPS["steps"][:1], {**TWO_STEPS["steps"][1], "id": "another"}]
    desk.publish("two", TWO_STEPS | {"steps": steps}, MONDAY)
    opened = desk.give(INSTANCE, c.CompleteStep(step="first"), MONDAY + MINUTE)[1]
    assert isinstance(opened, e.StepOpened)
    assert opened.step == "second"
    migrated = desk.give(INSTANCE, c.MigrateProcedure(version=2), MONDAY + MINUTE)
    assert [event.topic.partition(".")[2] for event in migrated] == ["migrated", "step_skipped", "step_opened"]
    assert list(desk.procedure().open) == ["another"]

    def newest(published: Any, _number: int) -> ProcedureDefinition:
        body: ProcedureDefinition = PROCEDURE.read(published.versions[-1])
        return body

    monkeypatch.setattr(procedure_handlers, "_version_of", newest)  # without the guard it goes on by the newest
    edited = Desk()
    edited.publish("two", TWO_STEPS)
    edited.start("two", MONDAY)
    edited.publish("two", TWO_STEPS | {"steps": steps}, MONDAY)
    wrong = edited.give(INSTANCE, c.CompleteStep(step="first"), MONDAY + MINUTE)[1]
    assert isinstance(wrong, e.StepOpened)
    assert wrong.step == "another"


def test_a_complaint_from_its_receipt_to_its_follow_up_over_tet(desk: Desk) -> None:
    desk.publish_shipped("complaint", calendar="Office")
    desk.start("complaint", local("2026-02-12"))
    assert desk.procedure().open["register"].due_at == local("2026-02-13")  # around the clock
    desk.publish_shipped("complaint")
    desk.do(c.CompleteStep(step="register", details=DETAILS), local("2026-02-12", "11:00"))
    assert "assess" not in desk.procedure().open
    desk.hand_over("acknowledge", local("2026-02-12", "11:00"))
    assert desk.procedure().open["assess"].due_at == local("2026-02-13", "17:30")
    desk.do(c.CompleteStep(step="assess"), local("2026-02-13"))
    assert desk.procedure().open["investigate"].due_at == local("2026-02-25", "17:30")  # closed from 14 to 22 February
    desk.do(c.CompleteStep(step="investigate"), local("2026-02-26"))
    assert "investigate" in desk.procedure().overdue
    desk.hand_over("status-investigate", local("2026-02-26"))
    assert refused(desk, c.CompleteStep(step="proposal"), local("2026-02-26")) == "details_missing"
    desk.do(c.CompleteStep(step="proposal", details={"decision": "refund"}), local("2026-02-26"))
    desk.hand_over("answer", local("2026-02-26"))
    desk.do(c.AnswerDecision(step="accepted", answer="accepted"), local("2026-02-27"))
    desk.do(c.CompleteStep(step="close"), local("2026-02-27"))
    desk.do(c.CompleteStep(step="follow-up"), local("2026-03-14"))
    details = {"root_cause": "firmware", "improvement": "a test"}
    desk.do(c.CompleteStep(step="root-cause", details=details), local("2026-03-14"))
    procedure = desk.procedure()
    assert (procedure.state, procedure.outcome) == ("completed", "accepted")
    sent = [event.payload.template for event in desk.events if isinstance(event.payload, NotificationRequested)]
    assert sent == ["complaint-acknowledged", "complaint-status", "complaint-decision", "complaint-follow-up"]


def test_the_customer_is_told_by_a_notice_or_an_event_and_not_by_a_persons_word(desk: Desk) -> None:
    body: dict[str, Any] = {
        "steps": [
            {
                "id": "tell",
                "title": {"vi": "Báo", "en": "Tell"},
                "told": True,
                "done_when": [{"topic": "ticket.reply_sent"}],
            }
        ]
    }
    desk.publish("tell", TWO_STEPS | body)
    desk.start("tell", MONDAY)
    assert refused(desk, c.CompleteStep(step="tell")) == "not_told"
    with pytest.raises(Refusal, match=r"ends by ticket\.reply_sent; skip it"):
        desk.give(INSTANCE, c.CompleteStep(step="tell"), MONDAY)
    assert desk.give(INSTANCE, c.CompleteStep(step="tell", event="e-1"), MONDAY)


@pytest.mark.parametrize(("delivered", "ends"), [(False, ["requested"]), (True, [])])
def test_a_notice_that_must_reach_the_customer_is_not_done_by_its_request(
    desk: Desk, delivered: bool, ends: list[str]
) -> None:
    notice = {"template": "guide", "purpose": "service", "data": {"link": "https://a.vn"}}
    step = {"id": "guide", "title": {"vi": "Gửi", "en": "Send"}, "kind": "notify", "notice": notice, "told": delivered}
    desk.publish("guide", TWO_STEPS | {"steps": [step]})
    events = desk.start("guide", MONDAY, details={"product": "router"})
    assert len([event for event in events if isinstance(event, NotificationRequested)]) == 1
    assert [event.result for event in events if isinstance(event, e.StepDone)] == ends
    assert list(desk.procedure().open) == (["guide"] if delivered else [])


def test_a_notice_without_the_value_of_a_placeholder_stays_open_for_a_person(desk: Desk) -> None:
    notice = {"template": "guide", "purpose": "service"}
    step = {"id": "guide", "title": {"vi": "Gửi", "en": "Send"}, "kind": "notify", "role": "holder", "notice": notice}
    desk.publish("guide", TWO_STEPS | {"steps": [step]})
    desk.start("guide", MONDAY)
    assert list(desk.procedure().open) == ["guide"]
    desk.publish("link", TWO_STEPS | {"steps": [{**step, "notice": notice | {"data": {"link": "https://a.vn"}}}]})
    events = desk.start("link", MONDAY, OTHER_INSTANCE, details={"product": "router", "ward": "7"})
    (request,) = [event for event in events if isinstance(event, NotificationRequested)]
    assert (request.to, request.data["product"], request.data["customer_name"]) == (str(CUSTOMER), "router", "Lan")
    assert "ward" not in request.data
    assert desk.procedure(OTHER_INSTANCE).state == "completed"


def test_a_notice_takes_the_first_channel_on_which_anybody_of_the_person_has_an_address(desk: Desk) -> None:
    """Who has no e-mail address is asked as by rules: by the fallbacks, and over the addresses of merged customers."""
    notice = {"template": "guide", "purpose": "service", "channel": "email", "data": {"link": "https://a.vn"}}
    step = {"id": "guide", "title": {"vi": "Gửi", "en": "Send"}, "kind": "notify", "role": "holder", "notice": notice}
    desk.publish("guide", TWO_STEPS | {"steps": [step]})
    survivor, absorbed = UUID(int=701), UUID(int=702)
    channels: list[list[str]] = []

    def ask(at: datetime) -> None:
        events = desk.start("guide", at, UUID(int=800 + len(channels)), details={"product": "router"})
        channels.append([event.channel for event in events if isinstance(event, NotificationRequested)])

    ask(MONDAY)
    for customer in (survivor, absorbed):
        desk.give(customer, RegisterCustomer(name="Lan"), LONG_AGO)
    desk.give(absorbed, AddAddress(channel="phone", handle="0901234567"), LONG_AGO)
    desk.give(CUSTOMER, MergeCustomer(into=survivor, reason="r"), MONDAY)
    desk.give(absorbed, MergeCustomer(into=survivor, reason="r"), MONDAY)
    ask(MONDAY)
    desk.give(survivor, AddAddress(channel="email", handle="lan@example.vn"), MONDAY)
    ask(MONDAY)
    assert channels == [["email"], ["sms"], ["email"]]


def test_a_new_customer_is_thanked_at_once_and_the_rest_waits_for_its_time(desk: Desk) -> None:
    desk.publish_shipped("new-customer")
    start = c.StartProcedure(procedure="new-customer", subject=CUSTOMER, subject_kind="customer")
    events = desk.give(INSTANCE, start, MONDAY)
    (request,) = [event for event in events if isinstance(event, NotificationRequested)]
    assert (request.template, request.template_version, request.language) == ("welcome", 0, "vi")
    assert request.data == {"customer_name": "Lan", "tenant": "Bộ phận chăm sóc khách hàng"}
    assert sorted(desk.procedure().open) == ["first-use", "hand-over", "wait-for-check-in", "wait-for-survey"]
    assert desk.procedure().open["first-use"].due_at == local("2026-03-09", "09:00")


def test_a_state_that_is_read_back_at_any_event_goes_on_the_same(desk: Desk) -> None:
    desk.publish_shipped("complaint")
    desk.start("complaint", MONDAY)
    desk.do(c.CompleteStep(step="register", details=DETAILS), MONDAY)
    desk.hand_over("acknowledge", MONDAY)
    desk.wait(local("2026-03-20"))
    history = desk.history(INSTANCE)
    assert len(history) > 5
    whole = fold(EMPTY, history)
    for cut in range(1, len(history)):
        assert fold(folded_from(snapshot_of(INSTANCE, fold(EMPTY, history[:cut]))), history[cut:]) == whole


def test_a_due_time_that_is_recorded_twice_or_after_another_one_changes_nothing(desk: Desk) -> None:
    desk.start("two", MONDAY)
    due = c.RecordStepOverdue(step="first", due_at=local("2026-03-02", "11:00"))
    later = local("2026-03-02", "12:00")
    assert desk.give(INSTANCE, due, later) == [e.StepOverdue(step="first", due_at=due.due_at.astimezone(UTC))]
    assert desk.give(INSTANCE, due, later) == []
    assert desk.give(INSTANCE, c.RecordStepOverdue(step="first", due_at=MONDAY), later) == []


def test_the_key_of_a_notice_names_its_step_and_other_keys_name_none() -> None:
    assert step_of_notice(notice_key(UUID(int=7), "ask/twice")) == (UUID(int=7), "ask/twice")
    assert [step_of_notice(key) for key in ("procedure/" + "-" * 36 + "/ask", "lan-1")] == [None, None]
