"""The published versions of a policy, a calendar or a definition: one by its number, and the tag of that in effect."""

from collections.abc import Iterable
from typing import Protocol, TypeVar

from api.http.problems import Problem


class _Numbered(Protocol):
    @property
    def version(self) -> int: ...


Version = TypeVar("Version", bound=_Numbered)


def numbered_version(versions: Iterable[Version], number: int) -> Version:
    """The version with a number. Raises Problem (not_found)."""
    for version in versions:
        if version.version == number:
            return version
    raise Problem("not_found", f"there is no version {number}, or not by then")


def tag_in_effect(newest: int, chosen: int) -> str:
    """The ETag of the version in effect. It names a newer one too: the answer changes when that takes effect."""
    return str(newest) if chosen == newest else f"{newest}.{chosen}"
