"""What an audit entry says, in a sentence for people: derived from the recorded facts, never written by hand."""

import json
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any, Protocol

from domain.sla.calendar.microseconds import SECOND, duration_text
from domain.sla.clock.explain_text import Language
from projections.audit.routing_text import routing_text
from projections.audit.templates import TEMPLATES

_WORDS: Mapping[Language, Mapping[object, str]] = MappingProxyType(
    {
        "en": {
            None: "none",
            True: "yes",
            False: "no",
            "third_party": "third party",
            "after_contact": "after contact",
            "stale": "what it reacts to was told too late",
            "missed": "nothing ran when it was due",
            "refused": "its commands were refused",
            "stopped": "it is stopped",
            "suspended": "it is suspended",
            "condition": "its conditions did not hold when it was due",
            "limit": "it has fired as often as it may in an hour",
            "depth": "too many rules lead to each other",
            "rate": "it fires too often",
        },
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
            "care": "chăm sóc",
            "marketing": "tiếp thị",
            "survey": "khảo sát",
            "sales": "bán hàng",
            "account": "tài khoản",
            "positive": "tích cực",
            "neutral": "trung tính",
            "negative": "tiêu cực",
            "ticket": "phiếu",
            "contract": "hợp đồng",
            "person": "cá nhân",
            "organisation": "tổ chức",
            "withdrawn": "đã rút",
            "claimed": "tự khai",
            "seen": "kênh hiển thị",
            "asserted": "kênh xác nhận",
            "verified": "đã xác minh",
            "code": "mã xác nhận",
            "session": "phiên đăng nhập",
            "signature": "chữ ký",
            "bounce": "thư bị trả lại",
            "reassigned": "đã đổi chủ",
            "rekeyed": "đổi khóa",
            "channel": "kênh",
            "tenant": "toàn bộ",
            "all": "tất cả",
            "stale": "sự việc được ghi nhận quá muộn",
            "missed": "không có gì chạy khi đến hạn",
            "refused": "các lệnh của quy tắc bị từ chối",
            "stopped": "đã bị dừng",
            "suspended": "đang tạm ngưng",
            "condition": "điều kiện không đúng khi đến hạn",
            "limit": "đã chạy đủ số lần cho phép trong một giờ",
            "depth": "quá nhiều quy tắc gọi nhau",
            "rate": "chạy quá nhiều lần",
            "service": "dịch vụ",
            "team": "nhóm",
            "endpoint": "điểm nhận",
            "waiting": "đang chờ",
            "attempting": "đang gửi",
            "handed_over": "đã chuyển",
            "delivered": "đã tới",
            "uncertain": "không rõ",
            "failed": "không gửi được",
            "suppressed": "không gửi",
            "no_consent": "không có sự đồng ý",
            "quiet_hours": "giờ yên lặng",
            "frequency_cap": "vượt số lần cho phép",
            "minimum_gap": "quá gần lần trước",
            "channel_window": "kênh đã đóng",
            "channel_rate": "quá nhiều trong một giây",
            "address_unknown": "không có địa chỉ",
            "address_withdrawn": "địa chỉ đã rút",
            "address_bounced": "địa chỉ bị trả lại",
            "recipient_unknown": "không có người nhận",
            "expired": "quá hạn gửi",
            "superseded": "đã có việc thay thế",
            "template_unusable": "mẫu không dùng được",
            "bounced": "bị trả lại",
            "provider_failed": "nhà cung cấp báo lỗi",
            "refused_by_receiver": "bên nhận từ chối",
            "receiver_unreachable": "không kết nối được bên nhận",
            "receiver_failed": "bên nhận báo lỗi",
            "too_many_requests": "bên nhận quá tải",
            "endpoint_gone": "điểm nhận đã đóng",
            "address_not_allowed": "địa chỉ mạng không được phép",
        },
    }
)
_CODED = frozenset(
    {
        "waiting_for",
        "closed_by",
        "cancelled_by",
        "cancelled_as",
        "kind",
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
        "to_kind",
    }
)
"""Fields that hold codes of ours and are translated; every other text stays as it was written."""
_RESULT: Mapping[Language, str] = MappingProxyType(
    {
        "en": "{verdict}, due at {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
        "vi": "{verdict}, hạn {due_at} ({policy} {policy_version}, {calendar} {calendar_version})",
    }
)
_BEFORE: Mapping[Language, str] = MappingProxyType({"en": "{left} before it is ", "vi": "còn {left} đến "})
_REFUSED: Mapping[Language, str] = MappingProxyType({"en": "refused", "vi": "bị từ chối"})
_PARTS: Mapping[tuple[str, str], Mapping[Language, str]] = MappingProxyType(
    {("ticket.put_on_hold", "until"): {"en": ", until {value}", "vi": ", đến {value}"}}
)
"""Parts of a topic's sentence that are left out when the field holds nothing."""
_ON_BEHALF_OF: Mapping[Language, str] = MappingProxyType({"en": "on behalf of", "vi": "thay mặt"})


class DescribedEvent(Protocol):
    """An event with its payload, as the audit history holds it."""

    @property
    def topic(self) -> str: ...
    @property
    def actor(self) -> str: ...
    @property
    def actor_kind(self) -> str: ...
    @property
    def on_behalf_of(self) -> str | None: ...
    @property
    def facts(self) -> dict[str, Any]: ...


def sentence(entry: DescribedEvent, language: Language = "en") -> str:
    """The entry's own facts in its topic's template. Raises KeyError for a topic without one."""
    values = {field: _shown(field, value, language) for field, value in entry.facts.items()}
    for (topic, field), part in _PARTS.items():
        if topic == entry.topic:
            value = entry.facts.get(field)
            values[field] = "" if value is None else part[language].format(value=value)
    return TEMPLATES[entry.topic][language].format_map(values | {"actor": _actor(entry, language)})


def _actor(entry: DescribedEvent, language: Language) -> str:
    """An agent by name; anybody else with what they are."""
    who = entry.actor if entry.actor_kind == "agent" else f"{word(entry.actor_kind, language)} {entry.actor}"
    return f"{who} ({_ON_BEHALF_OF[language]} {entry.on_behalf_of})" if entry.on_behalf_of else who


def _shown(field: str, value: Any, language: Language) -> Any:
    if field in _FORMS:
        return _FORMS[field](value, language)
    if isinstance(value, list):
        return ", ".join(map(str, value)) or word(None, language)
    return word(value, language) if value is None or isinstance(value, bool) or field in _CODED else value


def _changes(changes: Mapping[str, Any], language: Language) -> str:
    return "; ".join(
        f"{name}: {_shown('', change['old'], language)} → {_shown('', change['new'], language)}"
        for name, change in changes.items()
    )


def _result(result: Mapping[str, Any], language: Language) -> str:
    words = {"verdict": word(result["verdict"], language), "due_at": _shown("due_at", result["due_at"], language)}
    return _RESULT[language].format_map({**result, **words})


def _items(items: Sequence[Mapping[str, Any]], _language: Language) -> str:
    return ", ".join(f"{item['quantity']} x {item['name']}" for item in items)


def _outcomes(outcomes: Sequence[Mapping[str, Any]], language: Language) -> str:
    return "; ".join(_outcome(outcome, language) for outcome in outcomes) or word(None, language)


def _details(details: Mapping[str, str], language: Language) -> str:
    return "; ".join(f"{name}: {detail}" for name, detail in details.items()) or word(None, language)


def _before(left: int | None, language: Language) -> str:
    return "" if left is None else _BEFORE[language].format(left=duration_text(left * SECOND))


def _outcome(outcome: Mapping[str, Any], language: Language) -> str:
    refused = outcome["refused"]
    return outcome["command"] if refused is None else f"{outcome['command']} ({_REFUSED[language]}: {refused})"


def word(code: Any, language: Language) -> str:
    """A code of the log in words of a language; itself where it has none."""
    return _WORDS[language].get(code, str(code))


_FORMS: Mapping[str, Callable[[Any, Language], str]] = MappingProxyType(
    {
        "changes": _changes,
        "was": _result,
        "now": _result,
        "items": _items,
        "outcomes": _outcomes,
        "details": _details,
        "routing": routing_text,
        "data": lambda data, _language: json.dumps(data, ensure_ascii=False),
        "before": _before,
        "policy": lambda named, _language: str(named["name"]),
        "calendar": lambda named, _language: str(named["name"]),
    }
)
"""How a field is written that is no plain value."""
