"""Words that several pages use."""

from collections.abc import Mapping

COMMON: Mapping[str, tuple[str, str]] = {
    "product": ("ticketledger", "ticketledger"),
    "skip": ("Skip to content", "Đến nội dung chính"),
    "menu": ("Main menu", "Trình đơn chính"),
    "language": ("Language", "Ngôn ngữ"),
    "sign_in": ("Sign in", "Đăng nhập"),
    "sign_out": ("Sign out", "Đăng xuất"),
    "without_key": ("This computer, without a key", "Máy tính này, không dùng khóa"),
    "as_of": ("As of", "Tính đến"),
    "known_at": ("As known on", "Theo thông tin đến ngày"),
    "show": ("Show", "Xem"),
    "back_to_now": ("Back to now", "Về hiện tại"),
    "instants": ("Look at the past", "Xem lại quá khứ"),
    "past_as_of": ("You are looking at the past: as of {as_of}.", "Bạn đang xem quá khứ: tính đến {as_of}."),
    "past_known_at": (
        "You are looking at the past: as known on {known_at}.",
        "Bạn đang xem quá khứ: theo thông tin đến ngày {known_at}.",
    ),
    "past_both": (
        "You are looking at the past: as of {as_of}, as known on {known_at}.",
        "Bạn đang xem quá khứ: tính đến {as_of}, theo thông tin đến ngày {known_at}.",
    ),
    "true_at": ("As of {time}, position {position}", "Lúc {time}, vị trí {position}"),
    "stale": ("No news since {time}: this may be old.", "Không có tin từ {time}: dữ liệu có thể đã cũ."),
    "session_ended": (
        "Your session has ended. Copy what you have typed, then load the page again to sign in.",
        "Phiên làm việc đã kết thúc. Hãy sao chép nội dung đã nhập, rồi tải lại trang để đăng nhập.",
    ),
    "changed": ("Changed: {parts}.", "Đã thay đổi: {parts}."),
    "nothing": ("Nothing here.", "Không có gì."),
    "more": ("Next page", "Trang sau"),
    "first_page": ("First page", "Trang đầu"),
    "table_of_chart": ("The numbers as a table", "Số liệu dạng bảng"),
    "no_value": ("-", "-"),
    "yes": ("yes", "có"),
    "no": ("no", "không"),
    "footer": ("Times in {zone}.", "Giờ theo múi {zone}."),
    "documentation": ("API", "API"),
}
