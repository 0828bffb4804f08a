"""Text that is safe in a terminal: without control, escape, direction and invisible characters.

Characters that join letters (U+200C, U+200D) or select their form stay, because Persian and emoji need them.
"""

import json
import re

_UNSAFE = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, DEL, C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f"  # direction marks, overrides and isolates; deprecated controls
    "\u2028\u2029\ufff9-\ufffb\U000e0000-\U000e007f"  # line separators, annotations, tag characters
    "\xad\u034f\u115f\u1160\u17b4\u17b5\u180e\u200b\u2060-\u2065\u3164\ufeff\uffa0"  # invisible: names look alike
    "]"
)
_LAST_BYTE = 0xFF


def escaped(text: str) -> str:
    """The text with each unsafe character as a backslash escape, such as ``\\x1b`` or ``\\u202e``."""
    return _UNSAFE.sub(_backslash_escape, text)


def escaped_json(document: str) -> str:
    """The same JSON document with each unsafe character as a JSON escape."""
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f", document)


def _backslash_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= _LAST_BYTE else match[0].encode("ascii", "backslashreplace").decode()
