"""The second person of an erasure or a loss: who approves it, compared with those who did the steps before."""

import re
from collections.abc import Iterable
from unicodedata import name as name_of_letter

from domain.command_context import Actor
from domain.text_folding import fold_code

_WITHOUT_WIDTH = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_ALIKE = ("LATIN", "CYRILLIC", "GREEK")
"""Scripts with letters that look the same."""


def recorder_of(actor: Actor) -> str | None:
    """The actor who records what another person decides; None: the person does."""
    return None if actor.on_behalf_of is None else actor.id


def folded_person(name: str) -> str:
    """The comparison form of a person's name: that of a code, without characters that have no width."""
    return fold_code(_WITHOUT_WIDTH.sub("", name))


def problem_of_second_person(
    by: Actor,
    involved: Iterable[str],
    *,
    before: str = "requested or verified the erasure",
    now: str = "approve the erasure",
) -> str | None:
    """Why an actor is not the second person; None for one who is. ``involved`` are folded names.
    ``before`` says what these did, ``now`` what the second person does.

    Both names of an actor count, on either side: a key that acts for others has its own name, which stands for the key.
    Names in several scripts cannot be compared, since their letters look the same.
    """
    if by.kind == "system" and by.on_behalf_of is None:
        return f"{by.id} is a program; a person has to {now}"
    earlier = set(involved)
    names = {folded_person(name): name for name in (by.id, by.on_behalf_of) if name}
    for folded, name in names.items():
        if folded in earlier:
            return f"{name} {before}; another person has to {now}"
    if len(_scripts({*names, *earlier})) > 1:
        return (
            f"{by.person} and whoever {before} are not written in one script, so that they cannot be compared;"
            f" {now} under a name in the same script"
        )
    return None


def _scripts(names: Iterable[str]) -> set[str]:
    """The scripts with letters that look the same, of some names."""
    words = {name_of_letter(letter, "").partition(" ")[0] for name in names for letter in name if letter.isalpha()}
    return words.intersection(_ALIKE)
