"""The words of actions: their names, the fields of their forms, and what may be wrong with these."""

from collections.abc import Mapping

ACTIONS: Mapping[str, tuple[str, str]] = {
    "form": ("What is to be recorded", "Nội dung cần ghi nhận"),
    "past": ("Nothing can be recorded in the past.", "Không ghi nhận được ở quá khứ."),
    "cancel": ("Back without recording", "Quay lại, không ghi"),
    "required": ("required", "bắt buộc"),
    "choose": ("Choose", "Chọn"),
    "local_time": ("Local time, {zone}", "Giờ địa phương, {zone}"),
    "wrong": ("Please correct what is marked.", "Hãy sửa những chỗ được đánh dấu."),
    "kept": (
        "Nothing was recorded. What you typed is still here.",
        "Chưa ghi nhận gì. Nội dung bạn nhập vẫn còn ở đây.",
    ),
    "stale": (
        "This has changed since you opened the form. Nothing was recorded, and what you typed is still here.",
        "Nội dung đã thay đổi từ khi bạn mở biểu mẫu. Chưa ghi nhận gì, và nội dung bạn nhập vẫn còn ở đây.",
    ),
    "meanwhile": ("Recorded meanwhile", "Đã ghi nhận trong lúc đó"),
    "send_anyway": ("Record all the same", "Vẫn ghi nhận"),
    "refused": ("A rule refused this: {rule}", "Một quy tắc đã từ chối: {rule}"),
    "signed_out": (
        (
            "You are signed out. Nothing was recorded, and what you typed is still here. Sign in in another tab, then"
            " record it."
        ),
        (
            "Bạn đã đăng xuất. Chưa ghi nhận gì, và nội dung bạn nhập vẫn còn đây. Hãy đăng nhập ở một thẻ khác, rồi"
            " ghi nhận."
        ),
    ),
    "sign_in": ("Sign in in another tab", "Đăng nhập ở thẻ khác"),
    "another_session": (
        (
            "The form is of another session. Nothing was recorded, and what you typed is still here. Look at it once"
            " more, then record it."
        ),
        "Biểu mẫu thuộc phiên khác. Chưa ghi nhận gì, và nội dung bạn nhập vẫn còn ở đây. Hãy xem lại rồi ghi nhận.",
    ),
    "reused": (
        "This form was recorded already, with other content. Record it once more to add this as well.",
        "Biểu mẫu này đã được ghi nhận với nội dung khác. Ghi nhận lần nữa để thêm nội dung này.",
    ),
    "unavailable": (
        (
            "The database does not answer. What you typed is still here. Record it again in a moment: it is never"
            " recorded twice."
        ),
        (
            "Cơ sở dữ liệu không trả lời. Nội dung bạn nhập vẫn còn ở đây. Hãy ghi nhận lại sau giây lát: không bao giờ"
            " bị ghi hai lần."
        ),
    ),
    "overloaded": (
        "Too much is asked at once. What you typed is still here. Record it again in a moment.",
        "Đang quá tải. Nội dung bạn nhập vẫn còn ở đây. Hãy ghi nhận lại sau giây lát.",
    ),
    "forbidden": ("Your key does not allow this.", "Khóa của bạn không cho phép việc này."),
    "failed": ("This did not work: {detail}", "Không thực hiện được: {detail}"),
    "error.missing": ("Fill this in.", "Hãy điền mục này."),
    "error.string_too_short": ("Fill this in.", "Hãy điền mục này."),
    "error.string_too_long": ("At most {max_length} characters.", "Nhiều nhất {max_length} ký tự."),
    "error.string_pattern_mismatch": ("This text cannot be stored.", "Không lưu được nội dung này."),
    "error.literal_error": ("Choose one of the list.", "Hãy chọn trong danh sách."),
    "error.int_type": ("A whole number.", "Một số nguyên."),
    "error.int_parsing": ("A whole number.", "Một số nguyên."),
    "error.greater_than_equal": ("At least {ge}.", "Ít nhất {ge}."),
    "error.less_than_equal": ("At most {le}.", "Nhiều nhất {le}."),
    "error.instant": ("A date and a time, such as 2026-03-05 15:00.", "Một ngày giờ, ví dụ 2026-03-05 15:00."),
    "error.day": ("A day, such as 2026-03-05.", "Một ngày, ví dụ 2026-03-05."),
    "field.team": ("Team", "Nhóm"),
    "field.agent": ("Agent", "Nhân viên"),
    "field.body": ("Text", "Nội dung"),
    "field.reason": ("Reason", "Lý do"),
    "field.waiting_for": ("Waits for", "Chờ"),
    "field.until": ("Until", "Đến"),
    "field.resolution": ("What was done", "Cách giải quyết"),
    "field.code": ("Code", "Mã"),
    "field.category": ("Category", "Loại"),
    "field.priority": ("Priority", "Độ ưu tiên"),
    "field.channel": ("Channel", "Kênh"),
    "field.to": ("To whom", "Chuyển cho"),
    "field.level": ("Level", "Cấp"),
    "field.into": ("Ticket that goes on (id)", "Phiếu còn lại (mã)"),
    "field.cancelled_as": ("As", "Là"),
    "field.cancelled_by": ("By", "Bởi"),
    "field.closed_by": ("By", "Bởi"),
    "field.customer_id": ("Customer", "Khách hàng"),
    "field.subject": ("Subject", "Tiêu đề"),
    "field.external_reference": ("Number elsewhere", "Số ở hệ thống khác"),
    "field.at": ("At", "Lúc"),
    "field.expected_by": ("Date told", "Ngày đã hẹn"),
    "field.score": ("Rating, 1 to 5", "Điểm, 1 đến 5"),
    "field.comment": ("Comment", "Nhận xét"),
    "field.promise": ("Promise", "Lời hẹn"),
    "field.proposal": ("Proposal", "Đề xuất"),
    "field.result": ("Result", "Kết quả"),
    "field.due_at": ("Due", "Hạn"),
    "field.title": ("What is to be done", "Việc cần làm"),
    "field.step": ("Step", "Bước"),
    "field.answer": ("Answer", "Trả lời"),
    "field.occurred_at": ("Happened at, if earlier", "Xảy ra lúc, nếu trước đó"),
    "tickets.new": ("Receive a ticket", "Tiếp nhận phiếu"),
    "tickets.assign": ("Assign", "Phân công"),
    "tickets.start-work": ("Start work", "Bắt đầu xử lý"),
    "tickets.add-note": ("Add a note", "Thêm ghi chú"),
    "tickets.send-reply": ("Record a reply", "Ghi nhận trả lời"),
    "tickets.propose-reply": ("Propose a reply", "Đề xuất trả lời"),
    "tickets.approve-reply": ("Approve the reply", "Duyệt trả lời"),
    "tickets.reject-reply": ("Reject the reply", "Từ chối trả lời"),
    "tickets.receive-message": ("Record a message", "Ghi nhận tin nhắn"),
    "tickets.put-on-hold": ("Put on hold", "Tạm dừng"),
    "tickets.resume-work": ("Resume work", "Tiếp tục xử lý"),
    "tickets.resolve": ("Resolve", "Giải quyết"),
    "tickets.close": ("Close", "Đóng"),
    "tickets.reopen": ("Reopen", "Mở lại"),
    "tickets.cancel": ("Cancel the ticket", "Hủy phiếu"),
    "tickets.categorise": ("Change the category", "Đổi loại"),
    "tickets.prioritise": ("Change the priority", "Đổi độ ưu tiên"),
    "tickets.escalate": ("Escalate", "Chuyển cấp"),
    "tickets.promise-callback": ("Promise a call", "Hẹn gọi lại"),
    "tickets.keep-callback": ("The call was made", "Đã gọi lại"),
    "tickets.withdraw-callback": ("Withdraw the promise", "Rút lời hẹn gọi"),
    "tickets.tell-expected-by": ("Tell a date", "Hẹn ngày"),
    "tickets.merge": ("Merge into another ticket", "Gộp vào phiếu khác"),
    "tickets.undo-merge": ("Undo the merge", "Bỏ gộp"),
    "tasks.new": ("Open a task", "Mở công việc"),
    "tasks.assign": ("Assign", "Phân công"),
    "tasks.reschedule": ("Reschedule", "Đổi hạn"),
    "tasks.complete": ("Done", "Hoàn thành"),
    "tasks.cancel": ("Cancel the task", "Hủy công việc"),
    "procedures.complete-step": ("Complete the step", "Hoàn thành bước"),
    "procedures.answer-decision": ("Answer", "Trả lời"),
    "procedures.skip-step": ("Skip the step", "Bỏ qua bước"),
}
