"""Explanations as text timelines in English or Vietnamese."""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from domain.readable import Language, second, working_duration
from domain.sla.calendar.microseconds import SECOND
from domain.sla.clock.corrections import VerdictCorrection
from domain.sla.clock.explain import ExplainedInterval, Explanation
from domain.zones import TZDATA, TimeZone

_WORDS: dict[str, tuple[str, str]] = {
    "built-in policy": ("Default", "mặc định"),
    "first_response": ("First response", "Phản hồi đầu tiên"),
    "next_response": ("Next response", "Phản hồi tiếp theo"),
    "periodic_update": ("Periodic update", "Cập nhật định kỳ"),
    "resolution": ("Resolution", "Giải quyết"),
    "counted": ("counted", "được tính"),
    "paused": ("paused", "tạm dừng"),
    "fulfilled": ("not counted, fulfilled", "không tính, đã hoàn thành"),
    "cancelled": ("not counted, cancelled", "không tính, đã hủy"),
    "resolved": ("not counted, resolved", "không tính, đã giải quyết"),
    "customer": ("waiting for the customer", "chờ khách hàng"),
    "third_party": ("waiting for a third party", "chờ bên thứ ba"),
    "internal": ("waiting for another team", "chờ nội bộ"),
    "ticket.received": ("ticket received", "tiếp nhận phiếu"),
    "ticket.prioritised": ("priority changed", "đổi độ ưu tiên"),
    "ticket.categorised": ("category changed", "đổi loại"),
    "ticket.work_started": ("work started", "bắt đầu xử lý"),
    "ticket.work_stopped": ("back in the queue", "trả về hàng chờ"),
    "ticket.work_resumed": ("work resumed", "tiếp tục xử lý"),
    "ticket.message_received": ("customer wrote", "khách hàng nhắn"),
    "ticket.reply_sent": ("reply sent", "đã trả lời"),
    "ticket.resolved": ("resolved", "đã giải quyết"),
    "by_bot": ("by a bot, which is no answer by a person", "do bot, không phải phản hồi của người"),
    "ticket.reopened": ("reopened", "mở lại"),
    "ticket.closed": ("closed", "đã đóng"),
    "ticket.cancelled": ("ticket cancelled", "phiếu bị hủy"),
    "ticket.merged": ("merged into another ticket", "gộp vào phiếu khác"),
    "ticket.merge_undone": ("merge undone", "bỏ gộp phiếu"),
    "customer.tier_changed": ("customer tier changed", "đổi hạng khách hàng"),
    "customer.merged": ("customer merged into another", "khách hàng được gộp"),
    "customer.merge_undone": ("merge of the customer undone", "bỏ gộp khách hàng"),
    "closed_hours": ("the calendar is closed", "ngoài giờ làm việc"),
    "met": ("Met", "Đạt"),
    "breached": ("Breached", "Vi phạm"),
    "now": ("now", "hiện tại"),
    "asked": (
        "As of {at}; times are of {zone} ({time_zones}).",
        "Tính đến {at}; giờ theo {zone} ({time_zones}).",
    ),
    "nothing": ("Nothing was promised.", "Không có cam kết nào."),
    "corrected": ("Corrected {at} by {by} ({reason})", "{by} đã sửa lúc {at} ({reason})"),
    "by_rules": (
        "calendar {calendar} (version {calendar_version}), policy {policy} (version {policy_version})",
        "lịch {calendar} (phiên bản {calendar_version}), chính sách {policy} (phiên bản {policy_version})",
    ),
    "sum": ("{elapsed} of {target} counted", "Đã tính {elapsed} trên {target}"),
    "left": ("{left} left", "còn {left}"),
    "over": ("{left} over", "quá {left}"),
    "due": ("due {due}", "hạn {due}"),
    "reopens": ("the calendar opens again {due}", "lịch làm việc mở lại {due}"),
    "late": ("late after {at}", "trễ sau {at}"),
    "cancelled_at": ("cancelled {at}", "đã hủy lúc {at}"),
    "no_due": ("no deadline", "không có hạn"),
    "no_due_paused": ("no deadline while paused", "không có hạn khi đang tạm dừng"),
    "no_due_closed": (
        "no deadline: calendar {calendar} is not open for long enough before 2100",
        "không có hạn: lịch {calendar} không còn đủ giờ làm việc trước năm 2100",
    ),
    "rules": (
        "{target} on calendar {calendar} (version {calendar_version}), policy {policy} (version {policy_version})",
        (
            "{target} theo lịch {calendar} (phiên bản {calendar_version}),"
            " chính sách {policy} (phiên bản {policy_version})"
        ),
    ),
}


def all_as_text(explanations: Sequence[Explanation], at: datetime, language: Language, zone: TimeZone) -> str:
    """The timelines of a ticket's clocks at an instant, with the zone data of the times."""
    texts = [as_text(explanation, language, zone) for explanation in explanations] or [_say("nothing", language)]
    footer = _say("asked", language).format(at=_local(at, zone, language), zone=zone.key, time_zones=TZDATA)
    return "\n\n".join([*texts, footer])


def as_text(explanation: Explanation, language: Language, zone: TimeZone) -> str:
    """A line for the target, one for each stretch with its running sum, one for the result, one for a correction.

    Times are of ``zone``.
    """
    say = partial(_say, language=language)
    local, lasting = partial(_local, zone=zone, language=language), partial(_lasting, language=language)
    rules = say("rules").format(
        target=lasting(explanation.target_us),
        calendar=explanation.calendar,
        calendar_version=explanation.calendar_version,
        policy=policy_name(explanation.policy, explanation.policy_version, language),
        policy_version=explanation.policy_version,
    )
    lines = [f"{say(explanation.target)} {explanation.instance}: {rules}"]
    elapsed = 0
    for stretch in explanation.stretches:
        elapsed += stretch.elapsed_us
        end = say("now") if stretch.end is None else local(stretch.end)
        counted = f" {lasting(stretch.elapsed_us)} (= {lasting(elapsed)})" if stretch.kind == "counted" else ""
        reasons = reasons_of(stretch, language)
        why = f": {reasons}" if reasons else ""
        lines.append(f"  {local(stretch.start)} - {end}  {say(stretch.kind)}{counted}{why}")
    lines.append(_result(explanation, say, local, lasting))
    if explanation.correction is not None:
        lines.append(_corrected(explanation.correction, say, local))
    return "\n".join(lines)


def policy_name(name: str, version: int, language: Language) -> str:
    """The name of a policy as it was published; that of the built-in one, version 0, in words of the language."""
    return _say("built-in policy", language) if version == 0 else name


def kind_of(stretch: ExplainedInterval, language: Language) -> str:
    """What the clock does in a stretch, such as `paused`."""
    return _say(stretch.kind, language)


def reasons_of(stretch: ExplainedInterval, language: Language) -> str:
    """Why the clock does so, such as `waiting for the customer`; empty when nothing is to be said."""
    reasons = [_say(word, language) for word in (stretch.waiting_for or stretch.cause,) if word]
    if stretch.open_hours == ():
        reasons.append(_say("closed_hours", language))
    if stretch.by_bot:
        reasons.append(_say("by_bot", language))
    if stretch.old_target_us and stretch.new_target_us:
        reasons.append(f"{_lasting(stretch.old_target_us, language)} -> {_lasting(stretch.new_target_us, language)}")
    return ", ".join(reasons)


def _say(word: str, language: Language) -> str:
    return _WORDS[word][language == "vi"] if word in _WORDS else word


def _result(
    explanation: Explanation,
    say: Callable[[str], str],
    local: Callable[[datetime], str],
    lasting: Callable[[int], str],
) -> str:
    left = explanation.remaining_us
    result = [
        say("sum").format(elapsed=lasting(explanation.elapsed_us), target=lasting(explanation.target_us)),
        say("left" if left >= 0 else "over").format(left=lasting(abs(left))),
    ]
    outcome = [say(explanation.verdict)] if explanation.verdict else []
    if explanation.state == "cancelled" and explanation.finished_at:
        outcome.append(say("cancelled_at").format(at=local(explanation.finished_at)))
    if explanation.state != "cancelled" or explanation.breached_at:
        result.append(_due(explanation, say, local))
        if explanation.due_open_at:
            result.append(say("reopens").format(due=local(explanation.due_open_at)))
    if explanation.breached_at:
        result.append(say("late").format(at=local(explanation.breached_at)))
    first = ", ".join(outcome)
    return f"{first[:1].upper()}{first[1:]}: {', '.join(result)}" if first else ", ".join(result)


def _due(explanation: Explanation, say: Callable[[str], str], local: Callable[[datetime], str]) -> str:
    if explanation.due_at:
        return say("due").format(due=local(explanation.due_at))
    stops = [fact["kind"] for fact in explanation.facts if fact["kind"] in {"activated", "paused", "resumed"}]
    return say("no_due_paused" if stops[-1] == "paused" else "no_due_closed").format(calendar=explanation.calendar)


def _corrected(correction: VerdictCorrection, say: Callable[[str], str], local: Callable[[datetime], str]) -> str:
    now = correction.now
    decision = say("corrected").format(at=local(correction.at), by=correction.by, reason=correction.reason)
    due = say("due").format(due=local(now.due_at)) if now.due_at else say("no_due")
    return f"{decision}: {say(now.verdict)}, {due}, {say('by_rules').format_map(now.model_dump())}"


def _local(at: datetime, zone: TimeZone, language: Language) -> str:
    return second(at.astimezone(zone), language)


def _lasting(microseconds: int, language: Language) -> str:
    return working_duration(microseconds / SECOND, language)
