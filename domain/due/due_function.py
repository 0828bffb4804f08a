"""A due function says of one stream what becomes due and when, if nothing else happens."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from domain.due.instance import DueInstance
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.messages import Message

History = Sequence[RecordedEvent]


@dataclass(frozen=True, slots=True)
class DueFunction:
    """``kinds`` are the kinds of streams it reads. ``parameters`` is the model of what a rule says beside ``due``.

    ``due(history, parameters, context)`` gives the instances that stand, in any order, and those that are recorded for
    the rule too. It is total: any history has instances.
    ``across``: it reads further streams than the subject's, which ``context`` brings. ``gives`` are the placeholders
    of templates that its instances have values for.
    """

    name: str
    kinds: frozenset[str]
    parameters: type[Message]
    due: Callable[[History, Any, TimeContext], Iterable[DueInstance]]
    across: bool = False
    gives: frozenset[str] = frozenset()
