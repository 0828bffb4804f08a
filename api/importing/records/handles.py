"""The addresses that people write into one cell of an address book."""

import re
from collections.abc import Iterator

from domain.customer.address_keys import WrittenAddress, identifies_somebody

_WORDS = r"(?<!\w)(?:hoặc|hay|và|or|and|oder|und|ou|e|o|y)(?!\w)"
_QUOTED = '"[^"]*"'
"""The signs of a name in quotes part nothing, as in ``"Nguyễn, Lan" <lan@example.vn>``."""
_BETWEEN = tuple(
    re.compile(f"{_QUOTED}|{between}", re.IGNORECASE)
    for between in (rf"[;,|&\n]|{_WORDS}", rf"[;,|&\n]|{_WORDS}|\s[/-]\s", rf"[;,|&\n/]|{_WORDS}|\s-\s")
)
"""What people write between two addresses. A slash stands within a telephone number as well, so it comes later."""
_WHOLE_NUMBER = re.compile(r"[^\d+(]*[+(0]|(?:\D*\d){9}")
"""The beginning of a telephone number with its area code. Without one it may be the end of another number."""


def handles_in(cell: WrittenAddress, separator: str) -> Iterator[str]:
    """The handles in a cell, which ``separator`` parts where the cell as a whole is not one address.

    Other signs and words part them only where each part identifies somebody: so no address is lost or made up.
    """
    if _is_parted_by_meaning(cell) and identifies_somebody(cell):
        yield cell.handle
        return
    for part in _parts(re.compile(f"{_QUOTED}|{re.escape(separator)}"), cell.handle):
        yield from _several(cell._replace(handle=part)) or [part]


def _several(cell: WrittenAddress) -> list[str]:
    """The handles that stand in a cell of a channel whose addresses can be recognised; none when they do not."""
    if _is_parted_by_meaning(cell):
        for between in _BETWEEN:
            parts = _parts(between, cell.handle)
            if all(_stands_alone(cell._replace(handle=part)) for part in parts):
                return parts
    return []


def _parts(between: re.Pattern[str], text: str) -> list[str]:
    """What stands between the matches that are no quotes, read once from the first sign to the last."""
    ends = [match.span() for match in between.finditer(text) if match[0][0] != '"']
    starts = [0, *(end for _, end in ends)]
    stops = [*(start for start, _ in ends), len(text)]
    return [part for start, stop in zip(starts, stops, strict=True) if (part := text[start:stop].strip())]


def _is_parted_by_meaning(cell: WrittenAddress) -> bool:
    """Whether an address of the channel can be recognised."""
    return cell.channel in {"email", "phone"}


def _stands_alone(part: WrittenAddress) -> bool:
    is_whole = part.channel != "phone" or _WHOLE_NUMBER.match(part.handle)
    return bool(is_whole) and identifies_somebody(part)
