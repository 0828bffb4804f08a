"""The codes of the log in words of each language. What people have written stays as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.personal_data.declaration import ERASED, LOST
from domain.readable import Language
from projections.audit.vocabularies import VOCABULARIES

_WORDS: Mapping[Language, Mapping[object, str]] = MappingProxyType(
    {
        "en": {
            None: "none",
            True: "yes",
            False: "no",
            "stale": "what it reacts to was recorded too late",
            "missed": "nothing ran when it was due",
            "refused": "its commands were refused",
            "stopped": "it is stopped",
            "suspended": "it is suspended",
            "condition": "its conditions did not hold when it was due",
            "limit": "it has fired as often as it may in an hour",
            "depth": "too many rules lead to each other",
            "rate": "it fires too often",
            "no_ticket": "there is no ticket",
            "no_subject": "there is no subject",
            "no_customer": "there is no customer",
            "nobody": "there is nobody",
            "template_unknown": "there is no such template",
        },
        "vi": {
            None: "không có",
            True: "có",
            False: "không",
            "customer": "khách hàng",
            "agent": "nhân viên",
            "rule": "quy tắc",
            "other": "khác",
            "system": "hệ thống",
            "import": "dữ liệu nhập",
            "talk": "trao đổi",
            "hold": "giữ máy",
            "after_contact": "sau liên hệ",
            "unknown": "không rõ",
            "positive": "tích cực",
            "neutral": "trung tính",
            "negative": "tiêu cực",
            "ticket": "phiếu",
            "contract": "hợp đồng",
            "withdrawn": "đã rút",
            "claimed": "tự khai",
            "seen": "kênh hiển thị",
            "asserted": "kênh xác nhận",
            "verified": "đã xác minh",
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
            "no_ticket": "không có phiếu",
            "no_subject": "không có đối tượng",
            "no_customer": "không có khách hàng",
            "nobody": "không có ai",
            "template_unknown": "không có mẫu đó",
        },
    }
)
_COLUMN: Mapping[Language, int] = MappingProxyType({"en": 0, "vi": 1})
_GONE_IN_VIETNAMESE = MappingProxyType({ERASED: "[đã xóa]", LOST: "[đã mất]"})


def in_language(text: str, language: Language) -> str:
    """A text for people, with the word of the language where a value was erased or its key lost."""
    if language == "vi":
        for word, said in _GONE_IN_VIETNAMESE.items():
            text = text.replace(word, said)
    return text


def word(code: Any, language: Language) -> str:
    """A code of the log in words; itself where it has none."""
    words = _WORDS[language]
    if language == "en" and code in _WORDS["vi"] and code not in words:
        return _spaced(str(code))
    return words.get(code, str(code))


def word_of(vocabulary: str, code: str, language: Language) -> str:
    """A code of a vocabulary in words; itself where it has none. Of ``rule:NAME`` the first part is a code."""
    words = VOCABULARIES[vocabulary]
    first, colon, name = code.partition(":")
    if colon and first in words:
        return f"{words[first][_COLUMN[language]]} {name}"
    return words[code][_COLUMN[language]] if code in words else code


def _spaced(code: str) -> str:
    return code.replace("_", " ")
