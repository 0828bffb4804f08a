"""The bodies of the document's examples, with ids that a desk holds."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_KINDS = ("of", "subject_kind", "about_kind")
"""Fields that say what the id beside them is of."""


def example_of(operation: Mapping[str, Any]) -> dict[str, Any] | None:
    """The example of an operation's JSON body; None when it takes none."""
    content = operation.get("requestBody", {}).get("content", {})
    example: dict[str, Any] | None = content.get("application/json", {}).get("example")
    return example


def with_known_ids(example: Mapping[str, Any], known: Mapping[str, Sequence[str]], number: int) -> dict[str, Any]:
    """The example with each id replaced by the one of the desk that the number chooses."""
    kind = next((example[name] for name in _KINDS if name in example), "")
    return {name: _known(value, known.get(name) or known.get(f"{kind}_id"), number) for name, value in example.items()}


def _known(value: Any, ids: Sequence[str] | None, number: int) -> Any:
    is_id = isinstance(value, str) and _ID.fullmatch(value) is not None
    return ids[number % len(ids)] if is_id and ids else value
