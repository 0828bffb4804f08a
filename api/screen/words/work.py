"""The words of the work list."""

from collections.abc import Mapping

WORK: Mapping[str, tuple[str, str]] = {
    "title": ("Work list", "Danh sách việc"),
    "menu": ("Work", "Việc"),
    "whose": ("Whose work", "Việc của ai"),
    "list": ("Late and due first", "Trễ hạn và sắp đến hạn trước"),
    "mine": ("My own", "Của tôi"),
    "everyone": ("Everyone's", "Của mọi người"),
    "kind.ticket": ("ticket", "phiếu"),
    "kind.callback": ("call", "gọi lại"),
    "kind.reply": ("reply to review", "trả lời chờ duyệt"),
    "kind.task": ("task", "công việc"),
    "kind.step": ("step", "bước"),
    "without_due": ("without a due time", "không có hạn"),
    "nothing": ("Nothing is to be done.", "Không có việc gì."),
}
