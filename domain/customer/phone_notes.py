"""The words that people write beside a telephone number: what an extension is called, and notes such as a name."""

import re

_EXTENSION = re.compile(
    r"(?<![^\W\d_])(?:máy (?:lẻ|nhánh)|số lẻ|nội bộ|durchwahl|nebenstelle|apparat|app|dw|ramal"
    r"|x|extn?|extensi[oó]n|int|anexo|доб)\W*(\d{1,6})\W*$"
)
"""What an extension is called in Vietnamese, German and Portuguese, and the words that the library reads."""
_URI = re.compile(r"tel:.*;(?:phone-context|isub)=")
"""A number in the form of RFC 3966, whose words are names of parameters."""
_CARRIER = re.compile(r"\(?0\s?xx\s?\(?(?=\d\d)")
"""The place of a carrier's code before a Brazilian area code, as in ``(0xx11)``."""
_DECIMAL = re.compile(r"(\+?\d{7,15})\.0")
"""A number that a spreadsheet took for one with a fraction."""
_WORD = re.compile(r"[^\W\d_]+")
_DIGIT = re.compile(r"\d")
_AROUND = " .,:;/-()"


def without_notes(folded: str) -> str:
    """A folded handle without its words, with ``ext.`` before its extension.

    Empty when a word stands between digits: they are a note's too, or two numbers.
    """
    if decimal := _DECIMAL.fullmatch(folded):
        return decimal[1]
    if not _WORD.search(folded) or _URI.match(folded):
        return folded
    folded = _CARRIER.sub("(0", folded)
    extension = _EXTENSION.search(folded)
    written = folded[: extension.start()] if extension else folded
    parts = [part.strip(_AROUND) for part in _WORD.split(written) if _DIGIT.search(part)]
    if len(parts) != 1:
        return ""
    return f"{parts[0]} ext. {extension[1]}" if extension else parts[0]
