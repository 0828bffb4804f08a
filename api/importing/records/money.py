"""Numbers and amounts of money as files write them."""

import re
from decimal import Decimal
from typing import Literal

from api.importing.rows import RowRejected

Decimals = Literal[".", ","]

_NO_DIGITS = ("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF")
_THREE_DIGITS = ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND")
MINOR_DIGITS = dict.fromkeys((*_NO_DIGITS, "XOF", "XPF"), 0) | dict.fromkeys(_THREE_DIGITS, 3)
"""How many digits stand after the point, where it is not two (ISO 4217)."""
_USUAL_DIGITS = 2

_NUMBER = {
    decimal: re.compile(rf"-?(?:\d{{1,3}}(?:[ '{group}]\d{{3}})+|\d+)(?:\{decimal}\d+)?")
    for decimal, group in ((".", ","), (",", "."))
}
_LONGEST = 40
"""Characters: no amount has more, and Python writes no integer of thousands of digits."""
_BLANKS = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "\u2019": "'"})


def number(written: str, decimal: Decimals) -> Decimal:
    """The number of a cell, with or without separators of thousands. Raises RowRejected."""
    if len(written) <= _LONGEST and written.isdecimal() and written.isascii():
        return Decimal(written)
    text = written.translate(_BLANKS).strip()
    if len(text) > _LONGEST or not _NUMBER[decimal].fullmatch(text):
        raise RowRejected(f"{written[:40]!r} is no number whose fraction stands after {decimal!r} (key `decimal`)")
    return Decimal(re.sub(r"[ ']", "", text).replace("." if decimal == "," else ",", "").replace(",", "."))


def minor_units(written: str, currency: str, decimal: Decimals) -> int:
    """An amount in major units as an integer of minor units of a currency (ISO 4217). Raises RowRejected."""
    digits = MINOR_DIGITS.get(currency, _USUAL_DIGITS)
    minor = number(written, decimal).scaleb(digits)
    if minor != minor.to_integral_value():
        raise RowRejected(f"{written[:40]!r} has more than {digits} digits after the point, which {currency} has not")
    return int(minor)
