"""What a history was asked for, in words for the head of its page."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from domain.readable import ByLanguage, Language
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


def in_words(question: Mapping[str, object], language: Language) -> list[tuple[str, str]]:
    """The conditions that are given, each with its name. ``axis`` says which time ``from`` and ``to`` are of."""
    given = {name: value for name, value in question.items() if value not in (None, [], ())}
    axis = str(given.pop("axis", "occurred"))
    ends = [_WORDS[name][language].format(given.pop(name)) for name in ("from", "to") if name in given]
    if language == "vi" and "kind" in given:
        given["kind"] = [word_of("kind of a history", kind, language) for kind in _listed(given["kind"])]
    conditions = [(_WORDS[name][language], ", ".join(map(str, _listed(value)))) for name, value in given.items()]
    if ends:
        conditions.append((_WORDS[axis][language], " ".join(ends)))
    return conditions or [(_WORDS["all"][language], "")]
