"""What stands above columns and beside counts, in Vietnamese or English: dimensions, parts of figures, reasons."""

from collections.abc import Mapping
from types import MappingProxyType

from api.heading_words import ENGLISH_HEADINGS, HEADING_WORDS
from domain.readable import ByLanguage, Language
from projections.audit.words import word_of
from projections.tickets.table import PATH

_REASONS: Mapping[str, ByLanguage] = MappingProxyType(
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
        "asked_again": {"en": "asked again", "vi": "hỏi lại lần nữa"},
        "rated_before": {"en": "rated before the survey", "vi": "đánh giá trước khảo sát"},
        "unresolved": {"en": "never resolved", "vi": "chưa từng giải quyết"},
        "suppressed": {"en": "not sent", "vi": "không gửi"},
        "uncertain": {"en": "not known to have arrived", "vi": "không rõ đã đến hay chưa"},
        "undeliverable": {"en": "undeliverable", "vi": "không gửi được"},
        "no_date": {"en": "not told a date", "vi": "chưa được hẹn ngày"},
        "no_target": {"en": "without a target", "vi": "không có cam kết"},
        "open": {"en": "still open", "vi": "còn đang mở"},
        "messages_unknown": {"en": "imported without messages", "vi": "nhập không kèm tin nhắn"},
    }
)
_NOTHING: ByLanguage = MappingProxyType({"en": "none", "vi": "không có"})
_TITLES: Mapping[str, ByLanguage] = MappingProxyType(
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
        "category": "category",
        "channel": "channel",
        "polarity": "polarity",
        "priority": "priority",
        "state": "state on a path",
        "state_path": "state on a path",
        "step_kind": "step kind",
        "target": "target",
        "tier": "tier",
    }
)
"""Dimensions whose values are codes of a vocabulary of the log."""
OUTCOMES = "result of a step"
"""The vocabulary of the outcomes of procedures; those of offers and terms have words as headings have."""
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
    english = ENGLISH_HEADINGS.get(name) or name.replace("_", " ")
    return HEADING_WORDS.get(name, english) if language == "vi" else english


def value_words(dimension: str, value: str, language: Language = "en") -> str:
    """The words for a value of a dimension, of which some are codes; what people have written stays as it is."""
    if PATH in value and dimension in {"state_path", "step"}:
        return PATH.join(value_words("state", state, language) for state in value.split(PATH))
    if dimension in _VOCABULARIES:
        return word_of(_VOCABULARIES[dimension], value, language)
    return heading(word_of(OUTCOMES, value, language), language) if dimension == "outcome" else value


def reason_words(reason: str, language: Language = "en") -> str:
    """Why something is left out of a figure."""
    return _REASONS[reason][language] if reason in _REASONS else heading(reason, language)


def nothing(language: Language = "en") -> str:
    """Stands in the place of an empty table."""
    return _NOTHING[language]
