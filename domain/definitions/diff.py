"""The differences between two versions of a definition, path by path."""

from collections.abc import Iterator, Mapping
from typing import Any

from domain.messages import Message


class Difference(Message):
    """``path`` as in "rules[1].resolution.duration" or "holidays[2026-02-17]"; None: that version has nothing there."""

    path: str
    old: Any
    new: Any


def differences(old: Message | Mapping[str, Any], new: Message | Mapping[str, Any]) -> list[Difference]:
    """Compares days by their dates, rules by their numbers, lists of words or hours as a whole."""
    return [
        Difference(path=path.lstrip("."), old=was, new=now)
        for path, was, now in _compare("", _as_json(old), _as_json(new))
    ]


def _as_json(version: Message | Mapping[str, Any]) -> Mapping[str, Any]:
    return version.model_dump(mode="json") if isinstance(version, Message) else version


def _compare(path: str, old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    if old == new:
        return
    was, now = _parts(old), _parts(new)
    if was is None or now is None:
        yield path, old, new
        return
    for key in [*was, *(key for key in now if key not in was)]:
        yield from _compare(path + key, was.get(key), now.get(key))


def _parts(value: Any) -> Mapping[str, Any] | None:
    """The parts of a value by their part of the path; None when it is compared as a whole."""
    if isinstance(value, dict):
        return {f".{key}": part for key, part in value.items()}
    if isinstance(value, list) and all(isinstance(part, dict) for part in value):
        return {f"[{part.get('date', number)}]": part for number, part in enumerate(value)}
    return None
