"""The words that people write beside a telephone number: what an extension is called, and notes such as a name."""

import re

_EXTENSION = re.compile(
    r"[\s,;(]*\b(?:máy (?:lẻ|nhánh)|số lẻ|nội bộ|durchwahl|nebenstelle|apparat|app|dw|ramal)[.:]?\s*(\d{1,6})\)?$"
)
"""What an extension is called in Vietnamese, German and Portuguese. The library reads the English words."""
_READ_BY_THE_LIBRARY = frozenset({"ext", "extn", "extension", "int", "anexo", "tel"})
_NOTE = re.compile(r"[^\W\d_]{2,}\.?")
_BRACKETS = re.compile(r"\(\s*\)")


def without_notes(folded: str) -> str:
    """A folded handle with ``ext.`` before its extension, and without its other words and the brackets about them."""
    named = _EXTENSION.sub(r" ext. \1", folded)
    plain = _NOTE.sub(lambda word: word[0] if word[0].rstrip(".") in _READ_BY_THE_LIBRARY else " ", named)
    return _BRACKETS.sub(" ", plain).strip()
