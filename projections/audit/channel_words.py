"""The channels of events and addresses in words of each language: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

CHANNELS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "hotline": ("hotline", "tổng đài"),
        "zalo": ("Zalo", "Zalo"),
        "facebook": ("Facebook", "Facebook"),
        "email": ("email", "email"),
        "livechat": ("live chat", "trò chuyện"),
        "form": ("form", "biểu mẫu"),
        "app": ("app", "ứng dụng"),
        "other": ("another channel", "kênh khác"),
        "unknown": ("unknown", "không rõ"),
        "phone": ("phone", "điện thoại"),
        "web": ("web", "trang web"),
        "chat": ("chat", "trò chuyện"),
        "letter": ("letter", "thư giấy"),
        "call": ("call", "gọi điện"),
        "sms": ("SMS", "tin nhắn SMS"),
        "webhook": ("webhook", "webhook"),
        "file": ("file", "tệp"),
        "in person": ("in person", "gặp trực tiếp"),
        "erasure": ("erasure", "xóa dữ liệu cá nhân"),
        "command line": ("command line", "dòng lệnh"),
        "automation": ("automation", "tự động hóa"),
        "assigner": ("assigner", "bộ phân công"),
        "due-watch": ("due watch", "bộ theo dõi hạn"),
        "sla-watch": ("SLA watch", "bộ theo dõi SLA"),
        "sender": ("sender", "bộ gửi"),
        "import": ("import", "nhập dữ liệu"),
        "simulation": ("simulation", "mô phỏng"),
        "screen": ("screen", "màn hình"),
    }
)
