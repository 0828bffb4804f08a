"""The kinds of tampering, each with what is done."""

from collections.abc import Callable
from typing import NamedTuple

from tests.support.tampering.case import Case


class Tampering(NamedTuple):
    """``name`` says what is done, ``finding`` is what the finding must contain: the position or the file."""

    name: str
    do: Callable[[Case], object]
    finding: str
