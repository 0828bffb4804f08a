"""The codes of the log in words of each language."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.personal_data.declaration import ERASED, LOST
from domain.readable import ByLanguage, Language
from projections.audit.vocabularies import VOCABULARIES

_WORDS: Mapping[Language, Mapping[bool | None, str]] = MappingProxyType(
    {
        "en": {None: "none", True: "yes", False: "no"},
        "vi": {None: "không có", True: "có", False: "không"},
    }
)
_ON_BEHALF_OF: ByLanguage = MappingProxyType({"en": "on behalf of", "vi": "thay mặt"})
_COLUMN: Mapping[Language, int] = MappingProxyType({"en": 0, "vi": 1})
_GONE_IN_VIETNAMESE = MappingProxyType({ERASED: "[đã xóa]", LOST: "[đã mất]"})


def in_language(text: str, language: Language) -> str:
    """A text for people, with the word of the language where a value was erased or its key lost."""
    if language == "vi":
        for word, vietnamese in _GONE_IN_VIETNAMESE.items():
            text = text.replace(word, vietnamese)
    return text


def word(value: bool | None, language: Language) -> str:
    """A flag, or nothing, in words."""
    return _WORDS[language][value]


def actor_words(name: str, kind: str, language: Language, on_behalf_of: str | None = None) -> str:
    """An actor: an agent by name, a program by what it is, any other actor with its kind."""
    if kind == "system" and name.partition(":")[0] in VOCABULARIES["program"]:
        who = word_of("program", name, language)
    else:
        who = name if kind == "agent" else f"{word_of('kind of an actor', kind, language)} {name}"
    return f"{who} ({_ON_BEHALF_OF[language]} {on_behalf_of})" if on_behalf_of else who


def word_of(vocabulary: str, code: str, language: Language) -> str:
    """A code of a vocabulary in words; itself where it has none. Of ``rule:NAME`` the first part is a code."""
    words = VOCABULARIES[vocabulary]
    first, colon, name = code.partition(":")
    if colon and first in words:
        return f"{words[first][_COLUMN[language]]} {name}"
    return words[code][_COLUMN[language]] if code in words else code
