"""The fields that an event changed, in words: their names, and their values where these are codes or instants."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from domain.readable import Language, minute
from domain.zones import TimeZone
from projections.audit.field_types import VOCABULARY_OF_FIELD
from projections.audit.words import word_of

Value = str | int | Sequence[str] | None
DETAILS = "details."

_FIELDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "addresses": ("addresses", "địa chỉ liên lạc"),
        "agent": ("agent", "nhân viên"),
        "auto_renews": ("renews by itself", "tự gia hạn"),
        "cancelled_as": ("cancelled as", "lý do hủy"),
        "cancelled_by": ("cancelled by", "người hủy"),
        "category": ("category", "loại"),
        "channel": ("channel", "kênh"),
        "closed_by": ("closed by", "người đóng"),
        "currency": ("currency", "tiền tệ"),
        "customer": ("customer", "khách hàng"),
        "due_at": ("due", "hạn"),
        "effective_from": ("effective from", "hiệu lực từ"),
        "ends_on": ("last day", "ngày cuối"),
        "escalated_to": ("escalated to", "chuyển cấp cho"),
        "escalation_level": ("level of escalation", "cấp"),
        "expected_by": ("expected by", "hẹn xong trước"),
        "external_reference": ("number in the source", "số ở hệ thống nguồn"),
        "hold_until": ("on hold until", "tạm dừng đến"),
        "merged_into": ("merged into", "gộp vào"),
        "name": ("name", "tên"),
        "organisation": ("organisation", "tổ chức"),
        "owner": ("owner", "phụ trách"),
        "party": ("party", "loại khách hàng"),
        "priority": ("priority", "độ ưu tiên"),
        "rating": ("rating", "điểm đánh giá"),
        "rating_comment": ("comment of the rating", "lời đánh giá"),
        "resolution": ("resolution", "cách giải quyết"),
        "resolution_code": ("code of the resolution", "mã giải quyết"),
        "result": ("result", "kết quả"),
        "starts_on": ("first day", "ngày đầu"),
        "state": ("state", "trạng thái"),
        "subject": ("subject", "tiêu đề"),
        "team": ("team", "nhóm"),
        "term": ("term", "kỳ hợp đồng"),
        "terminated_on": ("terminated on", "chấm dứt ngày"),
        "tier": ("tier", "hạng"),
        "value": ("value", "giá trị"),
        "version": ("version", "phiên bản"),
        "waiting_for": ("waiting for", "đang chờ"),
    }
)
"""By field: English, Vietnamese."""
_STATES: Mapping[str, str] = MappingProxyType({"ticket": "state", "task": "state of a task"})
"""The vocabulary of states by the kind of the stream."""
_OTHER_STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "registered": ("registered", "đã đăng ký"),
        "merged": ("merged", "đã gộp"),
        "erased": ("erased", "đã xóa"),
        "running": ("running", "đang hiệu lực"),
        "lapsed": ("lapsed", "hết hiệu lực"),
        "terminated": ("terminated", "đã chấm dứt"),
    }
)
"""The states of customers and contracts: English, Vietnamese."""
_INSTANTS = frozenset({"due_at", "effective_from", "expected_by", "hold_until"})


def field_in_words(field: str, language: Language) -> str:
    """The name of a field; one of an imported history is its own name."""
    english, vietnamese = _FIELDS.get(field) or (field.removeprefix(DETAILS),) * 2
    return english if language == "en" else vietnamese


def value_in_words(kind: str, field: str, value: Value, language: Language, zone: TimeZone) -> Value:
    """The value of a field of a stream of a kind; what people have written stays as it is."""
    if not isinstance(value, str):
        return value
    if field in _INSTANTS:
        return minute(datetime.fromisoformat(value).astimezone(zone), language)
    return code_in_words(kind, field, value, language)


def code_in_words(kind: str, field: str, value: str, language: Language) -> str:
    """A code that stands in a field of a stream of a kind; what people have written stays as it is."""
    if field == "state" and kind not in _STATES:
        return _OTHER_STATES.get(value, (value, value))[language == "vi"]
    vocabulary = _STATES[kind] if field == "state" else VOCABULARY_OF_FIELD.get(field)
    if field == "resolution_code":
        vocabulary = "resolution code"
    return value if vocabulary is None else word_of(vocabulary, value, language)
