"""What a history was asked for, in words for the head of its page."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from api.access_journal.words import WORDS as ACCESS_WORDS
from domain import readable
from domain.readable import ByLanguage, Language
from domain.zones import TimeZone
from projections.audit.words import word_of

_WORDS: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "all": {"en": "the whole log", "vi": "toàn bộ nhật ký"},
        "ticket": {"en": "ticket", "vi": "phiếu"},
        "customer": {"en": "customer", "vi": "khách hàng"},
        "actor": {"en": "actor", "vi": "người thực hiện"},
        "kind": {"en": "kind", "vi": "loại"},
        "text": {"en": "text", "vi": "có chữ"},
        "action": {"en": "action", "vi": "việc"},
        "occurred": {"en": "happened", "vi": "xảy ra"},
        "recorded": {"en": "recorded", "vi": "ghi nhận"},
        "from": {"en": "from {}", "vi": "từ {}"},
        "to": {"en": "before {}", "vi": "trước {}"},
        "known_at": {"en": "as known at", "vi": "theo thông tin đến"},
        "as_of": {"en": "as of", "vi": "tính đến"},
    }
)


def _listed(value: object) -> Sequence[Any]:
    return value if isinstance(value, list | tuple) else [value]


def _written(value: date, language: Language, zone: TimeZone) -> str:
    """A day or a time as people write it; a time is local in the zone."""
    if isinstance(value, datetime):
        return readable.second(value.astimezone(zone), language)
    return readable.day(value, language)


def in_words(question: Mapping[str, object], language: Language, zone: TimeZone) -> list[tuple[str, str]]:
    """The conditions that are given, each with its name. ``axis`` says which time ``from`` and ``to`` are of."""
    given = {
        name: _written(value, language, zone) if isinstance(value, date) else value
        for name, value in question.items()
        if value not in (None, [], ())
    }
    axis = str(given.pop("axis", "occurred"))
    ends = [_WORDS[name][language].format(given.pop(name)) for name in ("from", "to") if name in given]
    if language == "vi" and "kind" in given:
        given["kind"] = [word_of("kind of a history", kind, language) for kind in _listed(given["kind"])]
    if "action" in given:
        given["action"] = ACCESS_WORDS[language].coded(str(given["action"]))
    conditions = [(_WORDS[name][language], ", ".join(map(str, _listed(value)))) for name, value in given.items()]
    if ends:
        conditions.append((_WORDS[axis][language], " ".join(ends)))
    return conditions or [(_WORDS["all"][language], "")]
