"""Text that is safe in CSV: no spreadsheet evaluates a cell of it, whatever its separator.

The mark is an apostrophe, at the beginning of a text or directly behind a character at which a program may split
it (``;``, ``|``, tab, a line end). An apostrophe in such a position is marked too. The original text is restored by
the removal of one apostrophe from each of these positions.
"""

import re
from functools import lru_cache
from unicodedata import category, normalize

MARK = "'"
EXPLANATION = "explanation"
"""The sheet of a workbook that says what its other sheets hold."""

_SEPARATORS = ";|\t\n\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029"
"""The characters at which programs split a text: separators of cells, and the line ends of str.splitlines."""

_FORMULA_SIGNS = "=+-@\u2212"
_NOT_SEEN = "\u115f\u1160"  # the fillers of Hangul are letters of no width; their other forms fold to these

# The kinds: S separator, F sign of a formula, I ignored by programs, ' the mark itself, T other text.
_TO_MARK = re.compile(r"(?:^|(?<=S))(?=I*F|')")
_BEGINS_WITH_BLANK = re.compile(r"\A[\t\r\n]")
_PLAIN = re.compile(r"[A-Za-z0-9(][^;|\x00-\x1f\x7f-\U0010ffff]*")


def inert(text: str) -> str:
    """The text with the mark wherever a spreadsheet would see the beginning of a formula."""
    if not text or _PLAIN.fullmatch(text):
        return text
    kinds = "".join(map(_kind, text))
    starts = [match.start() for match in _TO_MARK.finditer(kinds)]
    if _BEGINS_WITH_BLANK.match(text) and starts[:1] != [0]:
        starts.insert(0, 0)
    pieces = (text[start:end] for start, end in zip([0, *starts], [*starts, len(text)], strict=True))
    return MARK.join(pieces)


@lru_cache(4_096)
def _kind(character: str) -> str:
    """The kind of a character by its compatibility form (NFKC), in which a full-width sign is the plain sign."""
    if character in _SEPARATORS:
        return "S"
    if character in {MARK, '"'}:
        return "I" if character == '"' else MARK
    if character in _FORMULA_SIGNS:
        return "F"
    for part in normalize("NFKC", character):
        if part in _FORMULA_SIGNS:
            return "F"
        if part not in _NOT_SEEN and category(part)[0] not in "CMZ":
            return "T"
    return "I"
