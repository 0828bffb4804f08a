"""An amount of money as people write it."""

from typing import Literal

_WITHOUT_MINOR_UNITS = frozenset({"VND", "JPY", "KRW"})
_COMMA_AND_POINT = str.maketrans(",.", ".,")


def amount_text(amount: float, currency: str | None, language: Literal["en", "vi"]) -> str:
    """An amount in minor units of a currency, without the currency: 12,900,000 or 12.50; in Vietnamese 12.900.000."""
    places = 0 if currency is None or currency in _WITHOUT_MINOR_UNITS else 2
    text = f"{amount / 10**places:,.{places}f}" if places else f"{round(amount):,}"
    return text.translate(_COMMA_AND_POINT) if language == "vi" else text
