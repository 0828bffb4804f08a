"""The parts of a sentence's template: text with fields, of which some are left out when their field holds nothing.

``<, until {until}>`` is left out always, ``[, agent {agent}]`` in a brief sentence.
"""

import re
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

_PART = re.compile(r"<([^<>]*)>|\[([^\[\]]*)\]")


class TemplatePart(NamedTuple):
    """``optional``: left out when a field holds nothing; ``brief``: in a brief sentence alone."""

    text: str
    fields: tuple[str, ...]
    optional: bool = False
    brief: bool = False


@lru_cache(1_024)
def parts_of(template: str) -> tuple[TemplatePart, ...]:
    """The parts of a template in their order."""
    parts, end = [], 0
    for match in _PART.finditer(template):
        parts.append(_part(template[end : match.start()]))
        always, in_brief = match.groups()
        parts.append(_part(always, optional=True) if always is not None else _part(in_brief, brief=True))
        end = match.end()
    return (*parts, _part(template[end:]))


def _part(text: str, *, optional: bool = False, brief: bool = False) -> TemplatePart:
    return TemplatePart(text, tuple(name for _, name, _, _ in Formatter().parse(text) if name), optional, brief)
