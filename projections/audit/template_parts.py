"""The parts of a sentence's template: text with fields, of which some are left out when their field holds nothing.

``[, until {until}]`` is such a part.
"""

import re
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

_PART = re.compile(r"\[([^\[\]]*)\]")


class TemplatePart(NamedTuple):
    """``optional``: left out when a field holds nothing."""

    text: str
    fields: tuple[str, ...]
    optional: bool = False


@lru_cache(1_024)
def parts_of(template: str) -> tuple[TemplatePart, ...]:
    """The parts of a template in their order."""
    parts, end = [], 0
    for match in _PART.finditer(template):
        parts.append(_part(template[end : match.start()]))
        parts.append(_part(match[1], optional=True))
        end = match.end()
    return (*parts, _part(template[end:]))


def _part(text: str, *, optional: bool = False) -> TemplatePart:
    return TemplatePart(text, tuple(name for _, name, _, _ in Formatter().parse(text) if name), optional)
