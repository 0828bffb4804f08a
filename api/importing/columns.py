"""The names of the columns of a file: made unique, and suggested for names that it does not have."""

from collections.abc import Sequence
from difflib import get_close_matches

from domain.text_folding import fold_code

_MOST_NAMES, _LONGEST_NAME = 200, 200
"""How much of a header an error says."""


def unique_names(written: Sequence[str]) -> list[str]:
    """A name for each column: "Comment", "Comment (2)" for repeated ones, "column 5" for the empty fifth.

    Names are the same when their folded forms are equal. The first of them keeps its name.
    """
    taken = {fold_code(name) for name in written}
    seen: set[str] = set()
    numbers: dict[str, int] = {}  # the next number to try
    unique = []
    for number, name in enumerate(written, 1):
        proposed = name.strip() or f"column {number}"
        free = fold_code(proposed) not in (seen if name.strip() else taken)
        unique.append(proposed if free else _numbered(proposed, taken, numbers))
        seen.add(fold_code(unique[-1]))
        taken.add(fold_code(unique[-1]))
    return unique


def _numbered(name: str, taken: set[str], numbers: dict[str, int]) -> str:
    number = numbers.get(name, 2)
    while fold_code(f"{name} ({number})") in taken:
        number += 1
    numbers[name] = number + 1
    return f"{name} ({number})"


def _named(header: Sequence[str]) -> str:
    """The names of the columns, or as many and as much of them as a person reads."""
    names = [name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}..." for name in header[:_MOST_NAMES]]
    return ", ".join([*names, "..."] if header[_MOST_NAMES:] else names)


def missing_column(key: str, column: str, header: Sequence[str]) -> str:
    """The error text for a key with a column that the header does not have, with similar names."""
    folded = {fold_code(name): name for name in header}
    near = [folded[name] for name in get_close_matches(fold_code(column), list(folded))]
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"The mapping's key `{key}` names the column {column!r}, which the file does not have;"
        f" it has: {_named(header)}.{meant} `import FILE --guess` drafts a mapping with the names of this file."
    )
