"""The canonical JSON of figures: the same figures are the same bytes, in any process and at any time."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from math import isfinite
from uuid import UUID

PLACES = 6
"""Decimal places of numbers: the last digits of a sum of floats depend on the order of its terms."""


def canonical_json(content: object) -> str:
    """Compact JSON with sorted keys and numbers of at most PLACES decimal places.

    A whole number has no decimal point. Raises ValueError for a number that is not finite, TypeError for other types.
    """
    return json.dumps(_plain(content), sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def sha256(text: str) -> str:
    """The digest of a text's UTF-8 bytes in hexadecimal digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: object) -> object:  # noqa: PLR0911 -- one case a type
    if isinstance(value, float | Decimal):
        return _rounded(value)
    match value:
        case None | bool() | int() | str():
            return value
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date():
            return value.isoformat()
        case UUID():
            return str(value)
        case Mapping():
            return {str(key): _plain(inner) for key, inner in value.items()}
        case Sequence():
            return [_plain(inner) for inner in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical form")


def _rounded(number: float | Decimal) -> int | float:
    """Rounded half to even; -0 is 0."""
    if not isfinite(number):
        raise ValueError(f"{number} is no number of a report")
    if number == int(number):
        return int(number)
    rounded = round(float(number), PLACES)
    return int(rounded) if rounded == int(rounded) else rounded
