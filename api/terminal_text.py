"""Text that is safe in a terminal: without control, escape, direction and invisible characters.

Characters that join letters or select their form stay where a script or an emoji needs them, and eight marks on a
letter. Elsewhere the first ones hide in a name, and more marks cover the lines above.
"""

import json
import re
from collections.abc import Callable

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
_MARKS = (
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0730-\u074a"
    "\u07eb-\u07f3\u0816-\u082d\u08ca-\u0903\u093c\u0941-\u094d\u0951-\u0957\u0e31-\u0e3a\u0e47-\u0e4e\u0eb1-\u0ebc"
    "\u0ec8-\u0ece\u0f71-\u0f87\u0f8d-\u0fbc\u1ab0-\u1ace\u1dc0-\u1dff\u20d0-\u20f0\u2de0-\u2dff\u3099\u309a\ua66f-\ua67d"
    "\ufe20-\ufe2f"
)
_MARKS_OF_A_LETTER = 8
_FLOOD = re.compile(f"[{_MARKS}]{{{_MARKS_OF_A_LETTER + 1},}}")
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
        return match[0] if _JOINED.match(text, max(match.start() - 1, 0)) else escape(match[0])

    def but_the_first(match: re.Match[str]) -> str:
        return match[0][:_MARKS_OF_A_LETTER] + "".join(map(escape, match[0][_MARKS_OF_A_LETTER:]))

    if text.isascii():
        return text if text.isprintable() else _UNSAFE.sub(unless_joined, text)
    return _UNSAFE.sub(unless_joined, _FLOOD.sub(but_the_first, text))


def _json_escape(character: str) -> str:
    return json.dumps(character)[1:-1] if character != "\x7f" else "\\u007f"


def _backslash_escape(character: str) -> str:
    code = ord(character)
    return f"\\x{code:02x}" if code <= _LAST_BYTE else character.encode("ascii", "backslashreplace").decode()
