"""The built-in report packs: daily, weekly, monthly, quarterly and yearly."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.report_pack.definition import PackDimension, PackPeriod, ReportPack, Section, Title


def _section(
    figure: str,
    en: str,
    vi: str,
    *by: PackDimension,
    every: PackPeriod | None = None,
    most: int | None = None,
) -> Section:
    return Section(title=Title(en=en, vi=vi), figure=figure, by=by, every=every, most=most)


def _service(every: PackPeriod | None) -> tuple[Section, ...]:
    """What every report begins with; ``every`` gives the course within the period."""
    return (
        _section("tickets-in", "Tickets in", "Phiếu tiếp nhận", "channel"),
        _section("sla", "Promises kept", "Tuân thủ SLA", every=every),
        _section("contacts", "Calls and messages", "Cuộc gọi và tin nhắn", "channel"),
        _section("csat", "Satisfaction", "Mức hài lòng", every=every),
    )


_LEARNING = (
    _section("repeat-contact", "Repeated faults", "Lỗi lặp lại", "category", most=10),
    _section("voc", "What customers say", "Ý kiến khách hàng", most=10),
)
"""What every report ends with."""


def _pack(en: str, vi: str, period: PackPeriod, *sections: Section) -> ReportPack:
    return ReportPack(title=Title(en=en, vi=vi), period=period, sections=sections)


BUILT_IN_PACKS: Mapping[str, ReportPack] = MappingProxyType(
    {
        "daily": _pack("Daily report", "Báo cáo ngày", "day", *_service(None), *_LEARNING),
    }
)
"""By name."""
