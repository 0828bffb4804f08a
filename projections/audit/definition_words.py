"""The kinds of definitions, and the names of shipped reports and templates, in words: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

DEFINITION_KINDS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "settings": ("settings", "thiết lập"),
        "identity": ("identity", "quy tắc nhận diện"),
        "health": ("health", "điểm sức khỏe"),
        "segment": ("segment", "nhóm khách hàng"),
        "nps-wave": ("NPS wave", "đợt NPS"),
        "activity": ("active customers", "quy tắc khách hàng đang hoạt động"),
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
    }
)
REPORTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "daily": ("daily", "ngày"),
        "weekly": ("weekly", "tuần"),
        "monthly": ("monthly", "tháng"),
        "quarterly": ("quarterly", "quý"),
    }
)
TEMPLATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "anniversary": ("thanks on the anniversary", "cảm ơn ngày kỷ niệm"),
        "appointment": ("appointment", "lịch hẹn"),
        "birthday": ("birthday wishes", "chúc mừng sinh nhật"),
        "callback-due": ("call-back due", "đến giờ gọi lại"),
        "complaint-acknowledged": ("complaint received", "đã tiếp nhận khiếu nại"),
        "complaint-decision": ("decision on a complaint", "quyết định về khiếu nại"),
        "complaint-external-ways": ("other ways for a complaint", "các hướng giải quyết khác cho khiếu nại"),
        "complaint-follow-up": ("follow-up of a complaint", "hỏi lại sau khiếu nại"),
        "complaint-status": ("progress of a complaint", "tiến độ khiếu nại"),
        "contract-renewal": ("contract to renew", "hợp đồng sắp hết hạn"),
        "contract-renewal-owner": ("contract to renew, to its owner", "hợp đồng sắp hết hạn, báo người phụ trách"),
        "csat": ("rating of a ticket", "đánh giá sau hỗ trợ"),
        "escalated": ("ticket escalated", "phiếu được chuyển cấp"),
        "guide": ("guide to a product", "hướng dẫn sử dụng"),
        "low-rating": ("low rating", "đánh giá thấp"),
        "maintenance": ("service due", "đến hạn bảo dưỡng"),
        "milestone-late": ("late milestone", "mốc hợp đồng trễ hạn"),
        "nps": ("NPS survey", "khảo sát NPS"),
        "offer-to-close": ("offer to close", "đề nghị đóng yêu cầu"),
        "payment": ("payment due", "đến hạn thanh toán"),
        "received": ("request received", "đã tiếp nhận yêu cầu"),
        "reopened": ("ticket reopened", "phiếu mở lại"),
        "reply-due": ("answer due", "sắp đến hạn trả lời"),
        "reply-over": ("answer overdue", "trả lời quá hạn"),
        "repurchase": ("time to buy again", "đến kỳ mua lại"),
        "resolved": ("request solved", "yêu cầu đã giải quyết"),
        "satisfaction": ("satisfaction survey", "hỏi mức hài lòng"),
        "sla-near": ("target close", "sắp đến hạn cam kết"),
        "sla-over": ("target overdue", "quá hạn cam kết"),
        "technical-help": ("technical help", "hỗ trợ kỹ thuật"),
        "term-ended": ("term of a contract ended", "hợp đồng đã hết hạn"),
        "waiting-for-customer": ("waiting for the customer", "đang chờ khách phản hồi"),
        "waiting-internally": ("waiting for another team", "phiếu tạm dừng chờ nội bộ"),
        "warranty-ending": ("warranty ending", "sắp hết bảo hành"),
        "welcome": ("welcome", "chào mừng khách hàng"),
    }
)
