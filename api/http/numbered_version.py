"""The version of a policy, a calendar or a definition by its number."""

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
