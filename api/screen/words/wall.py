"""The words of the team wall."""

from collections.abc import Mapping

WALL: Mapping[str, tuple[str, str]] = {
    "footer": ("Team wall, without personal data.", "Bảng treo tường, không có dữ liệu cá nhân."),
    "gone_title": ("This link has ended", "Liên kết đã hết hạn"),
    "gone": (
        "The link to the team wall has ended, or it was not copied whole. Ask for another one.",
        "Liên kết đến bảng treo tường đã hết hạn hoặc chưa được sao chép đủ. Hãy xin liên kết khác.",
    ),
}
