"""What stands above columns and beside counts, in Vietnamese or English: dimensions, parts of figures, reasons."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import Language
from projections.audit.words import word_of

_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        # dimensions and periods
        "agent": "nhân viên",
        "band": "mức sức khỏe",
        "category": "loại",
        "channel": "kênh",
        "currency": "tiền tệ",
        "day": "ngày",
        "month": "tháng",
        "organisation": "tổ chức",
        "period": "kỳ",
        "polarity": "thái độ",
        "priority": "độ ưu tiên",
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
        "state_path": "đường trạng thái",
        "step": "bước",
        "team_path": "đường nhóm",
        "assigned_agent": "nhân viên được giao",
        "assigned_team": "nhóm được giao",
        "outcome": "kết quả",
        "procedure": "quy trình",
        "step_kind": "loại bước",
        # parts
        "accepted": "chấp nhận",
        "abandoned": "đã dừng",
        "completed": "hoàn tất",
        "done": "hoàn thành",
        "ended": "đã kết thúc",
        "in_time": "trong hạn",
        "overdue": "quá hạn",
        "procedure_steps": "bước quy trình",
        "running": "đang chạy",
        "skipped": "bỏ qua",
        "accepted_late": "chấp nhận muộn",
        "after_contact": "sau liên hệ",
        "again": "mua lại",
        "agents": "nhân viên",
        "all_tickets": "tất cả phiếu",
        "answered": "đã trả lời",
        "answered_later": "trả lời muộn",
        "answers": "lượt trả lời",
        "at_end": "cuối kỳ",
        "at_start": "đầu kỳ",
        "breached": "vi phạm",
        "by_bots": "do máy gửi",
        "cancelled": "hủy",
        "capacity": "sức chứa",
        "change": "thay đổi",
        "closed": "đóng",
        "closed_open": "đóng khi chưa giải quyết",
        "corrected": "đã đính chính",
        "customers": "khách hàng",
        "declined": "từ chối",
        "delivered": "đã gửi đến",
        "detractors": "không hài lòng",
        "downgraded": "giảm gói",
        "due": "đến hạn",
        "due_today": "đến hạn hôm nay",
        "duplicate": "trùng lặp",
        "early": "sớm",
        "effort": "công sức",
        "elapsed_median": "thời gian, trung vị",
        "elapsed_p90": "thời gian, phân vị 90",
        "entered": "vào tồn đọng",
        "expected_effort": "công sức dự kiến",
        "expired": "hết hạn",
        "eligible": "đủ điều kiện",
        "final": "chính thức",
        "finished": "đã kết thúc",
        "for_customer": "chờ khách hàng",
        "for_internal": "chờ nội bộ",
        "for_third_party": "chờ bên thứ ba",
        "first": "mua lần đầu",
        "from_10_to_30_days": "10 đến 30 ngày",
        "handled": "đã xử lý",
        "held": "đang giữ",
        "hold": "giữ máy",
        "in": "nhận vào",
        "items": "ý kiến",
        "kept": "đạt",
        "lapsed": "hết hiệu lực",
        "late": "trễ",
        "left": "rời tồn đọng",
        "loops": "vòng lặp",
        "lost": "mất",
        "made": "đã thực hiện",
        "margin": "sai số",
        "mean": "trung bình",
        "mean_after_contact": "sau liên hệ, trung bình",
        "mean_before": "trung bình bốn kỳ trước",
        "mean_hold": "giữ máy, trung bình",
        "mean_talk": "trao đổi, trung bình",
        "median": "trung vị",
        "merge_undone": "hoàn tác gộp",
        "merged": "gộp",
        "messages": "tin nhắn",
        "met": "đạt",
        "missed": "nhỡ",
        "most": "nhiều nhất",
        "negative": "tiêu cực",
        "neutral": "trung tính",
        "no_target": "không có cam kết",
        "offered": "được chào",
        "on_time": "đúng hạn",
        "open": "đang mở",
        "out": "gửi ra",
        "over_capacity": "vượt sức chứa",
        "over_team_median": "vượt trung vị nhóm",
        "over_working_time": "vượt giờ làm việc",
        "over_due": "quá hạn chờ",
        "overloaded": "quá tải",
        "over_30_days": "trên 30 ngày",
        "p90": "phân vị 90",
        "passives": "trung lập",
        "paused": "tạm dừng",
        "positive": "tích cực",
        "promoters": "ủng hộ",
        "provisional": "tạm tính",
        "purchases": "lượt mua",
        "quiet": "im lặng trên 72 giờ",
        "ratings": "lượt đánh giá",
        "received": "tiếp nhận",
        "recurring": "giá trị định kỳ",
        "renewed": "gia hạn",
        "reopened": "mở lại",
        "repeated": "liên hệ lại",
        "resolutions": "lượt giải quyết",
        "resolved": "đã giải quyết",
        "retained": "giữ được",
        "returns": "quay lại",
        "satisfied": "hài lòng",
        "score_1": "điểm 1",
        "score_2": "điểm 2",
        "score_3": "điểm 3",
        "score_4": "điểm 4",
        "score_5": "điểm 5",
        "small": "mẫu nhỏ",
        "spam": "thư rác",
        "spans": "lượt giữ",
        "steps": "bước chuyển",
        "talk": "trao đổi",
        "team_loops": "vòng lặp nhóm",
        "terminated": "chấm dứt",
        "told": "đã hẹn ngày",
        "too_long": "chờ quá lâu",
        "terms": "kỳ hợp đồng",
        "tickets": "phiếu",
        "told_late": "ghi nhận muộn",
        "total": "tổng",
        "undefined": "chưa xác định",
        "undeliverable": "không gửi được",
        "unexpected": "chưa ước tính",
        "upgraded": "tăng gói",
        "waiting": "đang chờ",
        "within": "trong hạn",
        "won": "thêm mới",
        "working_time_left": "giờ làm còn lại",
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
        "holds": "khớp",
        "no_recontact": "không liên hệ lại",
        "one_owner": "một người phụ trách",
        "one_touch": "một lần trả lời",
        "responses": "phản hồi",
        "since_received_from_10_to_30_days": "từ khi nhận, 10 đến 30 ngày",
        "since_received_over_30_days": "từ khi nhận, trên 30 ngày",
        "since_received_under_10_days": "từ khi nhận, dưới 10 ngày",
        "since_reopened_from_10_to_30_days": "từ lần mở gần nhất, 10 đến 30 ngày",
        "since_reopened_over_30_days": "từ lần mở gần nhất, trên 30 ngày",
        "since_reopened_under_10_days": "từ lần mở gần nhất, dưới 10 ngày",
        "start": "từ",
        # columns of the command line
        "about": "về",
        "answer": "trả lời",
        "at": "lúc",
        "because": "vì",
        "by": "bởi",
        "candidate": "nhân viên",
        "contact": "liên hệ",
        "contract": "hợp đồng",
        "coverage": "mức đầy đủ",
        "customer": "khách hàng",
        "description": "mô tả",
        "effective_from": "hiệu lực từ",
        "fact": "dữ kiện",
        "field": "trường",
        "found_by": "khớp",
        "happened": "xảy ra",
        "identity": "định danh",
        "issue": "lần phát hành",
        "issued": "phát hành",
        "item": "ý kiến",
        "kind": "loại",
        "merged_into_it": "gộp vào đây",
        "name": "tên",
        "offer": "lượt chào",
        "over": "đã qua",
        "owner": "phụ trách",
        "party": "loại khách",
        "position": "vị trí",
        "published": "ban hành",
        "purchase": "lượt mua",
        "rating": "lượt đánh giá",
        "reason": "lý do",
        "recorded": "ghi nhận",
        "reference": "mã tham chiếu",
        "registered": "đăng ký",
        "result": "kết quả",
        "rule": "quy tắc",
        "score": "điểm",
        "source": "nguồn",
        "started": "bắt đầu",
        "stream": "lịch sử",
        "subject": "đối tượng",
        "task": "công việc",
        "term": "kỳ hợp đồng",
        "ticket": "phiếu",
        "title": "tên",
        "topic": "sự kiện",
        "tracked": "theo dõi",
        "version": "phiên bản",
        "waits_since": "chờ từ",
        "what": "sự kiện",
        "why": "lý do",
    }
)
_ENGLISH: Mapping[str, str] = MappingProxyType(
    {
        "since_reopened_from_10_to_30_days": "since last opened, from 10 to 30 days",
        "since_reopened_over_30_days": "since last opened, over 30 days",
        "since_reopened_under_10_days": "since last opened, under 10 days",
    }
)
"""The English words of a name that does not say them itself: a ticket that was never reopened was opened once."""
_REASONS: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "merged": {"en": "merged into another ticket", "vi": "gộp vào phiếu khác"},
        "duplicate": {"en": "cancelled as a duplicate", "vi": "hủy vì trùng lặp"},
        "spam": {"en": "cancelled as spam", "vi": "hủy vì thư rác"},
        "cancelled": {"en": "cancelled otherwise", "vi": "hủy vì lý do khác"},
        "open_again": {"en": "open again", "vi": "đã mở lại"},
        "not_first_level": {"en": "not resolvable at first level", "vi": "không thuộc tuyến đầu"},
        "answered_again": {"en": "answered again later", "vi": "đã trả lời lại sau đó"},
        "no_organisation": {"en": "of no organisation", "vi": "không thuộc tổ chức nào"},
        "no_wave": {"en": "without a wave", "vi": "không thuộc đợt nào"},
        "unknown_wave": {"en": "of an unknown wave", "vi": "đợt không rõ"},
        "before_the_wave": {"en": "before the wave", "vi": "trước đợt khảo sát"},
        "after_the_wave": {"en": "after the wave", "vi": "sau đợt khảo sát"},
        "not_asked": {"en": "not asked", "vi": "không được hỏi"},
        "returned": {"en": "returned", "vi": "đã trả hàng"},
        "not_eligible": {"en": "not eligible", "vi": "không đủ điều kiện"},
        "no_value": {"en": "without a recurring value", "vi": "không có giá trị định kỳ"},
        "currency_changed": {"en": "renewed in another currency", "vi": "gia hạn bằng tiền tệ khác"},
        "other_kind": {"en": "of another kind", "vi": "loại khác"},
        "undeliverable": {"en": "undeliverable", "vi": "không gửi được"},
        "no_target": {"en": "without a target", "vi": "không có cam kết"},
        "open": {"en": "still open", "vi": "còn đang mở"},
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
_VOCABULARIES: Mapping[str, str] = MappingProxyType(
    {
        "band": "band",
        "channel": "channel",
        "polarity": "polarity",
        "state": "state",
        "step_kind": "step kind",
        "target": "target",
    }
)
"""Dimensions whose values are codes of a vocabulary of the log."""
_CODED = frozenset({"outcome"})
"""Dimensions whose values are other codes."""
_SECONDS = frozenset(
    {
        "elapsed_mean", "elapsed_median", "elapsed_p90", "effort_mean", "effort_seconds", "expected_effort",
        "working_time_left", "talk", "hold", "after_contact", "mean_talk", "mean_hold", "mean_after_contact",
    }
)  # fmt: skip
"""Fields and parts that are seconds wherever they stand."""
_IN_SECONDS = frozenset({"effort", "mean", "median", "p90", "total"})
"""Parts that are seconds in a figure whose unit is seconds."""


def is_seconds(name: str, unit: str | None = None) -> bool:
    """Whether a field of a report, or a part of a figure with that unit, is seconds."""
    return name in _SECONDS or (unit == "seconds" and name in _IN_SECONDS)


def title(name: str, language: Language = "en") -> str:
    """The title of a table of a report."""
    return _TITLES[name][language] if name in _TITLES else name


def heading(name: str, language: Language = "en") -> str:
    """The words for a dimension, a part or a field; a name without Vietnamese words stays English."""
    english = _ENGLISH.get(name) or name.replace("_", " ")
    return _VIETNAMESE.get(name, english) if language == "vi" else english


def value_words(dimension: str, value: str, language: Language = "en") -> str:
    """The words for a value of a dimension, of which some are codes; what people have written stays as it is."""
    if dimension in _VOCABULARIES:
        return word_of(_VOCABULARIES[dimension], value, language)
    return heading(value, language) if dimension in _CODED else value


def has_vietnamese(name: str) -> bool:
    """Whether there are Vietnamese words for a name."""
    return name in _VIETNAMESE


def reason_words(reason: str, language: Language = "en") -> str:
    """Why something is left out of a figure."""
    return _REASONS[reason][language] if reason in _REASONS else heading(reason, language)


def nothing(language: Language = "en") -> str:
    """Stands in the place of an empty table."""
    return _NOTHING[language]
