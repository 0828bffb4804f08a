"""Which version of something published is in effect at an instant."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar


class _Version(Protocol):
    @property
    def version(self) -> int: ...

    @property
    def effective_from(self) -> datetime: ...


Version = TypeVar("Version", bound=_Version)


def in_effect(versions: Iterable[Version], at: datetime) -> Version | None:
    """The version that took effect last by ``at``; of two with one effective instant the later version.

    None: none was in effect yet.
    """
    begun = [version for version in versions if version.effective_from <= at]
    return max(begun, key=lambda version: (version.effective_from, version.version), default=None)
