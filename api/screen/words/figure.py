"""The words of the page of a figure."""

from collections.abc import Mapping

FIGURE: Mapping[str, tuple[str, str]] = {
    "asked": ("Question", "Câu hỏi"),
    "answer": ("The answer", "Kết quả"),
    "facts": ("The facts behind it", "Dữ kiện đằng sau"),
    "source": ("Source: {source}", "Nguồn: {source}"),
    "first": ("First day", "Từ ngày"),
    "last": ("Last day", "Đến ngày"),
    "every": ("A row for each", "Chia theo"),
    "whole": ("whole period", "cả kỳ"),
    "by": ("Grouped by", "Nhóm theo"),
    "where": ("Filter, such as team:Billing", "Lọc theo, ví dụ team:Billing"),
    "definitions": ("Definitions used", "Cấu hình đã dùng"),
    "built_in": ("built in", "mặc định"),
    "version": ("version {version}", "phiên bản {version}"),
    "of_days": ("{title}, {days}", "{title}, {days}"),
    "final": ("{count} final", "{count} chính thức"),
    "provisional": ("{count} provisional", "{count} tạm tính"),
    "left_out": ("Left out", "Không tính"),
    "choose_a_part": (
        "Choose a number above to see the facts behind it.",
        "Chọn một con số ở trên để xem các dữ kiện đằng sau.",
    ),
    "behind": ("What is behind: {part}", "Đằng sau: {part}"),
    "no_facts": ("No fact is behind it.", "Không có dữ kiện nào."),
    "parts": ("Parts", "Thành phần"),
    "at": ("Counted at", "Tính lúc"),
    "subject": ("Subject", "Đối tượng"),
    "fact": ("Which one", "Chi tiết"),
    "customer": ("Customer", "Khách hàng"),
    "state": ("State", "Tình trạng"),
    "is_final": ("final", "chính thức"),
    "is_provisional": ("provisional", "tạm tính"),
}
