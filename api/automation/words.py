"""The words of automation for people, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType

from api.automation.what_if_result import WhyNothing
from domain.readable import ByLanguage, Language
from projections.audit.rules_in_words import refusal_words
from projections.audit.words import word_of

_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        "rule": "quy tắc",
        "title": "tên",
        "state": "trạng thái",
        "reacts_to": "khi",
        "does": "làm gì",
        "fired": "đã chạy",
        "shadowed": "lẽ ra đã chạy (chỉ theo dõi)",
        "passed_over": "bị bỏ qua",
        "suspended": "tạm ngưng",
        "not_fired": "không chạy",
        "waits": "sắp chạy",
        "due": "chờ đến hạn",
        "for": "vì",
        "at": "lúc",
        "what": "kết quả",
        "why": "lý do",
        "since": "từ lúc",
        "in_a_day": "trong một ngày",
        "subject": "đối tượng",
        "on": "bật",
        "off": "tắt",
        "shadow": "chỉ theo dõi",
        "stopped": "đã dừng",
        "stale": "ghi nhận quá muộn",
        "missed": "không có gì chạy khi đến hạn",
        "refused": "các lệnh của quy tắc bị từ chối",
        "limit": "đủ số lần cho phép trong một giờ",
        "depth": "quá nhiều quy tắc gọi nhau",
        "rate": "chạy quá nhiều lần",
        "condition": "điều kiện không đúng",
        "own_effect": "do chính quy tắc gây ra",
        "import": "dữ liệu nhập",
        "disabled": "đã tắt",
        "not_in_effect": "chưa có hiệu lực lúc đó",
        "stop": "một quy tắc chạy trước không cho quy tắc nào chạy tiếp",
        "moved_on": "đến lúc xét thì điều kiện không còn đúng",
        "once": "mỗi đối tượng chỉ chạy một lần, và đã chạy rồi",
        "read": "đã đọc",
        "times": "số lần",
        "failed": "điều kiện không đúng",
        "commands": "việc sẽ làm",
        "trigger": "vì",
        "assign": "phân công",
        "prioritise": "đổi độ ưu tiên",
        "categorise": "phân loại",
        "add-note": "thêm ghi chú",
        "escalate": "chuyển cấp",
        "put-on-hold": "tạm dừng",
        "resume": "tiếp tục xử lý",
        "resolve": "giải quyết xong",
        "reopen": "mở lại",
        "close": "đóng",
        "cancel": "hủy",
        "reply": "trả lời khách",
        "notify": "gửi thông báo",
        "open-task": "mở việc",
        "start-procedure": "bắt đầu quy trình",
    }
)
_ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "depth": "too many rules lead to each other",
        "rate": "it fires too often",
        "stale": "recorded too late",
        "missed": "nothing ran when it was due",
        "refused": "its commands were refused",
        "limit": "as often as it may in an hour",
        "own_effect": "its own effect",
        "not_in_effect": "not in effect then",
        "stop": "a rule before it let no other one fire",
        "moved_on": "its conditions held no more when it was judged",
        "once": "it fires once for a subject, and has",
    }
)


_WHY_NOTHING: Mapping[WhyNothing, ByLanguage] = MappingProxyType(
    {
        "nothing_due": {"en": "Nothing became due.", "vi": "Không có gì đến hạn."},
        "no_event": {
            "en": "No event of the rule was recorded.",
            "vi": "Không có sự kiện nào của quy tắc được ghi nhận.",
        },
        "import": {
            "en": "The rule finds only imported data, and no rule fires on imported data.",
            "vi": "Quy tắc chỉ tìm thấy dữ liệu nhập, và quy tắc không chạy trên dữ liệu nhập.",
        },
        "condition": {
            "en": "The first condition that failed, with a value that stood there:",
            "vi": "Điều kiện đầu tiên không đúng, kèm một giá trị lúc đó:",
        },
        "passed_over": {"en": "Every time it was passed over.", "vi": "Lần nào cũng bị bỏ qua."},
        "suspended": {"en": "It was suspended.", "vi": "Quy tắc bị tạm ngưng."},
        "stop": {
            "en": "Every time a rule before it let no other one fire.",
            "vi": "Lần nào cũng có một quy tắc chạy trước không cho quy tắc nào chạy tiếp.",
        },
    }
)


def why_nothing(why: WhyNothing, language: Language) -> str:
    """Why a rule would not have fired at all, as a sentence."""
    return _WHY_NOTHING[why][language]


def code_text(code: str, language: Language) -> str:
    """A code in words."""
    words = _VIETNAMESE if language == "vi" else _ENGLISH
    return words.get(code, code.replace("_", " ").replace("-", " "))


def command_text(command: str, language: Language) -> str:
    """A command of a rule in words, such as "notify (nobody)", with the reason why it was refused."""
    name, _, refused = command.removesuffix(")").partition(" (")
    if not refused:
        return code_text(name, language)
    return f"{code_text(name, language)} ({refusal_words(refused, language)})"


def reacts_to_text(reacts_to: str, language: Language) -> str:
    """What a rule reacts to in words: its topics, or its due function."""
    return ", ".join(word_of("trigger", each, language) for each in reacts_to.split(", "))
