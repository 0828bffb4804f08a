"""The memberships of a person in organisations, at any instant."""

from collections.abc import Iterable
from datetime import datetime
from operator import attrgetter
from typing import NamedTuple
from uuid import UUID


class MembershipChange(NamedTuple):
    """A person joined ``organisation``, changed the role in it, or left it (``member`` is False) at ``at``."""

    at: datetime
    organisation: UUID
    member: bool
    role: str | None = None
    main: bool = False


class Membership(NamedTuple):
    """A person belongs to ``organisation`` since an instant. At most one membership of a person is the main one."""

    organisation: UUID
    role: str | None
    main: bool
    since: datetime


def with_change(changes: Iterable[MembershipChange], change: MembershipChange) -> tuple[MembershipChange, ...]:
    """The changes in world order with one more, which was recorded last."""
    return tuple(sorted((*changes, change), key=attrgetter("at")))


def memberships_at(changes: Iterable[MembershipChange], at: datetime | None = None) -> list[Membership]:
    """The memberships at an instant, or after all changes, the oldest first. ``changes`` are in world order."""
    held: dict[UUID, Membership] = {}
    for change in changes:
        if at is not None and change.at > at:
            break
        if not change.member:
            held.pop(change.organisation, None)
            continue
        if change.main:
            held = {other: membership._replace(main=False) for other, membership in held.items()}
        before = held.get(change.organisation)
        since = before.since if before else change.at
        held[change.organisation] = Membership(change.organisation, change.role, change.main, since)
    return list(held.values())


def organisation_at(changes: Iterable[MembershipChange], at: datetime) -> UUID | None:
    """The organisation of the main or only membership at an instant; None without one."""
    held = memberships_at(changes, at)
    if len(held) == 1:
        return held[0].organisation
    return next((membership.organisation for membership in held if membership.main), None)
