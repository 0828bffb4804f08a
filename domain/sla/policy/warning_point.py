"""Warning points as policies write them: a share of the target (0.75), or a time before the deadline ("30m before")."""

import re
from typing import Annotated

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema

from domain.sla.calendar.microseconds import SECOND, duration_text
from domain.sla.events import Before, WarningPoint
from domain.sla.policy.durations import LONGEST, seconds_in

_BEFORE = re.compile(r"\s*(\S.*?)\s+before\s*", re.IGNORECASE)


def parse_warning_point(written: object) -> WarningPoint:
    """Reads 0.75 or "30m before". Raises ValueError with the way out."""
    if isinstance(written, Before):
        return written
    if isinstance(written, int | float) and not isinstance(written, bool):
        if not 0 < written < 1:
            raise ValueError(f"warning point {written:g} is not between 0 and 1: write 0.75 for three quarters")
        return float(written)
    match = _BEFORE.fullmatch(written) if isinstance(written, str) else None
    if match is None:
        raise ValueError('a warning point should be a valid number such as 0.75, or a text such as "30m before"')
    seconds = seconds_in(match[1])
    if not 0 < seconds <= LONGEST:
        raise ValueError(f'{written!r} is not a time before the deadline: write it like "30m before"')
    return Before(seconds)


def warning_point_text(point: WarningPoint) -> float | str:
    """The point as a policy writes it."""
    return f"{duration_text(point.seconds * SECOND)} before" if isinstance(point, Before) else point


def elapsed_at(point: WarningPoint, duration: int) -> int:
    """The elapsed time at the point of a target; both are microseconds."""
    return duration - point.seconds * SECOND if isinstance(point, Before) else round(point * duration)


WarningPointText = Annotated[
    WarningPoint,
    PlainValidator(parse_warning_point),
    PlainSerializer(warning_point_text, return_type=float | str),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1},
                {"type": "string", "pattern": "before *$"},
            ],
            "examples": [0.75, "30m before"],
        }
    ),
]
