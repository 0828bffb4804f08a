"""What stands above columns and beside counts, in Vietnamese or English: dimensions, parts of figures, reasons."""

from collections.abc import Mapping
from types import MappingProxyType

from api.readable import Language

_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        # dimensions and periods
        "agent": "nhân viên",
        "band": "mức sức khỏe",
        "category": "danh mục",
        "channel": "kênh",
        "currency": "tiền tệ",
        "day": "ngày",
        "month": "tháng",
        "organisation": "tổ chức",
        "period": "kỳ",
        "polarity": "thái độ",
        "priority": "mức ưu tiên",
        "quarter": "quý",
        "segment": "nhóm khách",
        "state": "trạng thái",
        "target": "cam kết",
        "team": "nhóm",
        "theme": "chủ đề",
        "tier": "hạng",
        "wave": "đợt khảo sát",
        "week": "tuần",
        "year": "năm",
        # parts
        "after_contact": "sau liên hệ",
        "answered": "đã trả lời",
        "answered_later": "trả lời muộn",
        "breached": "vi phạm",
        "cancelled": "hủy",
        "change": "thay đổi",
        "closed": "đóng",
        "corrected": "đã đính chính",
        "customers": "khách hàng",
        "effort": "công sức",
        "elapsed_median": "thời gian, trung vị",
        "elapsed_p90": "thời gian, phân vị 90",
        "entered": "vào tồn đọng",
        "final": "chính thức",
        "from_10_to_30_days": "10 đến 30 ngày",
        "handled": "đã xử lý",
        "hold": "giữ máy",
        "kept": "đạt",
        "late": "trễ",
        "left": "rời tồn đọng",
        "mean": "trung bình",
        "median": "trung vị",
        "merge_undone": "hoàn tác gộp",
        "merged": "gộp",
        "met": "đạt",
        "open": "đang mở",
        "over_30_days": "trên 30 ngày",
        "p90": "phân vị 90",
        "paused": "tạm dừng",
        "provisional": "tạm tính",
        "ratings": "lượt đánh giá",
        "received": "tiếp nhận",
        "reopened": "mở lại",
        "repeated": "liên hệ lại",
        "resolutions": "lượt giải quyết",
        "resolved": "đã giải quyết",
        "satisfied": "hài lòng",
        "score_1": "điểm 1",
        "score_2": "điểm 2",
        "score_3": "điểm 3",
        "score_4": "điểm 4",
        "score_5": "điểm 5",
        "talk": "trao đổi",
        "tickets": "phiếu",
        "told_late": "ghi nhận muộn",
        "under_10_days": "dưới 10 ngày",
        "value": "giá trị",
        # fields of the tables of reports
        "backlog_after": "tồn cuối kỳ",
        "backlog_before": "tồn đầu kỳ",
        "compliance": "tuân thủ",
        "customer_confirmed": "khách xác nhận",
        "effort_mean": "công sức, trung bình",
        "effort_seconds": "công sức",
        "elapsed_mean": "thời gian, trung bình",
        "end": "đến",
        "figure": "chỉ số",
        "gross": "thô",
        "headline": "chính",
        "no_recontact": "không liên hệ lại",
        "one_owner": "một người phụ trách",
        "one_touch": "một lần trả lời",
        "responses": "phản hồi",
        "since_received_from_10_to_30_days": "từ khi nhận, 10 đến 30 ngày",
        "since_received_over_30_days": "từ khi nhận, trên 30 ngày",
        "since_received_under_10_days": "từ khi nhận, dưới 10 ngày",
        "since_reopened_from_10_to_30_days": "từ khi mở lại, 10 đến 30 ngày",
        "since_reopened_over_30_days": "từ khi mở lại, trên 30 ngày",
        "since_reopened_under_10_days": "từ khi mở lại, dưới 10 ngày",
        "start": "từ",
    }
)
_REASONS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "merged": {"en": "merged into another ticket", "vi": "gộp vào phiếu khác"},
        "duplicate": {"en": "cancelled as a duplicate", "vi": "hủy vì trùng lặp"},
        "spam": {"en": "cancelled as spam", "vi": "hủy vì thư rác"},
        "cancelled": {"en": "cancelled otherwise", "vi": "hủy vì lý do khác"},
        "open_again": {"en": "open again", "vi": "đã mở lại"},
        "not_first_level": {"en": "not resolvable at first level", "vi": "không thuộc tuyến đầu"},
        "messages_unknown": {"en": "imported without messages", "vi": "nhập không kèm tin nhắn"},
    }
)
_NOTHING: Mapping[Language, str] = MappingProxyType({"en": "none", "vi": "không có"})
_TITLES: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "Backlog": {"en": "Backlog", "vi": "Tồn đọng"},
        "Backlog flow": {"en": "Backlog flow", "vi": "Biến động tồn đọng"},
        "Workload": {"en": "Workload", "vi": "Khối lượng công việc"},
        "Promises kept": {"en": "Promises kept", "vi": "Cam kết đúng hạn"},
        "Clocks that have not ended": {"en": "Clocks that have not ended", "vi": "Cam kết chưa kết thúc"},
        "First contact resolution": {"en": "First contact resolution", "vi": "Giải quyết ngay lần đầu"},
        "Customers who came back": {"en": "Customers who came back", "vi": "Khách liên hệ lại"},
        "Handling time (seconds)": {"en": "Handling time", "vi": "Thời gian xử lý"},
        "Satisfaction": {"en": "Satisfaction", "vi": "Mức hài lòng"},
        "Reopenings": {"en": "Reopenings", "vi": "Phiếu mở lại"},
    }
)
"""The titles of the tables of reports, by the title in their JSON."""
SECONDS = frozenset(
    {
        "mean", "median", "p90", "elapsed_mean", "elapsed_median", "elapsed_p90", "effort", "effort_mean",
        "effort_seconds", "talk", "hold", "after_contact",
    }
)  # fmt: skip
"""Parts of figures and fields of reports that are seconds."""


def title(name: str, language: Language = "en") -> str:
    """The title of a table of a report."""
    return _TITLES[name][language] if name in _TITLES else name


def heading(name: str, language: Language = "en") -> str:
    """The words for a dimension, a part or a field; a name without Vietnamese words stays English."""
    english = name.replace("_", " ")
    return _VIETNAMESE.get(name, english) if language == "vi" else english


def has_vietnamese(name: str) -> bool:
    """Whether there are Vietnamese words for a name."""
    return name in _VIETNAMESE


def reason_words(reason: str, language: Language = "en") -> str:
    """Why something is left out of a figure."""
    return _REASONS[reason][language] if reason in _REASONS else heading(reason, language)


def nothing(language: Language = "en") -> str:
    """Stands in the place of an empty table."""
    return _NOTHING[language]
