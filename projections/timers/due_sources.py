"""What makes things due: the rules with a time by the kinds of streams they concern, and what they know."""

from collections import defaultdict
from collections.abc import Sequence

from psycopg import Connection

from domain.due.due_function import DueFunction, History
from domain.due.time_context import TimeContext
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.sla.policy.kept_histories import KeptHistories
from projections.timers.time_context import time_context
from projections.timers.timed_rules import RuleInstance, TimedRule, instances_of, timed_rules


class DueSources:
    """The rules with a time of some published rules and definitions."""

    def __init__(self, published: Sequence[RecordedEvent]) -> None:
        self.context = time_context(published, published)
        self._by_kind: defaultdict[str, list[list[TimedRule]]] = defaultdict(list)
        self.across: list[list[TimedRule]] = []
        """The rules whose due function reads further streams than the subject's."""
        for versions in timed_rules(published):
            if of_one := [version for version in versions if not version.function.across]:
                for kind in {kind for version in of_one for kind in version.function.kinds}:
                    self._by_kind[kind].append([version for version in of_one if kind in version.function.kinds])
            if across := [version for version in versions if version.function.across]:
                self.across.append(across)

    def rules_of(self, kind: str) -> list[list[TimedRule]]:
        """The rules that concern a kind of streams, each with its versions."""
        return self._by_kind.get(kind, [])

    def versions_of(self, rule: str, history: History) -> list[TimedRule]:
        """The versions of a rule, by its folded name, that concern a stream; none of a stream without events."""
        kind = history[0].kind if history else ""
        rules = [*self.rules_of(kind), *self.across]
        of_rule = (version for versions in rules if versions[0].named.key == rule for version in versions)
        return [version for version in of_rule if kind in version.function.kinds]

    def asking(self, function: DueFunction) -> list[list[TimedRule]]:
        """The rules that name a due function, each with the versions that do."""
        rules = (rule for kind in function.kinds for rule in self.rules_of(kind))
        named = ([version for version in rule if version.function is function] for rule in rules)
        return [versions for versions in named if versions]

    def instances(self, history: History, context: TimeContext) -> list[RuleInstance]:
        """What becomes due of a stream by all rules; of each rule the oldest first."""
        kind = history[0].kind
        return [instance for versions in self.rules_of(kind) for instance in instances_of(versions, history, context)]


_SOURCES = KeptHistories(DueSources)


class _OfBatch:
    """The sources of the batch that was folded last: its inputs are the same objects for each of its streams."""

    def __init__(self) -> None:
        self._last: tuple[object, object, DueSources] | None = None

    def of(self, rules: Sequence[RecordedEvent], definitions: Sequence[RecordedEvent]) -> DueSources:
        """The sources of some published rules and definitions, kept by this process."""
        last = self._last
        if last is not None and last[0] is rules and last[1] is definitions:
            return last[2]
        sources = _SOURCES.of([*rules, *definitions])
        self._last = rules, definitions, sources
        return sources


due_sources = _OfBatch().of


def due_sources_at(connection: Connection, tenant: str, up_to: int) -> DueSources:
    """The rules with a time of what is published up to a position."""
    return due_sources(reader.rules(connection, tenant, up_to), reader.definitions(connection, tenant, up_to))
