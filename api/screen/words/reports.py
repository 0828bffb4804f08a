"""The words of the pages of reports of record."""

from collections.abc import Mapping

REPORTS: Mapping[str, tuple[str, str]] = {
    "menu": ("Reports", "Báo cáo"),
    "title": ("Reports of record", "Báo cáo chính thức"),
    "issue": ("Issue a report", "Phát hành báo cáo"),
    "packs": ("Report packs", "Bộ báo cáo"),
    "listed": ("Issued reports", "Báo cáo đã phát hành"),
    "again": ("The report was not issued", "Chưa phát hành báo cáo"),
    "pack": ("Pack", "Bộ báo cáo"),
    "covers": ("Period", "Kỳ"),
    "sections": ("Sections", "Số phần"),
    "last": ("Last one over", "Kỳ đã qua gần nhất"),
    "period": ("Period", "Kỳ"),
    "period_hint": (
        "Period, such as 2026-W48, 2026-11 or 2026-Q4; empty: the last one that is over",
        "Kỳ, ví dụ 2026-W48, 2026-11 hoặc 2026-Q4; để trống: kỳ đã qua gần nhất",
    ),
    "reason": (
        "Reason; needed where the period was issued with other figures",
        "Lý do; cần khi kỳ này đã phát hành với số liệu khác",
    ),
    "do_issue": ("Issue", "Phát hành"),
    "needs_admin": (
        "To issue a report, you need a key with the scope admin, and the present.",
        "Để phát hành cần khóa có quyền admin, và phải ở hiện tại.",
    ),
    "number": ("Issue", "Lần"),
    "issued": ("Issued", "Phát hành lúc"),
    "by": ("By", "Bởi"),
    "provisional": ("provisional", "tạm tính"),
    "none": (
        "No report is issued yet. A report of record stays as it was issued.",
        "Chưa phát hành báo cáo nào. Báo cáo chính thức giữ nguyên như khi phát hành.",
    ),
    "of_pack": ("Of this pack", "Của bộ này"),
    "every_pack": ("every pack", "mọi bộ"),
    "kept": (
        "Nothing was issued. What you typed is still here.",
        "Chưa phát hành. Nội dung bạn nhập vẫn còn ở đây.",
    ),
    "back": ("Back to the reports", "Về trang báo cáo"),
}
REPORT: Mapping[str, tuple[str, str]] = {
    "facts": ("What was issued", "Đã phát hành"),
    "files": ("Download and verify", "Tải về và kiểm tra"),
    "figures": ("Figures as issued", "Số liệu như khi phát hành"),
    "html": ("Page to keep and print (HTML)", "Trang để lưu và in (HTML)"),
    "excel": ("Workbook (Excel)", "Bảng tính (Excel)"),
    "no_excel": (
        "Excel files need the extra export, which is not installed here.",
        "Tệp Excel cần phần mở rộng export, chưa cài ở đây.",
    ),
    "verify": ("Make it again: are the bytes the same?", "Lập lại: có đúng từng byte không?"),
    "changes": ("What changed since, and why", "Thay đổi gì từ đó, và vì sao"),
    "examines": (
        "Both fold the whole log, which takes a while.",
        "Cả hai đọc lại toàn bộ nhật ký, nên mất một lúc.",
    ),
    "needs_audit": ("To examine it, you need a key with the scope audit.", "Để kiểm tra cần khóa có quyền audit."),
    "incomplete": (
        "The period was not over when this report was issued: its figures are provisional.",
        "Kỳ báo cáo chưa kết thúc khi phát hành: số liệu là tạm tính.",
    ),
    "newer": ("It was issued again: issue {number} is the newest.", "Đã phát hành lại: lần {number} là mới nhất."),
}
REPORT_VERIFICATION: Mapping[str, tuple[str, str]] = {
    "verification": ("Made again", "Lập lại"),
    "equal": (
        "The same bytes. SHA-256 {sha256}, made again at position {position}.",
        "Đúng từng byte. SHA-256 {sha256}, lập lại tại vị trí {position}.",
    ),
    "differs": ("The bytes differ.", "Không đúng từng byte."),
    "altered": (
        "The recorded figures do not have the recorded digest: they were altered.",
        "Số liệu đã ghi không khớp mã băm đã ghi: số liệu đã bị sửa.",
    ),
    "other_version": (
        "Another version of the program, of its time zones or of a projection made the report.",
        "Báo cáo do phiên bản khác của chương trình, múi giờ hoặc bảng tính lập ra.",
    ),
    "unexplained": (
        "The same versions give other figures: check the log with doctor.",
        "Cùng phiên bản cho số liệu khác: hãy kiểm tra nhật ký bằng doctor.",
    ),
    "recorded": ("SHA-256 as issued", "SHA-256 khi phát hành"),
    "made_again": ("SHA-256 made again", "SHA-256 lập lại"),
    "versions": ("Versions that differ", "Phiên bản khác nhau"),
    "back": ("Back to the report", "Về báo cáo"),
}
REPORT_CHANGES: Mapping[str, tuple[str, str]] = {
    "changes": ("What changed since it was issued", "Thay đổi từ khi phát hành"),
    "beside": (
        "The figures of position {then} beside those of position {now}.",
        "Số liệu tại vị trí {then} so với vị trí {now}.",
    ),
    "none": ("No number has changed.", "Không có số nào thay đổi."),
    "section": ("Section", "Phần"),
    "period": ("Period", "Kỳ"),
    "of": ("Subject", "Đối tượng"),
    "number": ("Number", "Số liệu"),
    "before": ("As issued", "Khi phát hành"),
    "after": ("Today", "Hôm nay"),
    "facts": ("What was recorded since and may explain it", "Những gì được ghi nhận sau đó và có thể giải thích"),
    "no_facts": (
        "No event recorded since concerns the period.",
        "Không có sự kiện nào ghi nhận sau đó liên quan đến kỳ.",
    ),
    "judged_later": (
        "A number may differ because what was provisional is judged later now.",
        "Số có thể khác vì phần tạm tính nay đã xét lại.",
    ),
    "total": ("{total} in all; the first {shown} are shown.", "Tổng cộng {total}; hiển thị {shown} mục đầu."),
    "within": ("in the period", "trong kỳ"),
    "before_it": ("before the period", "trước kỳ"),
    "afterwards": ("afterwards", "sau kỳ"),
    "definition": ("published since", "ban hành sau đó"),
    "what": ("What", "Nội dung"),
    "when": ("Happened", "Xảy ra"),
    "recorded": ("Recorded", "Ghi nhận"),
    "relation": ("When", "Khi"),
}
