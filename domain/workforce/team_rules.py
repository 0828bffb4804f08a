"""What the workforce says of a team, ready to look up, in every version."""

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from domain.sla.calendar.business_time import AROUND_THE_CLOCK
from domain.sla.calendar.microseconds import SECOND
from domain.text_folding import fold_name
from domain.workforce.definition import PAUSES, TeamDefinition, Workforce


class TeamRule(NamedTuple):
    """``calendar`` is the folded name of a calendar. Targets are microseconds, by the folded priority."""

    calendar: str
    pauses: frozenset[str]
    target: int | None
    targets: Mapping[str, int]

    def target_of(self, priority: str | None) -> int | None:
        """The target for tickets of a priority; None when there is none."""
        return self.target if priority is None else self.targets.get(fold_name(priority), self.target)


UNKNOWN_TEAM = TeamRule(AROUND_THE_CLOCK.name, frozenset(PAUSES), None, {})
"""A team that the workforce does not name works around the clock and has no target."""


class TeamRules:
    """A version of the workforce. ``effective_from`` is in microseconds since the epoch, ``position`` in the log."""

    def __init__(self, version: int, effective_from: int, position: int, workforce: Workforce) -> None:
        self.version = version
        self.effective_from = effective_from
        self.position = position
        self._teams = {fold_name(team.name): _rule(team) for team in workforce.teams}

    def of(self, team: str) -> TeamRule:
        """The rule of a team."""
        return self._teams.get(fold_name(team), UNKNOWN_TEAM)


class TeamRuleHistory:
    """Every version of the workforce; version 0, which names nobody, is before all others."""

    def __init__(self, versions: Iterable[TeamRules] = ()) -> None:
        nobody = TeamRules(0, -(2**63), 0, Workforce())
        self._versions = sorted((nobody, *versions), key=lambda each: (each.effective_from, each.version), reverse=True)

    def at(self, instant: int, position: int) -> TeamRules:
        """The version that had taken effect last by an instant, of those recorded by a position."""
        return next(each for each in self._versions if each.effective_from <= instant and each.position <= position)


def _rule(team: TeamDefinition) -> TeamRule:
    targets = {fold_name(priority): seconds * SECOND for priority, seconds in team.targets.items()}
    target = None if team.target is None else team.target * SECOND
    return TeamRule(fold_name(team.calendar), frozenset(team.pauses), target, targets)
