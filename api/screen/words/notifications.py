"""The words of the pages of notifications."""

from collections.abc import Mapping

NOTIFICATIONS: Mapping[str, tuple[str, str]] = {
    "title": ("Notifications", "Thông báo"),
    "listed": ("Notifications", "Thông báo"),
    "state": ("State", "Trạng thái"),
    "every_state": ("every state", "mọi trạng thái"),
    "channel": ("Channel", "Kênh"),
    "every_channel": ("every channel", "mọi kênh"),
    "dead_only": ("Only those that a person decides about", "Chỉ những mục cần người quyết định"),
    "template": ("Text", "Mẫu"),
    "to": ("To", "Gửi đến"),
    "about": ("About", "Về"),
    "requested": ("Requested", "Yêu cầu lúc"),
    "why": ("Why", "Lý do"),
    "none": ("No notification matches the filters.", "Không có thông báo nào khớp bộ lọc."),
}
NOTIFICATION: Mapping[str, tuple[str, str]] = {
    "facts": ("State", "Tình trạng"),
    "text": ("Text", "Nội dung"),
    "purpose": ("Purpose", "Mục đích"),
    "to": ("To", "Gửi đến"),
    "address": ("Address", "Địa chỉ"),
    "rule": ("Rule", "Quy tắc"),
    "template": ("Template", "Mẫu"),
    "requested": ("Requested", "Yêu cầu lúc"),
    "attempt": ("Last attempt", "Lần gửi cuối"),
    "attempt_number": ("number {number}", "lần thứ {number}"),
    "next": ("Next attempt", "Lần gửi tiếp"),
    "ended": ("Ended", "Kết thúc"),
    "not_after": ("Not after", "Không sau"),
    "proven": (
        "Its hash stands in the log: this is the text that was sent.",
        "Mã băm có trong nhật ký: đây là nội dung đã gửi.",
    ),
    "not_proven": (
        "The hash in the log is another one: this is not the text that was sent.",
        "Mã băm trong nhật ký khác: đây không phải nội dung đã gửi.",
    ),
    "not_sent": ("Nothing has been sent yet.", "Chưa gửi lần nào."),
    "unknown": ("Its template or its values are not known any more.", "Không còn mẫu hoặc giá trị của nội dung."),
}
