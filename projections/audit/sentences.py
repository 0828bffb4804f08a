"""What an audit entry says, in a sentence for people: derived from the recorded facts, never written by hand."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.sla.calendar.microseconds import SECOND, duration_text
from domain.sla.clock.explain_text import Language
from projections.audit.queries import AuditEntry

TEMPLATES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "ticket.received": {
            "en": "{actor} recorded a new ticket by {channel}: {subject} (category {category}, priority {priority})",
            "vi": "{actor} ghi nhận phiếu mới qua {channel}: {subject} (loại {category}, độ ưu tiên {priority})",
        },
        "ticket.categorised": {
            "en": "{actor} put the ticket into category {category}",
            "vi": "{actor} xếp phiếu vào loại {category}",
        },
        "ticket.prioritised": {
            "en": "{actor} set the priority to {priority}",
            "vi": "{actor} đặt độ ưu tiên là {priority}",
        },
        "ticket.assigned": {
            "en": "{actor} assigned the ticket: team {team}, agent {agent}",
            "vi": "{actor} phân công phiếu: nhóm {team}, nhân viên {agent}",
        },
        "ticket.work_started": {"en": "{actor} started work", "vi": "{actor} bắt đầu xử lý"},
        "ticket.work_stopped": {
            "en": "{actor} put the ticket back into the queue",
            "vi": "{actor} trả phiếu về hàng chờ",
        },
        "ticket.put_on_hold": {
            "en": "{actor} put the ticket on hold, waiting for: {waiting_for}",
            "vi": "{actor} tạm dừng phiếu, đang chờ: {waiting_for}",
        },
        "ticket.work_resumed": {"en": "{actor} resumed work", "vi": "{actor} tiếp tục xử lý"},
        "ticket.message_received": {
            "en": "{actor} recorded a message from the customer (channel: {channel}): {body}",
            "vi": "{actor} ghi nhận tin nhắn của khách hàng (kênh: {channel}): {body}",
        },
        "ticket.reply_sent": {
            "en": "{actor} replied to the customer (channel: {channel}, automated: {automated}): {body}",
            "vi": "{actor} trả lời khách hàng (kênh: {channel}, tự động: {automated}): {body}",
        },
        "ticket.note_added": {"en": "{actor} added a note: {body}", "vi": "{actor} thêm ghi chú: {body}"},
        "ticket.escalated": {
            "en": "{actor} escalated the ticket to {to}, level {level}",
            "vi": "{actor} chuyển phiếu lên cấp {level}, đến {to}",
        },
        "ticket.effort_logged": {
            "en": "{actor} logged {seconds} s of handling by {agent} ({kind})",
            "vi": "{actor} ghi nhận {seconds} giây xử lý của {agent} ({kind})",
        },
        "ticket.resolved": {
            "en": "{actor} resolved the ticket ({code}): {resolution}",
            "vi": "{actor} giải quyết xong phiếu ({code}): {resolution}",
        },
        "ticket.reopened": {"en": "{actor} reopened the ticket", "vi": "{actor} mở lại phiếu"},
        "ticket.closed": {
            "en": "{actor} recorded that the ticket was closed; closed by: {closed_by}",
            "vi": "{actor} ghi nhận phiếu đã đóng; người đóng: {closed_by}",
        },
        "ticket.cancelled": {
            "en": "{actor} recorded that the ticket was cancelled; cancelled by: {cancelled_by}, as: {cancelled_as}",
            "vi": "{actor} ghi nhận phiếu đã hủy; người hủy: {cancelled_by}, lý do: {cancelled_as}",
        },
        "ticket.merged": {
            "en": "{actor} merged this ticket into {into}",
            "vi": "{actor} gộp phiếu này vào phiếu {into}",
        },
        "ticket.absorbed": {
            "en": "{actor} merged ticket {ticket_id} into this one",
            "vi": "{actor} gộp phiếu {ticket_id} vào phiếu này",
        },
        "ticket.merge_undone": {
            "en": "{actor} took this ticket out of {into} again",
            "vi": "{actor} tách phiếu này khỏi phiếu {into}",
        },
        "ticket.absorption_undone": {
            "en": "{actor} took ticket {ticket_id} out of this one again",
            "vi": "{actor} tách phiếu {ticket_id} khỏi phiếu này",
        },
        "ticket.satisfaction_rated": {
            "en": "{actor} recorded a satisfaction rating of {score} out of 5; comment: {comment}",
            "vi": "{actor} ghi nhận mức hài lòng {score} trên 5; nhận xét: {comment}",
        },
        "ticket.sla_warned": {
            "en": "{actor} warned: {target} target {instance} was used to {fraction} at {reached_at},"
            " {before}due at {due_at}",
            "vi": "{actor} cảnh báo: chỉ tiêu {target} {instance} đã dùng {fraction} lúc {reached_at},"
            " {before}hạn {due_at}",
        },
        "ticket.sla_breached": {
            "en": "{actor} recorded that {target} target {instance}, due at {due_at}, was missed",
            "vi": "{actor} ghi nhận chỉ tiêu {target} {instance} quá hạn, hạn là {due_at}",
        },
        "ticket.sla_corrected": {
            "en": "{actor} corrected {target} target {instance}, ended at {ended_at}: it was {was}, it is {now}",
            "vi": "{actor} sửa kết quả chỉ tiêu {target} {instance}, kết thúc lúc {ended_at}: trước {was}, nay {now}",
        },
        "ticket.details_changed": {
            "en": "{actor} changed details: {changes}",
            "vi": "{actor} thay đổi chi tiết: {changes}",
        },
        "customer.registered": {
            "en": "{actor} registered the customer {name}, tier {tier}",
            "vi": "{actor} đăng ký khách hàng {name}, hạng {tier}",
        },
        "customer.details_changed": {
            "en": "{actor} changed the customer's name to {name}",
            "vi": "{actor} đổi tên khách hàng thành {name}",
        },
        "customer.address_added": {
            "en": "{actor} added the address {channel}: {handle} (shared: {shared})",
            "vi": "{actor} thêm địa chỉ {channel}: {handle} (dùng chung: {shared})",
        },
        "customer.address_removed": {
            "en": "{actor} removed the address {channel}: {handle}",
            "vi": "{actor} xóa địa chỉ {channel}: {handle}",
        },
        "customer.tier_changed": {
            "en": "{actor} changed the customer's tier to {tier}",
            "vi": "{actor} đổi hạng khách hàng thành {tier}",
        },
        "policy.published": {
            "en": "{actor} published version {version} of the policy, {policy}, effective from {effective_from}",
            "vi": "{actor} ban hành phiên bản {version} của chính sách, {policy}, hiệu lực từ {effective_from}",
        },
        "calendar.published": {
            "en": "{actor} published version {version} of the calendar {calendar}, effective from {effective_from}",
            "vi": "{actor} ban hành phiên bản {version} của lịch {calendar}, hiệu lực từ {effective_from}",
        },
    }
)
"""By topic. A placeholder is a field of the event's payload, or the actor."""

_WORDS: Mapping[Language, Mapping[object, str]] = MappingProxyType(
    {
        "en": {None: "none", True: "yes", False: "no", "third_party": "third party", "after_contact": "after contact"},
        "vi": {
            None: "không có",
            True: "có",
            False: "không",
            "customer": "khách hàng",
            "third_party": "bên thứ ba",
            "internal": "nội bộ",
            "agent": "nhân viên",
            "rule": "quy tắc",
            "duplicate": "trùng lặp",
            "spam": "thư rác",
            "other": "khác",
            "system": "hệ thống",
            "import": "dữ liệu nhập",
            "talk": "trao đổi",
            "hold": "giữ máy",
            "after_contact": "sau liên hệ",
            "first_response": "phản hồi đầu tiên",
            "next_response": "phản hồi tiếp theo",
            "periodic_update": "cập nhật định kỳ",
            "resolution": "giải quyết",
            "met": "đạt",
            "breached": "vi phạm",
        },
    }
)
_CODED = frozenset({"waiting_for", "closed_by", "cancelled_by", "cancelled_as", "kind", "target"})
"""Fields that hold codes of ours and are translated; every other text stays as it was written."""
_RESULT: Mapping[Language, str] = MappingProxyType(
    {
        "en": "{verdict}, due at {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
        "vi": "{verdict}, hạn {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
    }
)
_BEFORE: Mapping[Language, str] = MappingProxyType({"en": "{left} before it is ", "vi": "còn {left} đến "})
_ON_BEHALF_OF: Mapping[Language, str] = MappingProxyType({"en": "on behalf of", "vi": "thay mặt"})


def sentence(entry: AuditEntry, language: Language = "en") -> str:
    """The entry's own facts in its topic's template. Raises KeyError for a topic without one."""
    values = {field: _shown(field, value, language) for field, value in entry.facts.items()}
    return TEMPLATES[entry.topic][language].format_map(values | {"actor": _actor(entry, language)})


def _actor(entry: AuditEntry, language: Language) -> str:
    """An agent by name; anybody else with what they are."""
    who = entry.actor if entry.actor_kind == "agent" else f"{_word(entry.actor_kind, language)} {entry.actor}"
    return f"{who} ({_ON_BEHALF_OF[language]} {entry.on_behalf_of})" if entry.on_behalf_of else who


def _shown(field: str, value: Any, language: Language) -> Any:
    if field == "changes":
        return "; ".join(
            f"{name}: {_shown('', change['old'], language)} → {_shown('', change['new'], language)}"
            for name, change in value.items()
        )
    if field in {"was", "now"}:
        words = {"verdict": _word(value["verdict"], language), "due_at": _shown("due_at", value["due_at"], language)}
        return _RESULT[language].format_map(value | words)
    if field == "before":
        return "" if value is None else _BEFORE[language].format(left=duration_text(value * SECOND))
    if field in {"policy", "calendar"}:
        return value["name"]
    return _word(value, language) if value is None or isinstance(value, bool) or field in _CODED else value


def _word(code: Any, language: Language) -> str:
    return _WORDS[language].get(code, str(code))
