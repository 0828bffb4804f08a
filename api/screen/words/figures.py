"""The words of the list of figures, and of the sentences and tables about any figure."""

from collections.abc import Mapping

FIGURES: Mapping[str, tuple[str, str]] = {
    "menu": ("Figures", "Chỉ số"),
    "title": ("Figures", "Chỉ số"),
    "list": ("Every figure", "Tất cả chỉ số"),
    "name": ("Figure", "Chỉ số"),
    "formula": ("What it counts", "Cách tính"),
    "up": ("{title} {value}, up {change} {since}.", "{title} {value}, tăng {change} {since}."),
    "down": ("{title} {value}, down {change} {since}.", "{title} {value}, giảm {change} {since}."),
    "same": ("{title} {value}, unchanged {since}.", "{title} {value}, không đổi {since}."),
    "alone": ("{title} {value}.", "{title} {value}."),
    "no_value": ("{title}: nothing was recorded.", "{title}: chưa ghi nhận gì."),
    "gaps": ("Periods without data are left out.", "Không vẽ các kỳ không có dữ liệu."),
    "nothing_yet": ("none yet", "chưa có"),
    "points": ("{count} {count:point|points}", "{count} điểm phần trăm"),
}
