"""The words of the page on which people sign in."""

from collections.abc import Mapping

SIGN_IN: Mapping[str, tuple[str, str]] = {
    "title": ("Sign in", "Đăng nhập"),
    "explanation": (
        "Sign in with your API key. This browser then has a session of 12 hours; the key itself is not kept.",
        "Đăng nhập bằng khóa API của bạn. Trình duyệt này sẽ có phiên làm việc 12 giờ; khóa không được lưu lại.",
    ),
    "key": ("API key", "Khóa API"),
    "no_key": (
        "You have no key? Whoever runs this server makes one: on the page of keys, or with the command keys create.",
        "Bạn chưa có khóa? Người vận hành máy chủ tạo khóa trên trang khóa hoặc bằng lệnh keys create.",
    ),
    "unknown": (
        "This is no key of this server. Copy it whole: it begins with tl_.",
        "Đây không phải khóa của máy chủ này. Hãy sao chép toàn bộ: khóa bắt đầu bằng tl_.",
    ),
    "revoked": ("This key has been revoked. Ask for another one.", "Khóa này đã bị thu hồi. Hãy xin khóa khác."),
    "expired": ("This key has expired. Ask for another one.", "Khóa này đã hết hạn. Hãy xin khóa khác."),
    "wall": (
        "This key opens the team wall only: use its link.",
        "Khóa này chỉ mở bảng treo tường của nhóm: hãy dùng đường liên kết của nó.",
    ),
    "too_often": (
        "Too many attempts to sign in from your address. Try again in {seconds} {seconds:second|seconds}.",
        "Quá nhiều lần đăng nhập từ địa chỉ của bạn. Hãy thử lại sau {seconds} giây.",
    ),
    "no_cookie": (
        "Your key is right, but the browser did not keep the session. Allow cookies for this address. "
        "If the address begins with http:// instead of https://, the browser keeps none: use https, "
        "or open the desk on the computer that serves it.",
        "Khóa đúng, nhưng trình duyệt không giữ phiên làm việc. Hãy cho phép cookie ở địa chỉ này. "
        "Nếu địa chỉ bắt đầu bằng http:// thay vì https:// thì trình duyệt không giữ: hãy dùng https, "
        "hoặc mở trên chính máy đang phục vụ.",
    ),
    "from_elsewhere": (
        "A link on another site led you here. If you have signed in already:",
        "Bạn đến từ liên kết ở trang khác. Nếu bạn đã đăng nhập rồi:",
    ),
    "continue": ("Continue", "Tiếp tục"),
    "ended": (
        "Your session has ended. Sign in again to go on where you were.",
        "Phiên làm việc của bạn đã kết thúc. Hãy đăng nhập lại để tiếp tục.",
    ),
    "signed_out": ("You are signed out.", "Bạn đã đăng xuất."),
}
