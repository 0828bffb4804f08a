"""The codes of the log in words of each language. What people have written stays as it is."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.personal_data.declaration import ERASED, LOST
from domain.readable import Language

Vocabulary = Mapping[str, str]
_WORDS: Mapping[Language, Mapping[object, str]] = MappingProxyType(
    {
        "en": {
            None: "none",
            True: "yes",
            False: "no",
            "third_party": "third party",
            "after_contact": "after contact",
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
            "unknown": "không rõ",
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
            "no_ticket": "không có phiếu",
            "no_subject": "không có đối tượng",
            "no_customer": "không có khách hàng",
            "nobody": "không có ai",
            "template_unknown": "không có mẫu đó",
        },
    }
)
_STREAM_KINDS: Vocabulary = MappingProxyType(
    {
        "ticket": "phiếu",
        "customer": "khách hàng",
        "address": "địa chỉ",
        "contract": "hợp đồng",
        "usage": "mức sử dụng",
        "feedback": "phản hồi",
        "file": "tệp",
        "activity": "hoạt động",
        "segment": "nhóm khách hàng",
        "task": "công việc",
        "notification": "thông báo",
        "procedure": "quy trình",
        "procedure_claim": "giữ chỗ quy trình",
        "agent": "nhân viên",
        "report": "báo cáo",
        "policy": "chính sách",
        "calendar": "lịch",
        "definition": "cấu hình",
        "switch": "công tắc dừng",
        "key": "khóa API",
        "sealing": "khóa niêm phong",
        "erasure": "yêu cầu xóa dữ liệu",
    }
)
_VIETNAMESE: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "channel": {
            "phone": "điện thoại",
            "web": "trang web",
            "chat": "trò chuyện",
            "letter": "thư giấy",
            "call": "gọi điện",
            "sms": "tin nhắn SMS",
            "webhook": "webhook",
            "file": "tệp",
            "in person": "gặp trực tiếp",
            "unknown": "không rõ",
            "erasure": "xóa dữ liệu cá nhân",
            "command line": "dòng lệnh",
            "automation": "tự động hóa",
            "assigner": "bộ phân công",
            "due-watch": "bộ theo dõi hạn",
            "sla-watch": "bộ theo dõi SLA",
            "sender": "bộ gửi",
            "import": "nhập dữ liệu",
            "simulation": "mô phỏng",
            "screen": "màn hình",
        },
        "resolution code": {"imported": "đã nhập"},
        "alike": {"phone": "điện thoại", "mobile": "di động", "name": "tên", "address": "địa chỉ"},
        "definition kind": {
            "settings": "thiết lập",
            "identity": "quy tắc nhận diện",
            "health": "điểm sức khỏe",
            "segment": "nhóm khách hàng",
            "nps-wave": "đợt NPS",
            "activity": "loại hoạt động",
            "upselling": "quy tắc bán thêm",
            "workforce": "nhân lực",
            "routing": "quy tắc phân công",
            "report-pack": "bộ báo cáo",
            "automation": "quy tắc tự động",
            "template": "mẫu",
            "contact-rules": "quy tắc liên hệ",
            "procedure": "quy trình",
            "review": "quy tắc duyệt",
            "thanks": "quy tắc lời cảm ơn",
            "retention": "quy tắc lưu giữ",
        },
        "step kind": {
            "task": "công việc",
            "notify": "thông báo",
            "wait": "chờ",
            "decide": "quyết định",
            "survey": "khảo sát",
        },
        "role": {"holder": "người giữ phiếu", "owner": "người phụ trách", "lead": "trưởng nhóm", "team": "nhóm"},
        "source": {"person": "người dùng", "rule": "quy tắc", "procedure": "quy trình"},
        "verdict of a scan": {"clean": "sạch", "infected": "có mã độc", "failed": "không quét được"},
        "effect": {
            "assign": "phân công",
            "prioritise": "đặt độ ưu tiên",
            "categorise": "xếp loại",
            "add-note": "thêm ghi chú",
            "escalate": "chuyển cấp",
            "put-on-hold": "tạm dừng",
            "resume": "tiếp tục",
            "resolve": "giải quyết",
            "reopen": "mở lại",
            "close": "đóng",
            "cancel": "hủy",
            "reply": "trả lời",
            "notify": "gửi thông báo",
            "open-task": "mở công việc",
            "start-procedure": "bắt đầu quy trình",
        },
        "stream kind": _STREAM_KINDS,
        "kind of a history": {
            **_STREAM_KINDS,
            "access": "quyền truy cập",
            "rules": "quy tắc",
            "automation": "tự động",
            "personal_data": "dữ liệu cá nhân",
        },
        "law": {"vn-91-2025": "Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15)", "gdpr": "Quy định GDPR của châu Âu"},
        "state of a procedure": {"running": "đang chạy", "completed": "hoàn tất", "abandoned": "đã dừng"},
        "end of a step": {"done": "hoàn thành", "skipped": "bỏ qua", "left": "bỏ dở"},
    }
)
"""Codes that have these words in one vocabulary alone. In English a code is its own word."""

_GONE_IN_VIETNAMESE = MappingProxyType({ERASED: "[đã xóa]", LOST: "[đã mất]"})


def in_language(text: str, language: Language) -> str:
    """A text for people, with the word of the language where a value was erased or its key lost."""
    if language == "vi":
        for word, said in _GONE_IN_VIETNAMESE.items():
            text = text.replace(word, said)
    return text


def word(code: Any, language: Language) -> str:
    """A code of the log in words; itself where it has none."""
    return _WORDS[language].get(code, str(code))


def word_of(vocabulary: str, code: str, language: Language) -> str:
    """A code of a vocabulary in words; itself where it has none. Of ``rule:NAME`` the first part is a code."""
    if language == "en":
        return code
    words = _VIETNAMESE[vocabulary]
    first, colon, name = code.partition(":")
    return f"{words[first]} {name}" if colon and first in words else words.get(code, code)
