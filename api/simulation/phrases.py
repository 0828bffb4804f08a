"""The names, the topics and the texts of a simulated desk, in Vietnamese."""

from typing import NamedTuple


class Topic(NamedTuple):
    """A category with its team, its relative frequency, its subjects and its resolutions."""

    category: str
    team: str
    weight: float
    subjects: tuple[str, ...]
    resolutions: tuple[str, ...]


TOPICS = (
    Topic(
        "login",
        "tong-dai",
        22,
        ("Không nhận được mã OTP", "Quên mật khẩu, không đăng nhập được", "Tài khoản bị khóa sau khi đổi điện thoại"),
        ("Đã gửi lại mã và đăng nhập thành công", "Đã đặt lại mật khẩu", "Đã mở khóa tài khoản"),
    ),
    Topic(
        "payment",
        "thanh-toan",
        20,
        ("Bị trừ tiền hai lần", "Chuyển khoản rồi nhưng đơn chưa xác nhận", "Không thanh toán được bằng thẻ"),
        ("Đã hoàn lại khoản trừ thừa", "Đã xác nhận giao dịch với ngân hàng", "Khách đã thanh toán lại thành công"),
    ),
    Topic(
        "delivery",
        "giao-hang",
        18,
        ("Đơn hàng giao trễ ba ngày", "Giao thiếu sản phẩm", "Muốn đổi địa chỉ nhận hàng"),
        ("Đơn đã được giao", "Đã gửi bổ sung sản phẩm thiếu", "Đã cập nhật địa chỉ"),
    ),
    Topic(
        "refund",
        "thanh-toan",
        12,
        ("Hỏi tiến độ hoàn tiền", "Trả hàng và yêu cầu hoàn tiền"),
        ("Đã hoàn tiền vào thẻ", "Đã giải thích thời gian hoàn tiền"),
    ),
    Topic(
        "device",
        "ky-thuat",
        12,
        ("Ứng dụng bị treo khi mở", "Máy không kết nối được Wi-Fi", "Máy in báo lỗi giấy"),
        ("Đã cập nhật ứng dụng", "Đã hướng dẫn cài lại mạng", "Đã thay linh kiện"),
    ),
    Topic(
        "contract",
        "kinh-doanh",
        8,
        ("Cần báo giá gia hạn hợp đồng", "Đổi thông tin xuất hóa đơn"),
        ("Đã gửi báo giá", "Đã xuất lại hóa đơn"),
    ),
    Topic("other", "tong-dai", 8, ("Hỏi giờ làm việc", "Góp ý về thái độ phục vụ"), ("Đã trả lời khách",)),
)
OUTAGE = Topic(
    "outage",
    "ky-thuat",
    0,
    ("Cả hệ thống không truy cập được", "Trang thanh toán báo lỗi 500", "Tổng đài mất kết nối"),
    ("Dịch vụ đã hoạt động lại", "Đã chuyển sang máy chủ dự phòng"),
)

AGENTS = {
    "tong-dai": ("linh", "huong", "tuan", "mai", "phuc"),
    "thanh-toan": ("thao", "minh", "quynh"),
    "giao-hang": ("dat", "yen", "long"),
    "ky-thuat": ("khoa", "son", "trang"),
    "kinh-doanh": ("nga", "bao"),
}
SHIPPED_TEAMS = {"Care": ("nga", "bao"), "privacy": ("khoa",)}
"""The teams that shipped rules and procedures give work, and the agents who also belong to them."""
SECOND_LEVEL = "ky-thuat"

FAMILY_NAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Huỳnh", "Phan", "Vũ", "Võ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô")
MIDDLE_NAMES = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Thanh", "Hữu", "Quang", "Thu", "Hồng")
GIVEN_NAMES = ("An", "Bình", "Châu", "Dũng", "Giang", "Hà", "Hạnh", "Hùng", "Khánh", "Lan", "Mai", "Nam", "Oanh",
               "Phương", "Quân", "Sơn", "Thảo", "Trang", "Tú", "Uyên", "Vy", "Yến")  # fmt: skip

GREETING = "Chào anh/chị, chúng tôi đã nhận được yêu cầu và sẽ phản hồi sớm nhất."
QUESTIONS = (
    "Anh/chị cho em xin mã đơn hàng ạ?",
    "Anh/chị gửi giúp em ảnh chụp màn hình ạ?",
    "Sự việc xảy ra lúc nào ạ?",
)
PROGRESS = ("Em đang kiểm tra, anh/chị chờ em ít phút ạ.", "Em đã chuyển bộ phận liên quan xử lý ạ.")
ANSWERS = ("Dạ em gửi ảnh rồi ạ.", "Mã đơn là DH{number}.", "Vẫn chưa được em ơi.", "Khoảng chín giờ sáng nay.")
COMPLAINTS = ("Vẫn bị lại như cũ.", "Tôi thử rồi nhưng chưa được.", "Sao lại bị nữa vậy?")
NOTES = ("Khách gọi lần hai.", "Đã kiểm tra nhật ký hệ thống.", "Khách khó tính, cần gọi lại trước 17 giờ.")
"""Internal notes of agents."""

ORGANISATIONS = (
    "Công ty Hoa Sen", "Công ty Bình Minh", "Siêu thị Sông Hàn", "Vận tải Cửu Long", "Xây dựng Trường Sơn",
    "Dược phẩm An Khang", "Trường Nguyễn Du", "Khách sạn Biển Xanh",
)  # fmt: skip
ROLES = ("Kế toán", "Mua hàng", "Kỹ thuật", "Giám đốc")
PRODUCTS = ("Máy lọc nước", "Nồi chiên", "Robot hút bụi", "Điều hòa", "Loa thông minh", "Camera an ninh")
