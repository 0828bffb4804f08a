"""The choice of a routing as words behind a sentence: the rule, the reason, and why nobody else was chosen."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from domain.readable import Language

_MOST_NAMED = 10
_TEXTS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "rule": "rule {rule}",
            "no_rule": "no rule",
            "chosen": "chosen",
            "version": "version",
            "skills": "without the skills {dropped}",
            "not": "not",
            "more": "and {more} more",
            "sticky": "held the customer's last ticket",
            "only_one": "the only candidate",
            "least_loaded": "the lowest load",
            "longest_waiting": "waited longest for an assignment",
            "first_name": "the first by name",
            "no_candidate": "no candidate",
            "off_shift": "off shift",
            "left": "has left",
            "away": "away",
            "in_call": "in a call",
            "skills_missing": "skills missing",
            "full": "no capacity",
            "not_sticky": "did not hold the customer's last ticket",
            "more_loaded": "a higher load",
            "assigned_later": "assigned more recently",
            "later_name": "later by name",
        },
        "vi": {
            "rule": "quy tắc {rule}",
            "no_rule": "không quy tắc nào",
            "chosen": "được chọn",
            "version": "phiên bản",
            "skills": "bỏ kỹ năng {dropped}",
            "not": "không chọn",
            "more": "và {more} người khác",
            "sticky": "đã giữ phiếu gần nhất của khách hàng",
            "only_one": "ứng viên duy nhất",
            "least_loaded": "tải thấp nhất",
            "longest_waiting": "chờ phân công lâu nhất",
            "first_name": "đứng đầu theo tên",
            "no_candidate": "không có ứng viên",
            "off_shift": "ngoài ca",
            "left": "đã nghỉ việc",
            "away": "vắng mặt",
            "in_call": "đang trong cuộc gọi",
            "skills_missing": "thiếu kỹ năng",
            "full": "hết sức chứa",
            "not_sticky": "không giữ phiếu gần nhất của khách hàng",
            "more_loaded": "tải cao hơn",
            "assigned_later": "mới được phân công hơn",
            "later_name": "đứng sau theo tên",
        },
    }
)


def candidate_text(why: str, language: Language) -> str:
    """Why a candidate was chosen or not, in words."""
    return _TEXTS[language].get(why, why)


def routing_text(routing: Mapping[str, Any] | None, language: Language) -> str:
    """Such as `` (rule billing, version 3: the lowest load; not binh: away)``; empty without a routing."""
    if not routing:
        return ""
    texts = _TEXTS[language]
    rule = texts["no_rule"] if routing["rule"] is None else texts["rule"].replace("{rule}", routing["rule"])
    text = f"{rule}, {texts['version']} {routing['version']}: {texts.get(routing['because'], routing['because'])}"
    if routing["dropped"]:
        text += f", {texts['skills'].replace('{dropped}', ', '.join(routing['dropped']))}"
    others = [
        f"{each['agent']}: {texts.get(each['why'], each['why'])}"
        for each in routing["candidates"]
        if each["why"] != "chosen"
    ]
    if others:
        text += f"; {texts['not']} {', '.join(others[:_MOST_NAMED])}"
    more = routing["considered"] - (len(routing["candidates"]) - len(others)) - len(others[:_MOST_NAMED])
    if more > 0:
        text += f" {texts['more'].replace('{more}', str(more))}"
    return f" ({text})"
