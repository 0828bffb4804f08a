"""The codes of the log in words of each language, by vocabulary: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

from projections.audit.channel_words import CHANNELS
from projections.audit.why_words import WHY

Vocabulary = Mapping[str, tuple[str, str]]

_STREAM_KINDS: Vocabulary = MappingProxyType(
    {
        "ticket": ("ticket", "phiếu"),
        "customer": ("customer", "khách hàng"),
        "address": ("address", "địa chỉ"),
        "contract": ("contract", "hợp đồng"),
        "usage": ("usage", "mức sử dụng"),
        "feedback": ("feedback", "phản hồi"),
        "file": ("file", "tệp"),
        "activity": ("activity", "hoạt động"),
        "segment": ("segment", "nhóm khách hàng"),
        "task": ("task", "công việc"),
        "notification": ("notification", "thông báo"),
        "procedure": ("procedure", "quy trình"),
        "procedure_claim": ("procedure claim", "giữ chỗ quy trình"),
        "agent": ("agent", "nhân viên"),
        "report": ("report", "báo cáo"),
        "policy": ("policy", "chính sách"),
        "calendar": ("calendar", "lịch"),
        "definition": ("definition", "cấu hình"),
        "switch": ("switch", "công tắc dừng"),
        "key": ("key", "khóa API"),
        "sealing": ("sealing", "khóa niêm phong"),
        "erasure": ("erasure", "yêu cầu xóa dữ liệu"),
    }
)

_BY_WHOM: Vocabulary = MappingProxyType(
    {
        "customer": ("customer", "khách hàng"),
        "agent": ("agent", "nhân viên"),
        "rule": ("rule", "quy tắc"),
        "unknown": ("unknown", "không rõ"),
    }
)

VOCABULARIES: Mapping[str, Vocabulary] = MappingProxyType(
    {
        "channel": CHANNELS,
        "on_channel": CHANNELS,
        "why": WHY,
        "kind of an actor": {
            "customer": ("customer", "khách hàng"),
            "agent": ("agent", "nhân viên"),
            "system": ("system", "hệ thống"),
            "import": ("import", "dữ liệu nhập"),
        },
        "kind of a recipient": {
            "customer": ("customer", "khách hàng"),
            "agent": ("agent", "nhân viên"),
            "team": ("team", "nhóm"),
            "endpoint": ("endpoint", "điểm nhận"),
        },
        "kind of an effort": {
            "talk": ("talk", "trao đổi"),
            "hold": ("hold", "giữ máy"),
            "after_contact": ("after contact", "sau liên hệ"),
        },
        "polarity": {
            "positive": ("positive", "tích cực"),
            "neutral": ("neutral", "trung tính"),
            "negative": ("negative", "tiêu cực"),
        },
        "what a switch stops": {
            "rule": ("rule", "quy tắc"),
            "channel": ("channel", "kênh"),
            "endpoint": ("endpoint", "điểm nhận"),
            "tenant": ("tenant", "toàn bộ"),
        },
        "state of a notification": {
            "waiting": ("waiting", "đang chờ"),
            "attempting": ("attempting", "đang gửi"),
            "handed_over": ("handed over", "đã chuyển"),
            "delivered": ("delivered", "đã tới"),
            "uncertain": ("uncertain", "không rõ"),
            "failed": ("failed", "không gửi được"),
            "suppressed": ("suppressed", "không gửi"),
        },
        "resolution code": {
            "imported": ("imported", "đã nhập"),
            "solved": ("solved", "đã xử lý"),
        },
        "alike": {
            "phone": ("phone", "điện thoại"),
            "mobile": ("mobile", "di động"),
            "name": ("name", "tên"),
            "address": ("address", "địa chỉ"),
        },
        "definition kind": {
            "settings": ("settings", "thiết lập"),
            "identity": ("identity", "quy tắc nhận diện"),
            "health": ("health", "điểm sức khỏe"),
            "segment": ("segment", "nhóm khách hàng"),
            "nps-wave": ("NPS wave", "đợt NPS"),
            "activity": ("activity", "loại hoạt động"),
            "upselling": ("upselling", "quy tắc bán thêm"),
            "workforce": ("workforce", "nhân lực"),
            "routing": ("routing", "quy tắc phân công"),
            "report-pack": ("report pack", "bộ báo cáo"),
            "automation": ("automation", "quy tắc tự động"),
            "template": ("template", "mẫu"),
            "contact-rules": ("contact rules", "quy tắc liên hệ"),
            "procedure": ("procedure", "quy trình"),
            "review": ("review", "quy tắc duyệt"),
            "thanks": ("thanks", "quy tắc lời cảm ơn"),
            "retention": ("retention", "quy tắc lưu giữ"),
        },
        "step kind": {
            "task": ("task", "công việc"),
            "notify": ("notify", "thông báo"),
            "wait": ("wait", "chờ"),
            "decide": ("decide", "quyết định"),
            "survey": ("survey", "khảo sát"),
        },
        "role": {
            "holder": ("holder", "người giữ phiếu"),
            "owner": ("owner", "người phụ trách"),
            "lead": ("lead", "trưởng nhóm"),
            "team": ("team", "nhóm"),
        },
        "source": {
            "person": ("person", "người dùng"),
            "rule": ("rule", "quy tắc"),
            "procedure": ("procedure", "quy trình"),
        },
        "verdict of a scan": {
            "clean": ("clean", "sạch"),
            "infected": ("infected", "có mã độc"),
            "failed": ("failed", "không quét được"),
        },
        "effect": {
            "assign": ("assign", "phân công"),
            "prioritise": ("prioritise", "đặt độ ưu tiên"),
            "categorise": ("categorise", "xếp loại"),
            "add-note": ("add note", "thêm ghi chú"),
            "escalate": ("escalate", "chuyển cấp"),
            "put-on-hold": ("put on hold", "tạm dừng"),
            "resume": ("resume", "tiếp tục"),
            "resolve": ("resolve", "giải quyết"),
            "reopen": ("reopen", "mở lại"),
            "close": ("close", "đóng"),
            "cancel": ("cancel", "hủy"),
            "reply": ("reply", "trả lời"),
            "notify": ("notify", "gửi thông báo"),
            "open-task": ("open task", "mở công việc"),
            "start-procedure": ("start procedure", "bắt đầu quy trình"),
        },
        "stream kind": _STREAM_KINDS,
        "kind of a history": {
            **_STREAM_KINDS,
            "access": ("access", "quyền truy cập"),
            "rules": ("rules", "quy tắc"),
            "automation": ("automation", "tự động"),
            "personal_data": ("personal data", "dữ liệu cá nhân"),
        },
        "law": {
            "vn-91-2025": (
                "Law 91/2025/QH15 on the protection of personal data",
                "Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15)",
            ),
            "gdpr": ("Regulation (EU) 2016/679 (GDPR)", "Quy định (EU) 2016/679 về bảo vệ dữ liệu (GDPR)"),
        },
        "state of a procedure": {
            "running": ("running", "đang chạy"),
            "completed": ("completed", "hoàn tất"),
            "abandoned": ("abandoned", "đã dừng"),
        },
        "end of a step": {
            "done": ("done", "hoàn thành"),
            "skipped": ("skipped", "bỏ qua"),
            "left": ("left", "bỏ dở"),
            "open": ("open", "đang mở"),
        },
        "state": {
            "received": ("received", "mới tiếp nhận"),
            "assigned": ("assigned", "đã phân công"),
            "in_progress": ("in progress", "đang xử lý"),
            "waiting": ("waiting", "tạm dừng"),
            "resolved": ("resolved", "đã giải quyết"),
            "closed": ("closed", "đã đóng"),
            "merged": ("merged", "đã gộp"),
            "cancelled": ("cancelled", "đã hủy"),
        },
        "waiting_for": {
            "customer": ("the customer", "khách hàng"),
            "third_party": ("a third party", "bên thứ ba"),
            "internal": ("another team", "nội bộ"),
        },
        "priority": {"P1": ("P1", "P1"), "P2": ("P2", "P2"), "P3": ("P3", "P3"), "P4": ("P4", "P4")},
        "cancelled_as": {
            "duplicate": ("duplicate", "trùng lặp"),
            "spam": ("spam", "thư rác"),
            "other": ("other", "khác"),
        },
        "closed_by": _BY_WHOM,
        "cancelled_by": _BY_WHOM,
        "state of a task": {
            "open": ("open", "đang mở"),
            "done": ("done", "hoàn thành"),
            "cancelled": ("cancelled", "đã hủy"),
        },
        "target": {
            "first_response": ("first response", "phản hồi đầu tiên"),
            "next_response": ("next response", "phản hồi tiếp theo"),
            "periodic_update": ("periodic update", "cập nhật định kỳ"),
            "resolution": ("resolution", "giải quyết"),
        },
        "result": {
            "met": ("met", "đạt"),
            "breached": ("breached", "vi phạm"),
            "cancelled": ("cancelled", "hủy"),
            "open": ("open", "đang mở"),
            "late": ("open and late", "đang mở và trễ hạn"),
            "not promised": ("not promised", "không cam kết"),
        },
        "due_for": {
            "hold": ("end of the hold", "hết tạm dừng"),
            "expected_by": ("date told", "ngày đã hẹn"),
            "first_response": ("first response", "phản hồi đầu tiên"),
            "next_response": ("next response", "phản hồi tiếp theo"),
            "periodic_update": ("periodic update", "cập nhật định kỳ"),
            "resolution": ("resolution", "giải quyết"),
        },
        "party": {
            "person": ("person", "cá nhân"),
            "organisation": ("organisation", "tổ chức"),
        },
        "trust of an address": {
            "withdrawn": ("withdrawn", "đã rút"),
            "claimed": ("claimed", "tự khai"),
            "seen": ("seen", "kênh hiển thị"),
            "asserted": ("asserted", "kênh xác nhận"),
            "verified": ("verified", "đã xác minh"),
        },
        "trust": {
            "claimed": ("claimed: somebody typed it", "tự khai: có người nhập"),
            "seen": ("seen: the channel shows it", "kênh hiển thị"),
            "asserted": ("asserted: the channel vouches for it", "kênh xác nhận"),
        },
        "method": {
            "code": ("code", "mã xác nhận"),
            "session": ("signed-in session", "phiên đăng nhập"),
            "signature": ("signature", "chữ ký"),
            "agent": ("an agent, with a reason", "nhân viên, có lý do"),
            "customer": ("the customer says so", "khách hàng cho biết"),
            "bounce": ("mail bounced", "thư bị trả lại"),
            "rekeyed": ("its key is made in a new way", "khóa được tạo theo cách mới"),
            "reassigned": ("it has another owner", "đã đổi chủ"),
        },
        "about": {
            "care": ("care", "chăm sóc"),
            "sales": ("sales", "bán hàng"),
            "account": ("account", "tài khoản"),
        },
        "purpose": {
            "care": ("care", "chăm sóc"),
            "marketing": ("marketing", "tiếp thị"),
            "survey": ("survey", "khảo sát"),
        },
    }
)
"""Those of a field of events or of forms have its name."""
