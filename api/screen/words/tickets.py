"""The words of the list of tickets."""

from collections.abc import Mapping

TICKETS: Mapping[str, tuple[str, str]] = {
    "title": ("Tickets", "Phiếu"),
    "menu": ("Tickets", "Phiếu"),
    "choose": ("Which tickets", "Chọn phiếu"),
    "list": ("Late and due first", "Trễ hạn và sắp đến hạn trước"),
    "q": ("Number, id or words of the subject", "Số, mã hoặc chữ trong tiêu đề"),
    "open": ("Open", "Đang mở"),
    "late": ("Late", "Trễ hạn"),
    "state": ("State", "Trạng thái"),
    "priority": ("Priority", "Độ ưu tiên"),
    "team": ("Team", "Nhóm"),
    "agent": ("Agent", "Nhân viên"),
    "category": ("Category", "Loại"),
    "channel": ("Channel", "Kênh"),
    "waiting": ("Waits for", "Chờ"),
    "unassigned": ("Without an agent", "Chưa có nhân viên"),
    "open.true": ("open", "đang mở"),
    "open.false": ("not open", "không mở"),
    "open.all": ("all", "tất cả"),
    "late.true": ("late", "trễ hạn"),
    "late.false": ("not late", "chưa trễ hạn"),
    "waiting.any": ("anybody", "bất kỳ ai"),
    "any": ("any", "tất cả"),
    "without_filters": ("Without filters", "Bỏ lọc"),
    "count": ("{total} {total:ticket|tickets}, {late} of them late.", "{total} phiếu, {late} phiếu trễ hạn."),
    "count_cut": (
        "More than {total} tickets, at least {late} of them late.",
        "Hơn {total} phiếu, ít nhất {late} phiếu trễ hạn.",
    ),
    "search_cut": ("The search found more than it lists.", "Tìm thấy nhiều hơn số được liệt kê."),
    "subject": ("Subject", "Tiêu đề"),
    "nothing": ("No ticket matches the filters.", "Không có phiếu nào khớp bộ lọc."),
}
