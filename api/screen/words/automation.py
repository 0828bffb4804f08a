"""The words of the page of automation."""

from collections.abc import Mapping

AUTOMATION: Mapping[str, tuple[str, str]] = {
    "title": ("Automation", "Tự động hóa"),
    "rules": ("Rules in effect", "Quy tắc đang có hiệu lực"),
    "switches": ("What is stopped", "Đang dừng"),
    "suspended": ("Rules suspended for a subject", "Quy tắc tạm ngưng cho một đối tượng"),
    "explained": ("Why a rule fired, or did not", "Vì sao một quy tắc chạy, hay không"),
    "rule": ("Rule", "Quy tắc"),
    "switch": ("Switch", "Công tắc"),
    "reacts_to": ("Reacts to", "Khi"),
    "does": ("Does", "Làm gì"),
    "in_a_day": (
        "In the order in which they fire; the counts are of the last 24 hours.",
        "Theo thứ tự chạy; số đếm của 24 giờ qua.",
    ),
    "fired": ("Fired", "Đã chạy"),
    "shadowed": ("Only watched", "Chỉ theo dõi"),
    "passed_over": ("Passed over", "Bị bỏ qua"),
    "suspended_count": ("Suspended", "Tạm ngưng"),
    "none": (
        "No rule is in effect: nothing happens by itself. Shipped rules can be adopted on the page of rules.",
        "Chưa có quy tắc nào: không có gì tự chạy. Có thể áp dụng quy tắc có sẵn ở trang quy tắc.",
    ),
    "nothing_stopped": ("Nothing is stopped.", "Không có gì bị dừng."),
    "stopped_by": ("stopped by {who}", "người dừng: {who}"),
    "everything": ("everything that happens by itself", "mọi việc tự chạy"),
    "stop_this": ("Stop {what}", "Dừng {what}"),
    "start_again": ("Start again", "Chạy lại"),
    "nothing_suspended": ("No rule is suspended.", "Không có quy tắc nào tạm ngưng."),
    "subject": ("Subject", "Đối tượng"),
    "since": ("Since", "Từ lúc"),
    "resume": ("Resume", "Cho chạy lại"),
    "ask": ("Ticket number, or the id of a ticket, customer or contract", "Số phiếu, hoặc mã phiếu, khách, hợp đồng"),
    "of_rule": ("This rule alone", "Chỉ quy tắc này"),
    "explain": ("Explain", "Giải thích"),
    "not_found": ("Nothing is recorded of {asked}.", "Không có gì ghi nhận về {asked}."),
    "no_rule": ("No rule concerns it.", "Không có quy tắc nào áp dụng."),
    "for": ("For", "Vì"),
    "at": ("At", "Lúc"),
    "what": ("What became of it", "Kết quả"),
}
