"""The audit history says each event in words that agree with it, in both languages."""

from string import Formatter
from typing import Any

import pytest
from hypothesis import given

from domain.command_context import Actor
from domain.envelope import RecordedEvent
from domain.event_log.event_types import EVENT_TYPES
from domain.messages import Event
from domain.readable import Language
from domain.sla import events as sla_events
from domain.ticket import events as e
from domain.ticket.routing_choice import ConsideredAgent, RoutingChoice
from domain.zones import zone_named
from projections.audit.sentences import sentence
from projections.audit.templates import TEMPLATES
from tests.support.audit_entries import LANGUAGES, TOPICS, entries, entry_of, sample_of
from tests.support.events import START, at, history, received
from tests.support.histories import histories

WITH_JSON = {"customer.activity_recorded"}

CODED = {
    "waiting_for",
    "kind",
    "closed_by",
    "code",
    "cancelled_by",
    "cancelled_as",
    "target",
    "purpose",
    "about",
    "polarity",
    "of",
    "party",
    "trust",
    "method",
    "why",
    "what",
    "channel",
    "because",
}

IN_UNITS = {"seconds"}


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_speaks_of_the_actor_and_of_fields_that_its_event_has(topic: str, language: Language) -> None:
    named = {name for _, name, _, _ in Formatter().parse(TEMPLATES[topic][language]) if name}
    untold = {"ticket.received": {"customer_id", "body", "external_reference", "organisation_id", "candidates"}}
    untold["customer.registered"] = {"external_reference"}
    untold["customer.address_added"] = {"key", "key_version"}
    untold["customer.absorbed"] = {"earlier"}
    untold |= {
        topic: {"customer_id"} for topic in ("contract.signed", "usage.recorded", "feedback.noted", "file.attached")
    }
    untold["contract.renewed"] = {"end_day"}
    untold["definition.published"] = {"body"}
    untold |= {f"procedure.{kind}": {"customer_id"} for kind in ("started", "completed", "abandoned")}
    untold["report.issued"] = {"figures", "projections", "made_by", "formulas"}
    untold |= {"task.opened": {"about", "about_kind", "customer_id"}, "ticket.reply_proposed": {"proposed_by"}}
    untold |= {f"ticket.sla_{kind}": {"activated_by"} for kind in ("warned", "breached", "corrected")}
    untold["notification.requested"] = {
        "importance", "data", "language", "rule", "due", "about", "about_kind", "dedupe_key",
    }  # fmt: skip
    untold["notification.attempt_started"] = {"text_hash"}
    untold |= {f"automation.{kind}": {"cause", "due", "due_at"} for kind in ("fired", "shadowed", "passed_over")}
    untold |= {"erasure.approved": {"by"}, "erasure.verified": {"by", "recorded_by"}}
    untold["erasure.loss_reported"] = {"by", "recorded_by", "position", "digest", "key_store"}
    untold["erasure.loss_confirmed"] = {"by"}
    untold |= {"erasure.requested": {"by", "recorded_by", "customer_id"}, "erasure.hold_placed": {"customer_id"}}
    if language == "vi":
        untold["procedure.step_opened"] = {"title_en"}
    assert named == {"actor", *EVENT_TYPES.classes[topic].model_fields} - untold.get(topic, set())


@pytest.mark.parametrize("topic", sorted(TOPICS))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_released_topic_has_a_sentence_of_whatever_stood_in_it(topic: str, language: Language) -> None:
    """Fields that were erased too: a text is ``[erased]``, anything else nothing."""
    event = sample_of(topic)
    facts = event.payload.model_dump(mode="json")
    for shown in (
        facts,
        {name: "[erased]" if isinstance(value, str) else value for name, value in facts.items()},
        {name: type(value)() if isinstance(value, list | dict) else None for name, value in facts.items()},
        dict.fromkeys(facts, "[erased]"),
        {},
    ):
        entry = entry_of(event, shown)
        for zone in (None, zone_named("Asia/Ho_Chi_Minh")):
            text = sentence(entry, language, zone=zone)
            assert text.startswith("an")
            assert "{" not in text or topic in WITH_JSON


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_topic_without_a_sentence_is_shown_with_its_fields(language: Language) -> None:
    (event,) = history(at(0, received()))
    entry = entry_of(event, {"bed": "{7}", "guests": ["An", "Bo"], "paid": False, "note": None, "at": {"x": {"y": 1}}})
    entry.topic = "room.booked"
    text = {"en": "an recorded room.booked: bed: {7}; guests: An, Bo; paid: no; note: none; ", "vi": ""}[language]
    assert sentence(entry, language).startswith(text)
    assert '{"x": {"y": 1}}' in sentence(entry, language)


@pytest.mark.parametrize(
    ("topic", "facts", "english", "vietnamese"),
    [
        (
            "customer.purchase_returned", {"purchase_id": "P1", "total": 5, "whole": True},
            "an recorded a return of the purchase P1: 5 given back (the whole purchase)",
            "an ghi nhận trả hàng của đơn mua P1: hoàn lại 5 (toàn bộ)",
        ),
        (
            "customer.offer_made",
            {"offer_id": "B1", "product": "X", "value": 12_900_000, "currency": "VND", "recurring": False},
            "an made the offer B1: X, 12,900,000 VND (once)",
            "an gửi báo giá B1: X, 12.900.000 VND (một lần)",
        ),
        (
            "customer.offer_made",
            {"offer_id": "B1", "product": "X", "value": 1250, "currency": "USD", "recurring": False},
            "an made the offer B1: X, 12.50 USD (once)",
            "an gửi báo giá B1: X, 12,50 USD (một lần)",
        ),
        ("ticket.note_added", {"body": "[erased]"}, "an added a note: [erased]", "an thêm ghi chú: [đã xóa]"),
        ("ticket.closed", {"closed_by": "unknown"}, "an recorded that the ticket was closed; closed by: unknown",
         "an ghi nhận phiếu đã đóng; người đóng: không rõ"),
        ("ticket.resolved", {"code": "imported"}, "an resolved the ticket (imported)",
         "an giải quyết xong phiếu (đã nhập)"),
        ("ticket.message_received", {"channel": "web", "body": "b"},
         "an recorded a message from the customer (channel: web): b",
         "an ghi nhận tin nhắn của khách hàng (kênh: trang web): b"),
    ],
)  # fmt: skip
def test_amounts_codes_and_erased_values_are_in_the_language(
    topic: str, facts: dict[str, Any], english: str, vietnamese: str
) -> None:
    entry = entry_of(sample_of(topic), facts)
    assert (sentence(entry), sentence(entry, "vi")) == (english, vietnamese)


def test_instants_of_a_sentence_are_told_in_the_zone() -> None:
    (event,) = history(at(0, received()))
    event = event._replace(topic="ticket.put_on_hold")
    entry = entry_of(event, {"waiting_for": "customer", "until": "2026-03-02T08:00:00Z"})
    entry.topic = "ticket.put_on_hold"
    text = sentence(entry, "vi", zone=zone_named("Asia/Ho_Chi_Minh"))
    assert text == "an tạm dừng phiếu, đang chờ: khách hàng, đến 15:00 02/03/2026"


def test_there_is_a_template_for_every_topic_and_for_nothing_else() -> None:
    assert set(TEMPLATES) == TOPICS


@given(histories())
def test_a_sentence_holds_the_values_of_its_event(events: list[RecordedEvent]) -> None:
    for event, entry in zip(events, entries(events), strict=True):
        for language in LANGUAGES:
            text = sentence(entry, language)
            assert event.envelope.actor.id in text
            for field, value in entry.facts.items():
                is_said = f"{{{field}}}" in TEMPLATES[event.topic][language]
                if (
                    is_said
                    and isinstance(value, str | int)
                    and not isinstance(value, bool)
                    and field not in CODED | IN_UNITS
                ):
                    assert str(value) in text


@pytest.mark.parametrize(
    ("payload", "english", "vietnamese"),
    [
        (
            e.TicketAssigned(team="billing", agent=None),
            "an assigned the ticket: team billing",
            "an phân công phiếu: nhóm billing",
        ),
        (
            e.TicketAssigned(
                team="billing",
                agent="an",
                routing=RoutingChoice(
                    version=3,
                    rule="{actor}",
                    because="least_loaded",
                    skills=("vi", "router"),
                    dropped=("router",),
                    candidates=(
                        ConsideredAgent(agent="an", why="chosen"),
                        ConsideredAgent(agent="binh", why="more_loaded"),
                        ConsideredAgent(agent="chi", why="away"),
                    ),
                    considered=12,
                ),
            ),
            (
                "an assigned the ticket: team billing, agent an (rule {actor}, version 3: the lowest load, without the"
                " skills router; not binh: a higher load, chi: away and 9 more)"
            ),
            (
                "an phân công phiếu: nhóm billing, nhân viên an (quy tắc {actor}, phiên bản 3: tải thấp nhất, bỏ kỹ"
                " năng router; không chọn binh: tải cao hơn, chi: vắng mặt và 9 người khác)"
            ),
        ),
        (
            e.AssignmentProposed(
                team="billing", agent="an", routing=RoutingChoice(version=1, because="only_one", considered=1)
            ),
            "an proposed an assignment: team billing, agent an (no rule, version 1: the only candidate and 1 more)",
            (
                "an đề xuất phân công: nhóm billing, nhân viên an (không quy tắc nào, phiên bản 1: ứng viên duy nhất"
                " và 1 người khác)"
            ),
        ),
        (
            e.TicketPutOnHold(waiting_for="customer", until=START),
            "an put the ticket on hold, waiting for: the customer, until 2026-03-02T08:00:00Z",
            "an tạm dừng phiếu, đang chờ: khách hàng, đến 2026-03-02T08:00:00Z",
        ),
        (
            e.TicketPutOnHold(waiting_for="third_party"),
            "an put the ticket on hold, waiting for: a third party",
            "an tạm dừng phiếu, đang chờ: bên thứ ba",
        ),
        (
            e.TicketDetailsChanged(changes={"impact": e.Change(old=None, new="{actor}")}),
            "an updated details: impact: none → {actor}",
            "an cập nhật chi tiết: impact: không có → {actor}",
        ),
        (
            e.ReplySent(body="customer", automated=True),
            "an replied automatically to the customer: customer",
            "an tự động trả lời khách hàng: customer",
        ),
        (
            sla_events.SlaBreached(target="resolution", instance=2, activated_by=5, due_at=START),
            "an recorded that resolution target 2, due at 2026-03-02T08:00:00Z, was missed",
            "an ghi nhận chỉ tiêu giải quyết 2 quá hạn, hạn là 2026-03-02T08:00:00Z",
        ),
        (
            sla_events.SlaCorrected(
                target="resolution",
                instance=1,
                activated_by=1,
                ended_at=START,
                was=sla_events.SlaResult(
                    verdict="breached",
                    due_at=START,
                    policy="Default",
                    policy_version=0,
                    calendar="24x7",
                    calendar_version=1,
                ),
                now=sla_events.SlaResult(
                    verdict="met", due_at=None, policy="{actor}", policy_version=3, calendar="Tết", calendar_version=2
                ),
            ),
            (
                "an corrected resolution target 1, ended at 2026-03-02T08:00:00Z: it was breached, due at"
                " 2026-03-02T08:00:00Z (Default 0, 24x7 1), it is met, due at none ({actor} 3, Tết 2)"
            ),
            (
                "an sửa kết quả chỉ tiêu giải quyết 1, kết thúc lúc 2026-03-02T08:00:00Z: trước vi phạm, hạn"
                " 2026-03-02T08:00:00Z (Default 0, 24x7 1), nay đạt, hạn không có ({actor} 3, Tết 2)"
            ),
        ),
    ],
)
def test_sentences_read_well_in_both_languages(payload: Event, english: str, vietnamese: str) -> None:
    entry = entries(history(at(0, received()), at(1, payload)))[1]
    assert (sentence(entry), sentence(entry, "vi")) == (english, vietnamese)


@pytest.mark.parametrize(
    ("actor", "english", "vietnamese"),
    [
        (Actor(id="an", kind="agent"), "an", "an"),
        (Actor(id="rules", kind="system"), "System rules", "Hệ thống rules"),
        (Actor(id="rule:csat", kind="system"), "Rule csat", "Quy tắc csat"),
        (Actor(id="an", kind="agent", on_behalf_of="Lan"), "an (on behalf of Lan)", "an (thay mặt Lan)"),
    ],
)
def test_a_sentence_says_who_it_was(actor: Actor, english: str, vietnamese: str) -> None:
    entry = entries(history(at(0, received()), at(1, e.WorkStarted(), by=actor)))[1]
    assert (sentence(entry), sentence(entry, "vi")) == (f"{english} started work", f"{vietnamese} bắt đầu xử lý")
