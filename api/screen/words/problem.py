"""The words of a page that could not be shown."""

from collections.abc import Mapping

PROBLEM: Mapping[str, tuple[str, str]] = {
    "title": ("This did not work", "Không thực hiện được"),
    "bad_request": ("The request cannot be read.", "Không đọc được yêu cầu."),
    "unauthenticated": ("Sign in first.", "Hãy đăng nhập trước."),
    "forbidden": ("Your key does not allow this.", "Khóa của bạn không cho phép việc này."),
    "another_session": (
        "This was not sent from a page of your present session. Open the page again and repeat it there.",
        "Yêu cầu này không đến từ trang của phiên làm việc hiện tại. Hãy mở lại trang và thực hiện lại.",
    ),
    "another_site": (
        "A page of another site sent this. Open the page here and repeat it there.",
        "Yêu cầu này đến từ trang của một địa chỉ khác. Hãy mở trang ở đây và thực hiện lại.",
    ),
    "not_found": ("There is nothing at this address.", "Không có gì ở địa chỉ này."),
    "not_found_then": (
        "Nothing had this address by then.",
        "Vào lúc đó chưa có gì ở địa chỉ này.",
    ),
    "method_not_allowed": ("This address does not support that method.", "Địa chỉ này không nhận thao tác đó."),
    "refused": ("A rule refused this.", "Một quy tắc đã từ chối việc này."),
    "stale": ("It has changed since you opened it.", "Nội dung đã thay đổi từ khi bạn mở."),
    "malformed": ("Something in the request is not right.", "Có điều chưa đúng trong yêu cầu."),
    "too_large": ("That is too much at once.", "Quá nhiều trong một lần."),
    "overloaded": ("Too much is asked at once. Try again in a moment.", "Quá tải. Hãy thử lại sau giây lát."),
    "unavailable": (
        "The database or its keys do not answer. Try again in a moment.",
        "Cơ sở dữ liệu hoặc kho khóa không trả lời. Hãy thử lại sau giây lát.",
    ),
    "not_reached": (
        "The page has not come that far yet. Load it again.",
        "Trang chưa cập nhật đến vị trí đó. Hãy tải lại.",
    ),
    "internal": ("Something went wrong on our side.", "Đã xảy ra lỗi ở phía hệ thống."),
    "panel": (
        "This part could not be shown. It has been noted; the other parts are as they should be.",
        "Không hiển thị được phần này. Lỗi đã được ghi nhận; các phần khác vẫn đúng.",
    ),
    "details": ("Details:", "Chi tiết:"),
    "back": ("To the first page", "Về trang đầu"),
}
