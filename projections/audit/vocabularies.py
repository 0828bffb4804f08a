"""The codes of the log in words of each language, by vocabulary: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

from projections.audit.channel_words import CHANNELS
from projections.audit.definition_words import DEFINITION_KINDS, REPORTS, TEMPLATES
from projections.audit.detail_words import DETAILS_OF_A_CASE
from projections.audit.program_words import PROGRAMS
from projections.audit.resolution_words import RESOLUTION_CODES
from projections.audit.state_words import STATES, STATES_ON_A_PATH
from projections.audit.trigger_words import TRIGGERS
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

_NOT_KNOWN = ("unknown", "chưa rõ")
"""What an import records where a file says nothing."""
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
        "detail of a case": DETAILS_OF_A_CASE,
        "why": WHY,
        "trigger": TRIGGERS,
        "counted event": {
            **TRIGGERS,
            "address.claimed": ("address of a customer", "ghi địa chỉ thuộc về khách hàng"),
            "activity.claimed": ("activity of a customer", "ghi hoạt động thuộc về khách hàng"),
        },
        "due source": {
            "hold": ("end of a hold", "hết tạm dừng"),
            "step": ("step of a procedure", "bước quy trình"),
            "rule": ("rule", "quy tắc"),
        },
        "found by": {
            "name": ("name", "tên"),
            "phone": ("phone number", "số điện thoại"),
            "phone_end": ("end of the phone number", "các số cuối"),
            "address": ("address", "địa chỉ"),
            "domain": ("domain of the e-mail address", "tên miền email"),
            "reference": ("reference", "mã tham chiếu"),
        },
        "program": PROGRAMS,
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
        "band": {
            "red": ("red", "đỏ"),
            "amber": ("amber", "vàng"),
            "green": ("green", "xanh"),
            "unknown": ("unknown", "chưa rõ"),
        },
        "polarity": {
            "positive": ("positive", "tích cực"),
            "neutral": ("neutral", "trung tính"),
            "negative": ("negative", "tiêu cực"),
        },
        "what": {
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
        "resolution code": RESOLUTION_CODES,
        "alike": {
            "phone": ("phone", "điện thoại"),
            "mobile": ("mobile", "di động"),
            "name": ("name", "tên"),
            "address": ("address", "địa chỉ"),
        },
        "annual day": {"birthday": ("birthday", "sinh nhật")},
        "definition kind": DEFINITION_KINDS,
        "template": TEMPLATES,
        "report name": REPORTS,
        "definition name": {"tenant": ("of the tenant", "của đơn vị")},
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
            "routing": ("routing", "quy tắc phân công"),
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
        "kind of an entry": {
            "identity": ("identity", "nhận diện"),
            "ticket": ("ticket", "phiếu"),
            "message": ("message", "tin nhắn"),
            "purchase": ("purchase", "mua hàng"),
            "offer": ("offer", "báo giá"),
            "contract": ("contract", "hợp đồng"),
            "usage": ("usage", "mức sử dụng"),
            "answer": ("answer to a survey", "trả lời khảo sát"),
            "contact": ("check-in", "liên hệ chăm sóc"),
            "note": ("note", "ghi chú"),
            "consent": ("consent", "sự đồng ý"),
            "date": ("date", "ngày kỷ niệm"),
            "activity": ("activity elsewhere", "hoạt động bên ngoài"),
            "feedback": ("feedback", "phản hồi"),
            "file": ("file", "tệp"),
            "segment": ("segment", "nhóm khách hàng"),
            "notification": ("notification", "thông báo"),
            "procedure": ("procedure", "quy trình"),
            "sla": ("SLA", "SLA"),
            "automation": ("automation", "tự động hóa"),
            "task": ("task", "công việc"),
            "erasure": ("erasure", "xóa dữ liệu"),
        },
        "law": {
            "vn-91-2025": (
                "Law 91/2025/QH15 on the protection of personal data",
                "Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15)",
            ),
            "gdpr": ("Regulation (EU) 2016/679 (GDPR)", "Quy định (EU) 2016/679 về bảo vệ dữ liệu (GDPR)"),
        },
        "step of an erasure": {
            "none": ("not requested", "chưa yêu cầu"),
            "requested": ("requested", "đã yêu cầu"),
            "verified": ("identity verified", "đã xác minh danh tính"),
            "approved": ("approved", "đã duyệt"),
            "refused": ("refused", "đã từ chối"),
            "withdrawn": ("withdrawn", "đã rút"),
            "hold_placed": ("legal hold placed", "đã đặt lệnh lưu giữ"),
            "hold_released": ("legal hold released", "đã gỡ lệnh lưu giữ"),
            "started": ("erasing begun", "đã bắt đầu xóa"),
            "keys_destroyed": ("keys destroyed", "đã hủy khóa"),
            "certified": ("erased and certified", "đã xóa và chứng nhận"),
            "loss_reported": ("loss of keys reported", "đã báo mất khóa"),
            "loss_confirmed": ("loss of keys confirmed", "đã xác nhận mất khóa"),
        },
        "state of a procedure": {
            "running": ("running", "đang chạy"),
            "completed": ("completed", "hoàn tất"),
            "abandoned": ("abandoned", "đã dừng"),
        },
        "result of a step": {
            "requested": ("requested", "đã yêu cầu gửi"),
            "sent": ("sent", "đã gửi"),
            "due": ("due", "đã đến hạn"),
            "accepted": ("accepted", "chấp nhận"),
            "refused": ("refused", "từ chối"),
            "interested": ("interested", "quan tâm"),
            "renewed": ("renewed", "gia hạn"),
            "leaves": ("leaves", "rời đi"),
            "held": ("held", "đã họp"),
            "no longer wanted": ("no longer wanted", "không cần nữa"),
            "asked": ("asked", "đã hỏi"),
            "replied": ("replied", "đã trả lời"),
            "seen": ("seen", "đã sử dụng"),
            "bought": ("bought", "đã mua"),
            "returned": ("returned", "đã trả hàng"),
            "terminated": ("terminated", "đã chấm dứt"),
            "lapsed": ("lapsed", "đã hết hiệu lực"),
        },
        "end of a step": {
            "done": ("done", "hoàn thành"),
            "skipped": ("skipped", "bỏ qua"),
            "left": ("left", "bỏ dở"),
            "open": ("open", "đang mở"),
        },
        "state": STATES,
        "state on a path": STATES_ON_A_PATH,
        "waiting_for": {
            "customer": ("the customer", "khách hàng"),
            "third_party": ("a third party", "bên thứ ba"),
            "internal": ("another team", "nội bộ"),
        },
        "priority": {each: (each, each) for each in ("P1", "P2", "P3", "P4")} | {"unknown": _NOT_KNOWN},
        "category": {"unknown": _NOT_KNOWN},
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
        "tier": {"standard": ("standard", "tiêu chuẩn"), "silver": ("silver", "bạc"), "gold": ("gold", "vàng")},
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
            "service": ("service", "phục vụ"),
            "care": ("care", "chăm sóc"),
            "marketing": ("marketing", "tiếp thị"),
            "survey": ("survey", "khảo sát"),
        },
    }
)
"""Those of a field of events or of forms have its name."""
