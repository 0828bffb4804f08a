"""The words of the timeline of a customer."""

from collections.abc import Mapping

TIMELINE: Mapping[str, tuple[str, str]] = {
    "title": ("Timeline of {name}", "Dòng thời gian của {name}"),
    "entries": ("Everything that happened", "Mọi sự kiện"),
    "kinds": ("Of these kinds alone", "Chỉ những loại này"),
    "order": ("Order", "Thứ tự"),
    "newest": ("The newest first", "Mới nhất trước"),
    "oldest": ("The oldest first", "Cũ nhất trước"),
    "back": ("To the customer", "Về trang khách hàng"),
    "text": ("What was written", "Nội dung đã viết"),
}
