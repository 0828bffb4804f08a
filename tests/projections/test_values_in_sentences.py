"""Values of the history are written as people say them: in words, units, days and names of the language."""

import tomllib
from string import Formatter
from typing import Any, get_args
from uuid import UUID

import pytest

from domain.automation.commands import PassedOverWhy, SuspendedWhy
from domain.automation.definition import SUBJECTS
from domain.contact_rules.admit import Why as ReasonOfAdmission
from domain.definitions.shipped import shipped_files
from domain.due.registry import DUE_FUNCTIONS
from domain.event_log.event_types import EVENT_TYPES
from domain.notification.commands import Purpose
from domain.procedure.definition import ProcedureDefinition
from domain.readable import Language
from domain.zones import zone_named
from projections.audit.field_types import VOCABULARY_OF_FIELD, type_of
from projections.audit.sentences import sentence
from projections.audit.templates import TEMPLATES
from projections.audit.vocabularies import VOCABULARIES
from projections.timeline.kinds import Kind
from tests.support.audit_entries import entries
from tests.support.events import at, history, received

ZONE = zone_named("Asia/Ho_Chi_Minh")
LAN = "00000000-0000-0000-0000-0000000000a1"


def in_words(topic: str, facts: dict[str, Any], language: Language, **more: Any) -> str:
    """The sentence of an agent."""
    (entry,) = entries(history(at(0, received())))
    entry.topic, entry.facts = topic, facts
    return sentence(entry, language, **{"zone": ZONE, **more})


@pytest.mark.parametrize(
    ("topic", "facts", "english", "vietnamese"),
    [
        ("notification.requested", {"template": "csat", "template_version": 0, "to": "an", "to_kind": "agent",
                                    "channel": "email", "purpose": "service"},
         "an requested the notification rating of a ticket to agent an (email, purpose: service)",
         "an yêu cầu gửi thông báo đánh giá sau hỗ trợ tới nhân viên an (email, mục đích: phục vụ)"),
        ("notification.requested", {"template": "tin vui", "template_version": 2, "to": "an", "to_kind": "agent",
                                    "channel": "email", "purpose": "service"},
         "an requested the notification tin vui (version 2) to agent an (email, purpose: service)",
         "an yêu cầu gửi thông báo tin vui (phiên bản 2) tới nhân viên an (email, mục đích: phục vụ)"),
        ("ticket.effort_logged", {"seconds": 600, "agent": "b", "kind": "after_contact"},
         "an logged 10 min of handling by b (after contact)", "an ghi nhận 10 phút xử lý của b (sau liên hệ)"),
        ("ticket.sla_warned",
         {"target": "first_response", "instance": 1, "fraction": 0.5, "before": 93_600,
          "reached_at": "2026-03-02T08:15:00Z", "due_at": "2026-03-03T10:15:00Z"},
         ("an warned: first response target 1 was used to 50 % at 2026-03-02 15:15, 1 day 2 h before it is due at"
          " 2026-03-03 17:15"),
         ("an cảnh báo: chỉ tiêu phản hồi đầu tiên 1 đã dùng 50 % lúc 15:15 02/03/2026, còn 1 ngày 2 giờ đến hạn"
          " 17:15 03/03/2026")),
        ("customer.date_removed", {"name": "birthday"}, "an removed the date birthday", "an xóa ngày sinh nhật"),
        ("customer.consent_withdrawn", {"purpose": "survey", "channels": []},
         "an recorded that the consent to survey was withdrawn (channels: all)",
         "an ghi nhận rút lại đồng ý cho khảo sát (kênh: tất cả)"),
        ("customer.tier_changed", {"tier": "standard"}, "an changed the customer's tier to standard",
         "an đổi hạng khách hàng thành tiêu chuẩn"),
        ("customer.tier_changed", {"tier": "gold"}, "an changed the customer's tier to gold",
         "an đổi hạng khách hàng thành vàng"),
        ("ticket.resolved", {"code": "solved"}, "an resolved the ticket (solved)",
         "an giải quyết xong phiếu (đã xử lý)"),
        ("ticket.resolved", {"code": "no_fault"}, "an resolved the ticket (no_fault)",
         "an giải quyết xong phiếu (no_fault)"),
        ("ticket.reply_sent", {"body": "b", "channel": "call", "automated": False},
         "an replied to the customer (channel: call): b", "an trả lời khách hàng (kênh: gọi điện): b"),
        ("customer.purchase_serviced", {"purchase_id": "P1", "on": "2026-03-05"},
         "an recorded a service of the purchase P1 on 2026-03-05", "an ghi nhận bảo dưỡng đơn mua P1 ngày 05/03/2026"),
        ("usage.recorded",
         {"product": "X", "day": "2026-03-05", "metric": "calls", "value": 12_345.5, "limit": 20_000.0},
         "an recorded the usage of X on 2026-03-05: calls = 12,345.5 (limit: 20,000)",
         "an ghi nhận mức sử dụng X ngày 05/03/2026: calls = 12.345,5 (hạn mức: 20.000)"),
        ("customer.consent_given", {"purpose": "care", "channels": ["phone", "zalo"], "evidence": "e"},
         "an recorded a consent to care (channels: phone, Zalo); evidence: e",
         "an ghi nhận đồng ý cho chăm sóc (kênh: điện thoại, Zalo); bằng chứng: e"),
        ("automation.fired",
         {"rule": "welcome", "version": 2, "outcomes": [
             {"command": "notify", "stream": LAN, "events": 1, "refused": None},
             {"command": "notify", "stream": LAN, "events": 0, "refused": "placeholder_missing"},
             {"command": "reply", "stream": LAN, "events": 0, "refused": "ticket_not_open"},
             {"command": "reply", "stream": LAN, "events": 0, "refused": "of_a_plug_in"}]},
         ("an: welcome (version 2) fired: notify; notify (refused: a value of its template is missing); reply (refused:"
          " ticket not open); reply (refused: of a plug in)"),
         ("an: welcome (phiên bản 2) đã chạy: gửi thông báo; gửi thông báo (bị từ chối: thiếu giá trị để điền vào mẫu);"
          " trả lời (bị từ chối: Chỉ làm được với phiếu đang mở); trả lời (bị từ chối: of a plug in)")),
        ("key.created",
         {"key_id": "k", "actor_id": "b", "actor_kind": "agent", "scopes": ["read"], "acts_for_others": False,
          "back_dating_seconds": 86_400, "expires_at": None},
         ("an made the API key k for agent b; scopes: read; acts for nobody else; back-dating: 1 day;"
          " valid until: none"),
         ("an tạo khóa API k cho nhân viên b; quyền: read; không được làm thay người khác; được ghi lùi: 1 ngày;"
          " hiệu lực đến: không có")),
    ],
)  # fmt: skip
def test_durations_shares_days_and_codes_are_in_the_words_of_people(
    topic: str, facts: dict[str, Any], english: str, vietnamese: str
) -> None:
    assert (in_words(topic, facts, "en"), in_words(topic, facts, "vi")) == (english, vietnamese)


@pytest.mark.parametrize(
    ("topic", "facts", "english", "vietnamese"),
    [
        ("usage.recorded",
         {"product": "X", "day": "2026-03-05", "metric": "GB", "value": 1234.56789, "limit": 0.00012345},
         "an recorded the usage of X on 2026-03-05: GB = 1,234.56789 (limit: 0.00012345)",
         "an ghi nhận mức sử dụng X ngày 05/03/2026: GB = 1.234,56789 (hạn mức: 0,00012345)"),
        ("ticket.effort_logged", {"seconds": 3675, "agent": "b", "kind": "talk"},
         "an logged 1 h 1 min 15 s of handling by b (talk)", "an ghi nhận 1 giờ 1 phút 15 giây xử lý của b (trao đổi)"),
        ("ticket.sla_warned",
         {"target": "resolution", "instance": 1, "fraction": 0.875, "before": 93_615,
          "reached_at": "2026-03-02T08:15:00Z", "due_at": "2026-03-03T10:15:00Z"},
         ("an warned: resolution target 1 was used to 87.5 % at 2026-03-02 15:15, 1 day 2 h 15 s before it is due at"
          " 2026-03-03 17:15"),
         ("an cảnh báo: chỉ tiêu giải quyết 1 đã dùng 87,5 % lúc 15:15 02/03/2026, còn 1 ngày 2 giờ 15 giây đến hạn"
          " 17:15 03/03/2026")),
    ],
)  # fmt: skip
def test_recorded_numbers_are_not_rounded(topic: str, facts: dict[str, Any], english: str, vietnamese: str) -> None:
    assert (in_words(topic, facts, "en"), in_words(topic, facts, "vi")) == (english, vietnamese)


@pytest.mark.parametrize("zone", ["Asia/Ho_Chi_Minh", "America/New_York"])
def test_a_day_is_the_same_day_in_every_zone(zone: str) -> None:
    facts = {"hold": "h", "until": "2026-12-31", "why": "w"}
    assert in_words("erasure.hold_placed", facts, "vi", zone=zone_named(zone)) == (
        "an đặt lệnh lưu giữ h, đến 31/12/2026: w"
    )


@pytest.mark.parametrize(
    ("topic", "facts", "vietnamese"),
    [
        ("erasure.refused", {"why": "stopped"}, "an từ chối việc xóa dữ liệu: stopped"),
        ("erasure.loss_reported", {"keys": 3, "affected": 2, "why": "stopped"},
         "an báo mất 3 khóa dữ liệu của 2 lịch sử: stopped"),
        ("customer.activity_recorded",
         {"external_id": "7", "source": "crm", "kind": "channel", "title": "t", "data": {"x": "y"}},
         "an ghi nhận hoạt động 7 từ crm (channel): t; dữ liệu: x: y"),
        ("notification.suppressed", {"why": "stopped"}, "an không gửi thông báo: đã bị dừng"),
        ("notification.requested",
         {"template": "t", "template_version": 1, "to_kind": "customer", "to": LAN, "channel": "sms",
          "purpose": "care"},
         "an yêu cầu gửi thông báo t (phiên bản 1) tới khách hàng Lan (tin nhắn SMS, mục đích: chăm sóc)"),
        ("ticket.note_added", {"body": LAN}, f"an thêm ghi chú: {LAN}"),
    ],
)  # fmt: skip
def test_only_codes_and_ids_are_replaced(topic: str, facts: dict[str, Any], vietnamese: str) -> None:
    assert in_words(topic, facts, "vi", names={LAN: "Lan"}) == vietnamese


def test_every_vocabulary_is_of_a_text_field_of_an_event() -> None:
    fields = {
        name
        for topic, event_type in EVENT_TYPES.classes.items()
        for field in event_type.model_fields
        if type_of(topic, field) is str
        for name in (field, f"{topic}.{field}")
    }
    assert VOCABULARY_OF_FIELD.keys() <= fields
    assert set(VOCABULARY_OF_FIELD.values()) <= VOCABULARIES.keys()


def test_each_reason_that_is_recorded_has_words() -> None:
    reasons = {*get_args(PassedOverWhy), *get_args(SuspendedWhy), *get_args(ReasonOfAdmission)}
    assert reasons <= VOCABULARIES["why"].keys()


@pytest.mark.parametrize("topic", sorted(EVENT_TYPES.classes))
@pytest.mark.parametrize("language", get_args(Language))
def test_a_flag_has_words_of_its_own_in_each_template(topic: str, language: Language) -> None:
    fields = EVENT_TYPES.classes[topic].model_fields
    for _, name, words, _ in Formatter().parse(TEMPLATES[topic][language]):
        is_flag = name in fields and "bool" in str(fields[name].annotation)
        assert is_flag == ("|" in (words or "")), f"{topic}: {name}"


@pytest.mark.parametrize("flag", [None, "[erased]"])
def test_a_flag_that_holds_no_flag_is_written_as_any_other_value(flag: str | None) -> None:
    facts = {"milestone": "m", "done": flag, "due_on": None}
    words = {None: "không có", "[erased]": "[đã xóa]"}[flag]
    assert in_words("contract.progress_recorded", facts, "vi") == f"an ghi nhận mốc m ({words})"


def test_customers_and_tickets_have_their_names_where_they_are_known() -> None:
    facts = {"customer_id": LAN, "organisation_id": str(UUID(int=7))}
    assert in_words("ticket.customer_corrected", facts, "vi", names={LAN: "Lan"}) == (
        f"an sửa khách hàng của phiếu thành Lan (tổ chức {UUID(int=7)})"
    )


def test_a_customer_who_writes_has_a_name() -> None:
    (entry,) = entries(history(at(0, received())))
    entry.actor, entry.actor_kind = LAN, "customer"
    assert sentence(entry, "vi", names={LAN: "Lan"}).startswith("Khách hàng Lan ghi nhận")
    assert sentence(entry, "vi").startswith(f"Khách hàng {LAN} ghi nhận")


@pytest.mark.parametrize(
    ("actor", "rule", "english", "vietnamese"),
    [
        ("rule:vip-first", "vip-first", "Rule vip-first (version 2) was", "Quy tắc vip-first (phiên bản 2) bị"),
        ("procedures", "procedure:complaint", "Procedure runner: procedure complaint (version 2) was",
         "Bộ chạy quy trình: quy trình complaint (phiên bản 2) bị"),
    ],
)  # fmt: skip
def test_a_rule_is_named_once_and_a_procedure_that_did_not_start_is_named(
    actor: str, rule: str, english: str, vietnamese: str
) -> None:
    (entry,) = entries(history(at(0, received())))
    entry.topic, entry.actor, entry.actor_kind = "automation.passed_over", actor, "system"
    entry.facts = {"rule": rule, "version": 2, "why": "stale"}
    assert sentence(entry, "en").startswith(f"{english} passed over: ")
    assert sentence(entry, "vi").startswith(f"{vietnamese} bỏ qua: ")


@pytest.mark.parametrize(
    ("actor", "english", "vietnamese"),
    [
        ("assigner", "Assigner recorded", "Bộ phân công tự động ghi nhận"),
        ("robot", "System robot recorded", "Hệ thống robot ghi nhận"),
    ],
)
def test_a_program_without_words_is_named_with_its_kind(actor: str, english: str, vietnamese: str) -> None:
    (entry,) = entries(history(at(0, received())))
    entry.actor, entry.actor_kind = actor, "system"
    assert sentence(entry, "en").startswith(english)
    assert sentence(entry, "vi").startswith(vietnamese)


def test_every_outcome_of_a_shipped_procedure_has_words() -> None:
    shipped = [
        ProcedureDefinition.model_validate(tomllib.loads(text)["body"]) for text in shipped_files("procedure").values()
    ]
    ends = [
        each
        for body in shipped
        for each in (*body.ends_on, *(match for step in body.steps for match in step.done_when))
    ]
    outcomes = {answer for body in shipped for step in body.steps for answer in step.answers}
    outcomes |= {each.result for each in ends if each.result is not None}
    assert {"accepted", "returned", "replied"} < outcomes
    assert outcomes <= VOCABULARIES["result of a step"].keys()


def test_the_outcome_of_a_procedure_is_said_in_words() -> None:
    (entry,) = entries(history(at(0, received())))
    entry.topic = "procedure.completed"
    entry.facts = {"procedure": "complaint", "subject_kind": "ticket", "subject": str(LAN), "outcome": "accepted"}
    assert sentence(entry, "vi").endswith("(kết quả: chấp nhận)")
    assert sentence(entry, "en").endswith("(outcome: accepted)")


def test_each_purpose_of_a_message_has_words() -> None:
    assert VOCABULARIES["purpose"].keys() == set(get_args(Purpose))


def test_each_kind_of_an_entry_of_a_timeline_has_words() -> None:
    assert VOCABULARIES["kind of an entry"].keys() == set(get_args(Kind))


def test_each_topic_and_each_due_function_that_a_rule_may_react_to_has_words() -> None:
    topics = {topic for topic in EVENT_TYPES.classes if topic.partition(".")[0] in SUBJECTS}
    assert VOCABULARIES["trigger"].keys() == topics | {f"due: {name}" for name in DUE_FUNCTIONS}
