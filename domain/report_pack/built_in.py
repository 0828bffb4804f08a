"""The built-in report packs: daily, weekly, monthly and quarterly."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.report_pack.definition import Heading, PackPeriod, ReportPack, Section


def _section(en: str, vi: str, figure: str, *by: str, part: str | None = None, most: int | None = None) -> Section:
    return Section(title=Heading(en=en, vi=vi), figure=figure, part=part, by=by, most=most)


def _course(every: PackPeriod, *sections: Section) -> tuple[Section, ...]:
    """The sections with a row for each shorter period."""
    return tuple(section.model_copy(update={"every": every}) for section in sections)


_TICKETS_IN = _section("Tickets in", "Phiếu tiếp nhận", "flow", part="received")
_TICKETS_IN_BY_CHANNEL = _section(
    "Tickets in by channel", "Phiếu tiếp nhận theo kênh", "flow", "channel", part="received"
)
_BACKLOG = _section("Backlog", "Tồn đọng", "open-tickets")
_BACKLOG_BY_TEAM = _section("Backlog by team", "Tồn đọng theo nhóm", "open-tickets", "team")
_FIRST_RESPONSES = _section("First responses in time", "Phản hồi đầu tiên đúng hạn", "sla-first-response")
_RESOLUTIONS = _section("Resolutions in time", "Giải quyết đúng hạn", "sla-resolution")
_RESOLUTIONS_BY_PRIORITY = _section(
    "Resolutions in time by priority", "Giải quyết đúng hạn theo mức ưu tiên", "sla-resolution", "priority"
)
_RESOLUTIONS_BY_TEAM = _section(
    "Resolutions in time by team", "Giải quyết đúng hạn theo nhóm", "sla-resolution", "team"
)
_SATISFACTION = _section("Satisfaction", "Mức hài lòng", "csat")
_SATISFACTION_BY_TEAM = _section("Satisfaction by team", "Mức hài lòng theo nhóm", "csat", "team")
_RESPONSES = _section("Ratings given", "Tỷ lệ phản hồi khảo sát", "response-rate")
_FIRST_CONTACT = _section("First contact resolution", "Giải quyết ngay lần đầu", "fcr")
_HANDLING = _section("Handling time", "Thời gian xử lý", "handling-time", "category")
_REOPENED = _section("Reopened tickets", "Tỷ lệ mở lại", "reopen-rate")
_REPEATED_FAULTS = _section("Repeated faults", "Lỗi lặp lại", "repeat-contact", "category", most=10)


def _pack(en: str, vi: str, period: PackPeriod, *sections: Section) -> ReportPack:
    return ReportPack(title=Heading(en=en, vi=vi), period=period, sections=sections)


BUILT_IN_PACKS: Mapping[str, ReportPack] = MappingProxyType(
    {
        "daily": _pack(
            "Daily report",
            "Báo cáo ngày",
            "day",
            _TICKETS_IN_BY_CHANNEL,
            _BACKLOG_BY_TEAM,
            _FIRST_RESPONSES,
            _RESOLUTIONS,
            _SATISFACTION,
            _REPEATED_FAULTS,
        ),
        "weekly": _pack(
            "Weekly report",
            "Báo cáo tuần",
            "week",
            *_course("day", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION),
            _TICKETS_IN_BY_CHANNEL,
            _RESOLUTIONS_BY_TEAM,
            _FIRST_CONTACT,
            _REOPENED,
            _REPEATED_FAULTS,
        ),
        "monthly": _pack(
            "Monthly report",
            "Báo cáo tháng",
            "month",
            *_course("week", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION),
            _TICKETS_IN_BY_CHANNEL,
            _RESOLUTIONS_BY_TEAM,
            _RESOLUTIONS_BY_PRIORITY,
            _SATISFACTION_BY_TEAM,
            _RESPONSES,
            _FIRST_CONTACT,
            _HANDLING,
            _REOPENED,
            _REPEATED_FAULTS,
        ),
        "quarterly": _pack(
            "Quarterly review",
            "Rà soát quy trình quý",
            "quarter",
            *_course("month", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION, _FIRST_CONTACT),
            _RESOLUTIONS_BY_TEAM,
            _RESOLUTIONS_BY_PRIORITY,
            _SATISFACTION_BY_TEAM,
            _HANDLING,
            _REOPENED,
            _REPEATED_FAULTS,
        ),
    }
)
"""By name."""
