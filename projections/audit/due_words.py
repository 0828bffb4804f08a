"""What makes something due, in words: the identities of due instances, and of the instances of SLA clocks."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from types import MappingProxyType

from domain.readable import ByLanguage, Language, day, minute
from domain.zones import TimeZone
from projections.audit.words import word_of

_STEP: ByLanguage = {"en": "step {name}", "vi": "bước {name}"}
_IDENTITIES: Mapping[str, ByLanguage] = MappingProxyType(
    {
        r"resolution/\d+": {"en": "resolution", "vi": "giải quyết"},
        r"resolution/\d+/(?P<n>\d+)": {"en": "resolution, reminder {n}", "vi": "giải quyết, nhắc lần {n}"},
        r"next_response/\d+/(?P<share>[\d.]+)": {
            "en": "next response, {share} of its time",
            "vi": "phản hồi tiếp theo, {share} thời hạn",
        },
        r"promise/.+/(?P<n>\d+)": {"en": "promised call, reminder {n}", "vi": "cuộc gọi đã hẹn, nhắc lần {n}"},
        r"hold/\d+": {"en": "hold", "vi": "tạm dừng"},
        r"hold/\d+/(?P<n>\d+)": {"en": "hold, reminder {n}", "vi": "tạm dừng, nhắc lần {n}"},
        r"check-in/(?P<n>\d+)": {"en": "check-in {n}", "vi": "lần thăm hỏi {n}"},
        r"wave/(?P<name>.+)/(?P<n>\d+)": {"en": "wave {name}, request {n}", "vi": "đợt {name}, lời mời {n}"},
        r"word/(?P<at>\S+Z)": {"en": "last word at {at}", "vi": "trao đổi cuối lúc {at}"},
        r"term/(?P<n>\d+)/(?P<days>\d+)": {
            "en": "term {n}, {days} before its end",
            "vi": "kỳ {n}, trước khi hết {days}",
        },
        r"term/(?P<n>\d+)/ended/1": {"en": "term {n} ended", "vi": "kỳ {n} đã hết"},
        r"term/(?P<n>\d+)/ended/2": {"en": "grace of term {n} over", "vi": "hết thời gian ân hạn của kỳ {n}"},
        r"milestone/(?P<name>.+)": {"en": "milestone {name}", "vi": "mốc {name}"},
        r"service/(?P<name>.+)/(?P<n>\d+)/(?P<days>\d+)": {
            "en": "service {n} of purchase {name}, {days} before",
            "vi": "bảo dưỡng lần {n} của lần mua {name}, trước {days}",
        },
        r"warranty/(?P<name>.+)/(?P<days>\d+)": {
            "en": "warranty of purchase {name}, {days} before its end",
            "vi": "bảo hành của lần mua {name}, trước khi hết {days}",
        },
        r"purchase/(?P<name>[^/]+)/(?P<product>.+)": {
            "en": "{product}, bought as {name}",
            "vi": "{product}, theo lần mua {name}",
        },
        r"request/.+/answer": {"en": "answer to the request", "vi": "trả lời yêu cầu"},
        r"request/.+/(?P<days>\d+)": {"en": "{days} before the deadline", "vi": "trước hạn {days}"},
        r"(?P<name>.+)/(?P<day>\d{4}-\d\d-\d\d)/(?P<days>\d+)": {
            "en": "{name} on {day}, {days} before",
            "vi": "{name} ngày {day}, trước {days}",
        },
        r"(?P<name>.+)/(?P<year>\d{4})-(?P<month>\d\d)/(?P<share>[\d.]+)": {
            "en": "{name}, {share} of the limit in {month}/{year}",
            "vi": "{name}, {share} hạn mức tháng {month}/{year}",
        },
        r"(?P<name>.+)/(?P<year>\d{4})-W(?P<week>\d\d)": {
            "en": "{name} in week {week} of {year}",
            "vi": "{name} tuần {week} năm {year}",
        },
        r"(?P<name>[^/]+)/(?P<n>\d{4})": {"en": "{name} {n}", "vi": "{name} {n}"},
        r"(?P<name>[^/]+)/\d{1,3}": _STEP,
    }
)
"""The sentence of each shape of an identity; another one is said as it is."""
_SHAPES = tuple((re.compile(shape), texts) for shape, texts in _IDENTITIES.items())
_CLOCK = re.compile(r"(first_response|next_response|periodic_update|resolution)/(\d+)")


def due_in_words(identity: str, language: Language, zone: TimeZone) -> str:
    """The identity of a due instance; one that only looks like a known shape is said as it is."""
    for shape, texts in _SHAPES:
        if match := shape.fullmatch(identity):
            try:
                return texts[language].format_map(_values(match.groupdict(), language, zone))
            except ValueError:  # no such day or instant
                return identity
    return identity


def step_in_words(title: str, language: Language) -> str:
    """A step of a procedure by its title."""
    return _STEP[language].format(name=title)


def _values(written: dict[str, str], language: Language, zone: TimeZone) -> dict[str, str]:
    """The parts of an identity, with an instant, a day and a number of days as people read them."""
    values = written
    if "at" in written:
        values = values | {"at": minute(datetime.fromisoformat(written["at"]).astimezone(zone), language)}
    if "days" in written:
        values = values | {"days": f"{written['days']} {_day_word(written['days'], language)}"}
    if "day" in written:
        values = values | {"day": day(date.fromisoformat(written["day"]), language)}
    return values


def _day_word(days: str, language: Language) -> str:
    if language == "vi":
        return "ngày"
    return "day" if days == "1" else "days"


def clock_in_words(fact: str, language: Language) -> str:
    """An instance of an SLA clock, the first one of its target without its number; another fact as it is."""
    clock = _CLOCK.fullmatch(fact)
    if clock is None:
        return fact
    words = word_of("target", clock[1], language)
    return words if clock[2] == "1" else f"{words} {clock[2]}"
