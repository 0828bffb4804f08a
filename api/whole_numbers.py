"""Whole numbers as people write them into addresses, forms and options."""

POSITION_DIGITS = 18
"""The most digits of a position of a log. A leaf in hexadecimal has more."""


def whole_number(text: str, most_digits: int) -> int | None:
    """The number that ASCII digits write; None for another text and for more digits."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= most_digits else None
