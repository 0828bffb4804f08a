"""Text that is safe in a terminal: without control, escape, direction and invisible characters.

Characters that join letters or select their form stay where a script or an emoji needs them, and eight marks on a
letter. Elsewhere the first ones hide in a name, and more marks cover the lines above.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Iterator

_SELECTORS, _IDEOGRAPHIC_SELECTORS = "\ufe00-\ufe0f", "\U000e0100-\U000e01ef"
_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, overrides and isolates; deprecated controls
    "\u2028\u2029\ufff0-\ufffb\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"  # line separators, annotations, tags
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u3164\ufeff\uffa0"  # invisible: names look alike
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"  # invisible controls of shorthand and of music
    f"\u200c\u200d\u180b-\u180d\u180f{_SELECTORS}{_IDEOGRAPHIC_SELECTORS}"  # those that _JOINED keeps
    "]"
)
_IDEOGRAPHS = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_EMOJI = "\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_JOINED = re.compile(
    f"[{_EMOJI}\ufe0f\u0600-\u109f\u1700-\u1cff\ua8e0-\uabff\U00010a00-\U00011fff][\u200c\u200d]"
    f"|[{_EMOJI}{_IDEOGRAPHS}\xa9\xae\u1000-\u109f\u2200-\u22ff\u3000-\u303f\ua840-\ua87f\uff01-\uff1f][{_SELECTORS}]"
    "|[#*0-9]\ufe0f(?=\u20e3)"  # a keycap
    f"|[{_IDEOGRAPHS}][{_IDEOGRAPHIC_SELECTORS}]"
    "|[\u1820-\u18aa][\u180b-\u180d\u180f]"
)
"""A character, and what may stand behind it."""
_MARKS_OF_A_LETTER = 8
_FLOOD = re.compile(rf"[^\w\s\x00-\x7f]{{{_MARKS_OF_A_LETTER + 1},}}")
"""Where a letter may have too many marks: no mark is a letter."""
_JOINERS = "\u200c\u200d"
_LAST_BYTE = 0xFF


def escaped(text: str) -> str:
    """The text with each unsafe character as a backslash escape, such as ``\\x1b`` or ``\\u202e``."""
    return _replaced(text, _backslash_escape)


def holds_unsafe(text: str) -> bool:
    """Whether a text has an unsafe character, so that another one may look the same."""
    return escaped(text) != text


def escaped_json(document: str) -> str:
    """The same JSON document with each unsafe character as a JSON escape."""
    return _replaced(document, _json_escape)


def _replaced(text: str, escape: Callable[[str], str]) -> str:
    def unless_joined(match: re.Match[str]) -> str:
        return match[0] if _JOINED.match(match.string, max(match.start() - 1, 0)) else escape(match[0])

    def but_the_first(match: re.Match[str]) -> str:
        return "".join(
            character if number <= _MARKS_OF_A_LETTER else escape(character)
            for character, number in _numbered_marks(match[0])
        )

    if text.isascii():
        return text if text.isprintable() else _UNSAFE.sub(unless_joined, text)
    return _UNSAFE.sub(unless_joined, _FLOOD.sub(but_the_first, text))


def _numbered_marks(text: str) -> Iterator[tuple[str, int]]:
    """Each character with its number among the marks of its letter, which a joiner does not end; 0 when it is none."""
    number = 0
    for character in text:
        if unicodedata.category(character).startswith("M"):
            number += 1
            yield character, number
        else:
            number = number if character in _JOINERS else 0
            yield character, 0


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def _backslash_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= _LAST_BYTE else character.encode("ascii", "backslashreplace").decode()
