"""Which column of an export plays which role, by its name and by what it holds."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from api.importing.durations import Unit, seconds
from api.importing.guess_times import TimeGuess, guess_times, is_hour
from api.importing.known_words import CHANNELS, COLUMNS, PRIORITIES, STATES
from domain.text_folding import fold_code
from projections.search.words import words_of

TIMES = ("first_reply", "waiting", "resolved", "closed", "due", "updated")
MOST_STATES = 40
"""A column with more different words holds no states, priorities or channels."""
_SHORTEST_BEGINNING = 5
"""Letters of a column's name: shorter words begin too much."""
_WORDS = {"state": STATES, "priority": PRIORITIES, "channel": CHANNELS}
_BY_A_PART = frozenset({"ticket", "created", *TIMES, *_WORDS, "agent", "team", "category"})
"""The roles that a known word in a longer name may show."""
_REACHED = frozenset({"first_reply", "resolved", "closed"})
"""The roles of times at which something was reached."""
_DEADLINE = frozenset({"due", "deadline", "han"})
"""Words in the name of a column that holds the time by which something has to be reached."""
_NOTHING = frozenset({"-", "--", "?", "n/a", "#n/a", "null", "nil", "none", "(none)", "(blank)", "nan", "không có"})
_UNITS: Mapping[Unit, re.Pattern[str]] = MappingProxyType(
    {
        "hours": re.compile(r"hours?|hrs?|h|giờ|stunden|heures|horas|hh:mm(:ss)?", re.IGNORECASE),
        "minutes": re.compile(r"minutes?|mins?|phút|minuten|minutos", re.IGNORECASE),
        "seconds": re.compile(r"seconds?|secs?|s|giây|sekunden|secondes|segundos", re.IGNORECASE),
    }
)
"""The words in the name of a column that say in which unit its durations are."""
_NOBODY = frozenset({"unassigned", "not assigned", "nobody", "chưa phân công", "chưa giao", "không ai"})


class Profile(NamedTuple):
    """The content of a column: all ``cells``, the ``filled`` ones, and how often each of their ``words`` occurs.

    ``unit``: of a column of durations. ``doubt`` says why its role is not sure; it is empty when it is.
    """

    name: str
    cells: Sequence[str]
    filled: list[str]
    words: Counter[str]
    times: TimeGuess | None
    unit: Unit | None = None
    doubt: str = ""


def profile(name: str, cells: Sequence[str]) -> Profile:
    """The profile of a column. A cell that only says that there is nothing is not filled."""
    filled = [cell for cell in cells if cell and fold_code(cell) not in _NOTHING]
    times = guess_times(filled)
    return Profile(name, cells, filled, Counter(filled), times, _unit(name, filled) if times is None else None)


def _unit(name: str, filled: Sequence[str]) -> Unit | None:
    """The unit that the name of a column of durations says; None for a column that holds anything else."""
    words = re.findall(r"[^\W_:]+(?::[^\W_:]+)*", name)
    unit = next((unit for unit, pattern in _UNITS.items() if any(map(pattern.fullmatch, words))), None)
    if unit is None or not filled:
        return None
    try:
        for cell in filled:
            seconds(cell, unit)
    except ValueError:
        return None
    return unit


def roles_of(columns: Sequence[Profile]) -> dict[str, Profile]:
    """The best column for each role: filled before empty, a known name before a beginning, that before a part.

    Durations come behind what else is filled.
    """
    best: dict[str, tuple[int, Profile]] = {}
    for column in columns:
        role, rank, doubt = _role(column)
        if role in _REACHED and not _DEADLINE.isdisjoint(words_of(column.name)):
            continue
        if role in {None, "time"} and is_hour(column.filled):
            role, rank, doubt = "hour", max(rank, _PART), "" if role else f"the hours of {column.name}"
        if role is None:
            continue
        rank += 8 if column.filled and column.unit is None else 4 if column.filled else 0
        if not _may_be(role, column):
            if rank % 4 < _KNOWN or role not in {"created", "time"}:
                continue
            rank = 0  # better than a column without the name
        if rank > best.get(role, (-1, column))[0]:
            best[role] = rank, column._replace(doubt=doubt)
    return {role: column for role, (_, column) in best.items()}


def missing_words(columns: Sequence[Profile], roles: Mapping[str, Profile]) -> list[str]:
    """The words of the cells that say nothing, as they are written."""
    held = {cell for column in columns for cell in column.cells if fold_code(cell) in _NOTHING}
    of_states = roles["state"].words if "state" in roles else Counter[str]()
    holders = (roles[role] for role in ("agent", "team") if role in roles)
    held |= {word for column in holders for word in column.words if fold_code(word) in _NOBODY}
    return sorted(held - of_states.keys())


_KNOWN, _BEGINNING, _PART = 3, 2, 1


def _role(column: Profile) -> tuple[str | None, int, str]:
    """The role that a column's name shows, how well it shows it, and why that is not sure."""
    name = re.sub(r" \(\d+\)$", "", column.name)
    if role := COLUMNS.key(column.name) or COLUMNS.key(name):
        return role, _KNOWN, ""
    beginning = COLUMNS.beginning_of(name, _SHORTEST_BEGINNING)
    if beginning is not None and beginning.key == "ticket":  # ticket owner, ticket closed time
        name, shown = name[len(beginning.known) :], 0
        if role := COLUMNS.key(name):
            return role, _BEGINNING, ""
    else:
        shown = len(beginning.known) if beginning is not None else 0
    part = COLUMNS.part(name)
    if part is None or len(part.known) <= shown:
        return (beginning.key, _BEGINNING, "") if beginning else (None, 0, "")
    if part.key not in _BY_A_PART or (part.key in _WORDS and not _are_known(part.key, column)):
        return None, 0, ""
    return part.key, _PART, part.doubt


def _are_known(role: str, column: Profile) -> bool:
    """Whether at least half of the words of a column are known ones of a role."""
    return sum(word in _WORDS[role] for word in column.words) * 2 >= max(len(column.words), 1)


def _may_be(role: str, column: Profile) -> bool:
    """Whether the content of a column fits a role."""
    if role == "first_reply" and column.unit is not None:
        return True
    if role in {"created", "time", *TIMES}:
        return not column.filled or column.times is not None
    if role == "hour":
        return is_hour(column.filled)
    if role == "ticket":
        return column.times is None or not column.filled or all(map(str.isdigit, column.filled))
    if role in _WORDS:
        return len(column.words) <= MOST_STATES
    counts = role == "comment" and all(map(str.isdigit, column.filled))
    return not column.filled or (column.times is None and not counts)
