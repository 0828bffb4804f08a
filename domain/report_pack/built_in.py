"""The built-in report packs: daily, weekly, monthly and quarterly."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.report_pack.definition import PackPeriod, ReportPack, Section
from domain.text_by_language import TitleByLanguage


def _section(
    en: str, vi: str, figure: str, *by: str, part: str | None = None, most: int | None = None, **where: str
) -> Section:
    return Section(title=TitleByLanguage(en=en, vi=vi), figure=figure, part=part, by=by, most=most, where=where)


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
_CONTACTS = _section("Messages by channel", "Tin nhắn theo kênh", "contacts", "channel")
_CALLS = _section("Calls", "Cuộc gọi", "calls")
_OVERLOADED = _section("Overloaded agents", "Nhân viên quá tải", "overloaded", "team")
_TIME_BY_TEAM = _section("Time by team", "Thời gian tại từng nhóm", "time-by-team", "team")
_TEAM_ON_TIME = _section("Teams within their targets", "Nhóm đúng hạn nội bộ", "team-on-time", "team")
_THEMES = _section("What customers say", "Ý kiến khách hàng", "voice-of-customers", "theme", most=10)
_COMPLAINTS = _section("Complaints", "Phàn nàn", "voice-of-customers", "theme", part="negative", most=10)
_PROPOSALS = _section("Proposals", "Đề xuất", "voice-of-customers", theme="proposal")
_NPS = _section("NPS", "NPS", "nps")
_NPS_OF_ORGANISATIONS = _section("NPS of organisations", "NPS của tổ chức", "nps-organisations")
_RENEWALS = _section("Renewals", "Gia hạn hợp đồng", "renewal")
_RENEWED_VALUE = _section("Renewed value", "Giá trị gia hạn", "renewal-value", "currency")
_RENEWAL_BY_BAND = _section(
    "Renewals by health 90 days before", "Gia hạn theo mức sức khỏe 90 ngày trước", "renewal-chance", "band"
)
_PROCEDURE_OUTCOMES = _section("Completed procedures", "Quy trình hoàn tất", "procedure-outcome", "procedure")
_STEP_TIMES = _section(
    "Time of procedure steps", "Thời gian xử lý bước quy trình", "procedure-step-time", "procedure", "step", most=20
)
_STEPS_SKIPPED = _section(
    "Skipped procedure steps", "Bước quy trình bị bỏ qua", "procedure-steps-skipped", "procedure", "step", most=20
)
_STEPS_OVERDUE = _section(
    "Overdue procedure steps", "Bước quy trình quá hạn", "procedure-steps-overdue", "procedure", "step", most=20
)
_UPSELL = _section("Upsell offers", "Chào bán thêm", "upsell")
_RETENTION = _section("Retention", "Giữ chân khách hàng", "retention")
_JOURNEY = _section("Journeys of tickets", "Hành trình của phiếu", "journey", "state_path", most=10)
_STEPS = _section("Time between steps", "Thời gian giữa các bước", "journey-steps", "step", most=10)
_LOSSES = _section("Points of loss", "Điểm thất thoát", "journey-losses", "state")
_REPEATED_FAULTS = _section("Repeated faults", "Lỗi lặp lại", "repeat-contact", "category", most=10)


def _pack(en: str, vi: str, period: PackPeriod, *sections: Section) -> ReportPack:
    return ReportPack(title=TitleByLanguage(en=en, vi=vi), period=period, sections=sections)


BUILT_IN_PACKS: Mapping[str, ReportPack] = MappingProxyType(
    {
        "daily": _pack(
            "Daily report",
            "Báo cáo ngày",
            "day",
            _TICKETS_IN_BY_CHANNEL,
            _BACKLOG_BY_TEAM,
            _OVERLOADED,
            _FIRST_RESPONSES,
            _RESOLUTIONS,
            _CONTACTS,
            _CALLS,
            _SATISFACTION,
            _REPEATED_FAULTS,
            _COMPLAINTS,
            _PROPOSALS,
        ),
        "weekly": _pack(
            "Weekly report",
            "Báo cáo tuần",
            "week",
            *_course("day", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION),
            _TICKETS_IN_BY_CHANNEL,
            _CONTACTS,
            _CALLS,
            _RESOLUTIONS_BY_TEAM,
            _FIRST_CONTACT,
            _REOPENED,
            _REPEATED_FAULTS,
            _THEMES,
            _COMPLAINTS,
            _PROPOSALS,
        ),
        "monthly": _pack(
            "Monthly report",
            "Báo cáo tháng",
            "month",
            *_course("week", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION),
            _TICKETS_IN_BY_CHANNEL,
            _CONTACTS,
            _CALLS,
            _RESOLUTIONS_BY_TEAM,
            _RESOLUTIONS_BY_PRIORITY,
            _TIME_BY_TEAM,
            _SATISFACTION_BY_TEAM,
            _RESPONSES,
            _FIRST_CONTACT,
            _HANDLING,
            _REOPENED,
            _REPEATED_FAULTS,
            _THEMES,
            _COMPLAINTS,
            _PROPOSALS,
            _RENEWALS,
            _UPSELL,
        ),
        "quarterly": _pack(
            "Quarterly review",
            "Rà soát quy trình quý",
            "quarter",
            *_course("month", _TICKETS_IN, _BACKLOG, _FIRST_RESPONSES, _RESOLUTIONS, _SATISFACTION, _FIRST_CONTACT),
            _RESOLUTIONS_BY_TEAM,
            _RESOLUTIONS_BY_PRIORITY,
            _TIME_BY_TEAM,
            _TEAM_ON_TIME,
            _JOURNEY,
            _STEPS,
            _LOSSES,
            _PROCEDURE_OUTCOMES,
            _STEP_TIMES,
            _STEPS_SKIPPED,
            _STEPS_OVERDUE,
            _SATISFACTION_BY_TEAM,
            _HANDLING,
            _REOPENED,
            _REPEATED_FAULTS,
            _THEMES,
            _COMPLAINTS,
            _PROPOSALS,
            _NPS,
            _NPS_OF_ORGANISATIONS,
            _RENEWALS,
            _RENEWED_VALUE,
            _RENEWAL_BY_BAND,
            _UPSELL,
            _RETENTION,
        ),
    }
)
"""By name."""
