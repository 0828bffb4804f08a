"""Whether the business may contact a customer for a purpose: what the customer said, or what silence means.

The rules have a version: an answer names the one that it comes from.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

POLICY_VERSION = 1
SILENCE: Mapping[str, bool] = MappingProxyType({"service": True, "care": True, "survey": True, "marketing": False})
"""What counts while the customer has said nothing: service needs no consent, marketing needs one."""

Ground = Literal["not_needed", "given", "withdrawn", "expired", "silence"]


class ConsentWord(NamedTuple):
    """What a customer said of a purpose. No channels mean every channel; ``valid_until`` is the last day."""

    at: datetime
    given: bool
    channels: tuple[str, ...]
    valid_until: date | None


class Permission(NamedTuple):
    """``since`` is when the customer said what the answer rests on; ``policy_version`` says what silence meant."""

    allowed: bool
    ground: Ground
    since: datetime | None
    valid_until: date | None
    policy_version: int


def permission(purpose: str, channel: str, words: Iterable[ConsentWord], day: date) -> Permission:
    """Whether the business may use a channel for a purpose on a local day.

    ``words`` is what the customer said of this purpose up to then, in recorded order; of two words at one instant the
    later one counts. After a consent has expired, a withdrawal that it followed counts again; else it is as if the
    customer had said nothing. Raises KeyError for an unknown purpose.
    """
    silence = SILENCE[purpose]
    if purpose == "service":
        return Permission(silence, "not_needed", None, None, POLICY_VERSION)
    covering = sorted(
        (word for word in words if not word.channels or channel in word.channels), key=lambda word: word.at
    )
    if not covering:
        return Permission(silence, "silence", None, None, POLICY_VERSION)
    last = covering[-1]
    if last.given and (last.valid_until is None or day <= last.valid_until):
        return Permission(True, "given", last.at, last.valid_until, POLICY_VERSION)
    lasting = next((word for word in reversed(covering) if word.valid_until is None), None)
    if lasting is not None and not lasting.given:
        return Permission(False, "withdrawn", lasting.at, None, POLICY_VERSION)
    return Permission(silence, "expired", last.at, last.valid_until, POLICY_VERSION)
