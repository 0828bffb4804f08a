"""The words of the pages of procedures."""

from collections.abc import Mapping

PROCEDURES: Mapping[str, tuple[str, str]] = {
    "menu": ("Procedures", "Quy trình"),
    "title": ("Procedures", "Quy trình"),
    "listed": ("Procedures", "Quy trình"),
    "procedure": ("Procedure", "Quy trình"),
    "state": ("State", "Trạng thái"),
    "every_state": ("every state", "mọi trạng thái"),
    "every_procedure": ("every procedure", "mọi quy trình"),
    "overdue_only": ("With an overdue step", "Có bước quá hạn"),
    "about": ("About", "Về"),
    "owner": ("Owner", "Phụ trách"),
    "started": ("Started", "Bắt đầu"),
    "open_steps": ("Open steps", "Bước đang mở"),
    "overdue": ("overdue", "quá hạn"),
    "none": ("No procedure matches the filters.", "Không có quy trình nào khớp bộ lọc."),
}
PROCEDURE: Mapping[str, tuple[str, str]] = {
    "facts": ("State", "Tình trạng"),
    "steps": ("Steps", "Các bước"),
    "definition": ("Definition", "Cấu hình"),
    "outcome": ("Outcome", "Kết quả"),
    "owner": ("Owner", "Phụ trách"),
    "started": ("Started", "Bắt đầu"),
    "ended": ("Ended", "Kết thúc"),
    "by": ("by {who}", "bởi {who}"),
    "known": ("Known of the case", "Đã biết về vụ việc"),
    "step": ("Step", "Bước"),
    "kind": ("Kind", "Loại"),
    "who": ("Who", "Người làm"),
    "opened": ("Opened", "Mở lúc"),
    "due": ("Due", "Hạn"),
    "how": ("How", "Thế nào"),
    "open": ("open", "đang mở"),
    "was_overdue": ("was overdue", "đã quá hạn"),
    "not_yet": ("Not open yet: {steps}", "Chưa mở: {steps}"),
    "do": ("End it", "Kết thúc"),
    "none": ("No step is open yet.", "Chưa có bước nào."),
}
