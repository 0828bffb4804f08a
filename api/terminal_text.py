"""Text that is safe to show: a terminal gets no control, escape or direction character that somebody wrote."""

import json
import re

# C0 and C1 without tab and line feed, DEL, direction marks and overrides, line separators, annotations, tag characters.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufff9-\ufffb\U000e0000-\U000e007f]"
)
_LAST_BYTE = 0xFF


def escaped(text: str) -> str:
    """The text with each unsafe character as a backslash escape, such as ``\\x1b`` or ``\\u202e``."""
    return _UNSAFE.sub(_backslash_escape, text)


def escaped_json(document: str) -> str:
    """A JSON document with each unsafe character as a JSON escape; it means the same."""
    return _UNSAFE.sub(lambda match: json.dumps(match[0])[1:-1] if match[0] != "\x7f" else "\\u007f", document)


def _backslash_escape(match: re.Match[str]) -> str:
    code = ord(match[0])
    return f"\\x{code:02x}" if code <= _LAST_BYTE else match[0].encode("ascii", "backslashreplace").decode()
