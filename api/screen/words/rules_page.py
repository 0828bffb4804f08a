"""The words of the pages about what is configured."""

from collections.abc import Mapping

RULES: Mapping[str, tuple[str, str]] = {
    "menu": ("Rules", "Quy tắc"),
    "title": ("Rules", "Quy tắc"),
    "promises": ("Promises: policy and calendars", "Cam kết: chính sách và lịch"),
    "definitions": ("Definitions", "Cấu hình"),
    "shipped": ("Shipped definitions that are not adopted", "Cấu hình có sẵn chưa áp dụng"),
    "begin": ("Write a new one", "Viết mới"),
    "kind": ("Kind", "Loại"),
    "name": ("Name", "Tên"),
    "says": ("What it does", "Tác dụng"),
    "version": ("Version", "Phiên bản"),
    "since": ("In effect from", "Hiệu lực từ"),
    "published": ("Published", "Ban hành"),
    "by": ("By", "Bởi"),
    "built_in": ("built in", "mặc định"),
    "always": ("always", "luôn luôn"),
    "none_in_effect": ("none is in effect", "chưa có hiệu lực"),
    "none_published": ("Nothing of this kind is published.", "Chưa ban hành gì thuộc loại này."),
    "coming": ("Version {version} takes effect on {when}.", "Phiên bản {version} có hiệu lực từ {when}."),
    "how_automation_does": (
        "What the rules of automation did, what is stopped, and why a rule fired or did not",
        "Các quy tắc tự động đã làm gì, gì đang dừng, và vì sao một quy tắc chạy hay không",
    ),
    "adopt": ("Adopt", "Áp dụng"),
    "adopt_chosen": ("Adopt what is chosen", "Áp dụng mục đã chọn"),
    "reason": ("Reason", "Lý do"),
    "as_shipped": ("adopted as it is shipped", "áp dụng như có sẵn"),
    "differs": ("published with other content", "đã ban hành với nội dung khác"),
    "all_adopted": ("All are in effect as they are shipped.", "Tất cả đang có hiệu lực như có sẵn."),
    "open": ("Continue", "Tiếp tục"),
    "write": ("Write {kind} {name}", "Viết {kind} {name}"),
}
RULE: Mapping[str, tuple[str, str]] = {
    "versions": ("Versions", "Các phiên bản"),
    "text": ("Text", "Nội dung"),
    "text_of": ("Text of version {version}", "Nội dung phiên bản {version}"),
    "comparison": ("Differences", "Khác biệt"),
    "examples": ("Shipped worked examples", "Ví dụ có sẵn"),
    "publish": ("The next version", "Phiên bản tiếp theo"),
    "nothing_yet": ("Nothing is published under this name.", "Chưa ban hành gì dưới tên này."),
    "in_effect": ("in effect", "đang có hiệu lực"),
    "later": ("takes effect later", "sẽ có hiệu lực"),
    "show_text": ("Show the text", "Xem nội dung"),
    "from": ("From version", "Từ phiên bản"),
    "to": ("To version", "Đến phiên bản"),
    "compare": ("Compare", "So sánh"),
    "compared": ("Version {old} and version {new}", "Phiên bản {old} và phiên bản {new}"),
    "one_version": ("There is one version: nothing to compare.", "Chỉ có một phiên bản: không có gì để so sánh."),
    "same": ("Both say the same.", "Hai phiên bản giống nhau."),
    "changed": ("{path}: {old} becomes {new}", "{path}: {old} đổi thành {new}"),
    "added": ("{path}: {new} is added", "{path}: thêm {new}"),
    "removed": ("{path}: {old} is removed", "{path}: bỏ {old}"),
    "in_words": ("What changes", "Những gì thay đổi"),
    "side_by_side": ("The lines side by side", "Các dòng cạnh nhau"),
    "too_long": ("The texts are too long to compare line by line.", "Nội dung quá dài để so sánh từng dòng."),
    "left_out": ("{count} equal {count:line|lines}", "{count} dòng giống nhau"),
    "line": ("Line", "Dòng"),
    "old_text": ("Version {version}", "Phiên bản {version}"),
    "sign.changed": ("changed", "đổi"),
    "sign.added": ("added", "thêm"),
    "sign.removed": ("removed", "bỏ"),
    "no_examples": ("No worked examples are shipped for it.", "Không có ví dụ có sẵn cho mục này."),
    "examples_of": (
        "The worked examples of the shipped file, under version {version}:",
        "Các ví dụ của tệp có sẵn, theo phiên bản {version}:",
    ),
    "holds": ("holds", "đúng"),
    "fails": ("does not hold", "không đúng"),
    "needs_admin": (
        "To publish, you need a key with the scope admin, and the present.",
        "Để ban hành cần khóa có quyền admin, và phải ở hiện tại.",
    ),
    "file": ("The text, as the file that publishes it (TOML)", "Nội dung, như tệp ban hành (TOML)"),
    "file_hint": (
        (
            "Worked examples at the end say what you expect; they are checked, and not published. A text whose "
            "examples do not hold is not published."
        ),
        (
            "Các ví dụ ở cuối nói điều bạn mong đợi; chúng được kiểm tra và không được ban hành. Không ban hành "
            "khi một ví dụ không đúng."
        ),
    ),
    "reason": ("Reason; it stands in the history", "Lý do; được ghi trong lịch sử"),
    "effective_from": (
        "In effect from (local day or time; empty: at once)",
        "Hiệu lực từ (ngày giờ địa phương; để trống: ngay)",
    ),
    "check": ("Check", "Kiểm tra"),
    "try": ("What if", "Chạy giả định"),
    "days": ("Days of history for the what-if", "Số ngày lịch sử để giả định"),
    "do_publish": ("Publish", "Ban hành"),
    "back": ("Back to the versions", "Về các phiên bản"),
    "problems": ("The text cannot be used", "Không dùng được nội dung này"),
    "at_line": ("Line {line}: {place}", "Dòng {line}: {place}"),
    "doubts": ("Without effect", "Không có tác dụng"),
    "readable": ("The text can be used.", "Nội dung dùng được."),
    "examples_hold": ("Worked examples that hold: all {count}.", "Cả {count} ví dụ đều đúng."),
    "no_own_examples": ("The text has no worked examples.", "Nội dung không có ví dụ."),
    "examples_fail": ("{failing} of {count} worked examples do not hold.", "{failing} trên {count} ví dụ không đúng."),
    "brings_calendars": ("It publishes these calendars as well:", "Đồng thời ban hành các lịch:"),
    "not_published": ("Nothing was published: correct the text first.", "Chưa ban hành: hãy sửa nội dung trước."),
    "not_tried": ("It was not tried: correct the text first.", "Chưa chạy giả định: hãy sửa nội dung trước."),
    "kept": ("Nothing was published. What you typed is still here.", "Chưa ban hành. Nội dung bạn nhập vẫn còn ở đây."),
    "stale": (
        (
            "Somebody published another version since you opened this page. Nothing was published, and your text "
            "is still here. Compare, then publish again: it becomes the next version."
        ),
        (
            "Đã có người ban hành phiên bản khác từ khi bạn mở trang này. Chưa ban hành, và nội dung của bạn vẫn "
            "còn ở đây. Hãy so sánh rồi ban hành lại: nội dung này sẽ là phiên bản tiếp theo."
        ),
    ),
    "meanwhile": (
        "Version {version}, published {when} by {who}: {why}",
        "Phiên bản {version}, {who} ban hành lúc {when}: {why}",
    ),
    "without_reason": ("without a reason", "không nêu lý do"),
    "what_if": ("What if", "Giả định"),
    "what_if_promises": (
        (
            "{tickets} {tickets:ticket|tickets}, with what ended in the last {days} days; every version is judged "
            "as if it had been in effect always."
        ),
        ("{tickets} phiếu, gồm những gì kết thúc trong {days} ngày qua; mỗi bên được xét như đã luôn có hiệu lực."),
    ),
    "example": ("Example", "Ví dụ"),
    "ticket": ("Ticket", "Phiếu"),
    "would_be": ("As proposed", "Theo đề xuất"),
    "recorded": ("As recorded", "Như đã ghi nhận"),
    "proposed": ("Proposed: {name}", "Đề xuất: {name}"),
    "target": ("Promise", "Cam kết"),
    "group": ("Group", "Đối tượng"),
    "kept_share": ("share kept", "tỷ lệ đạt"),
    "met": ("met", "đạt"),
    "breached": ("breached", "vi phạm"),
    "late": ("open and late", "đang mở và trễ hạn"),
    "all": ("all tickets", "mọi phiếu"),
    "results_change": ("Results that change", "Kết quả thay đổi"),
    "none_changes": ("No result changes.", "Không kết quả nào thay đổi."),
    "switch": ("{target}: {before} becomes {after}", "{target}: {before} thành {after}"),
    "changed_tickets": ("{count} {count:ticket has|tickets have} another result.", "{count} phiếu có kết quả khác."),
    "more_changes": ("{count} more are not listed.", "Còn {count} kết quả không liệt kê."),
    "what_if_rule": (
        "What the rule would have done in the last {days} days. Nothing is recorded.",
        "Quy tắc đã có thể làm gì trong {days} ngày qua. Không ghi nhận gì.",
    ),
    "today": ("As in effect today", "Như đang có hiệu lực"),
    "as_written": ("As written here", "Như viết ở đây"),
    "judged": ("judged", "số lần xét"),
    "fired": ("would have fired", "lẽ ra đã chạy"),
    "subjects": ("on subjects", "trên số đối tượng"),
    "passed_over": ("passed over", "bị bỏ qua"),
    "suspended": ("suspended", "tạm ngưng"),
    "failed": ("condition that failed", "điều kiện không đúng"),
    "commands": ("what it would have done", "việc lẽ ra đã làm"),
    "incomplete": (
        "Not everything was judged: the bounds of a page were reached. The command line reads more.",
        "Chưa xét hết: đã đến giới hạn của một trang. Dòng lệnh đọc được nhiều hơn.",
    ),
    "fired_on": ("It would have fired on", "Lẽ ra đã chạy trên"),
    "not_in_effect": ("No rule of that name is in effect.", "Chưa có quy tắc tên đó."),
}
