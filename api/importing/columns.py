"""The names of a file's columns: each unique, and which a mapping may have meant."""

from collections.abc import Sequence
from difflib import get_close_matches

from domain.text_folding import fold_code


def unique_names(written: Sequence[str]) -> list[str]:
    """A name for each column: "Comment", "Comment (2)" for repeated ones, "column 5" for the empty fifth.

    Names are the same when they are equal folded; of these the first keeps its name.
    """
    names = [name.strip() or f"column {number}" for number, name in enumerate(written, 1)]
    taken = {fold_code(name) for name in names}
    seen: set[str] = set()
    unique = []
    for name in names:
        if fold_code(name) in seen:
            number = 2
            while fold_code(f"{name} ({number})") in taken:
                number += 1
            name = f"{name} ({number})"  # noqa: PLW2901 -- the same column
            taken.add(fold_code(name))
        seen.add(fold_code(name))
        unique.append(name)
    return unique


def missing_column(key: str, column: str, header: Sequence[str]) -> str:
    """What to say when a key names a column that the header does not have, with the names that come near."""
    folded = {fold_code(name): name for name in header}
    near = [folded[name] for name in get_close_matches(fold_code(column), list(folded))]
    meant = f" Did you mean {' or '.join(map(repr, near))}?" if near else ""
    return (
        f"The mapping's key `{key}` names the column {column!r}, which the file does not have;"
        f" it has: {', '.join(header)}.{meant}"
    )
