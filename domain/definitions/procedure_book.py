"""The procedures of a log: their versions, those that events may start, and the topics that matter to them."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache

from pydantic import ValidationError

from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import DefinitionVersion
from domain.definitions.kinds import PROCEDURE
from domain.envelope import RecordedEvent
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.progress import StartableProcedure
from domain.text_folding import fold_name
from domain.versions import in_effect

_STATES_KEPT = 64


class ProcedureBook:
    """The procedures among some published definitions. It changes with them alone, so that callers keep it.

    A version that this release cannot read is left out.
    """

    def __init__(self, definitions: Sequence[RecordedEvent]) -> None:
        self._versions: dict[str, list[tuple[int, DefinitionVersion]]] = {}
        self._bodies: dict[tuple[str, int], ProcedureDefinition] = {}
        for event in definitions:
            published = event.payload
            if not isinstance(published, DefinitionPublished) or published.kind != PROCEDURE.name:
                continue
            name = fold_name(published.name)
            version = DefinitionVersion(published.version, published.effective_from, published.body)
            try:
                self._bodies[name, published.version] = PROCEDURE.read(version)
            except ValidationError:
                continue
            self._versions.setdefault(name, []).append((event.position, version))
        self.topics = frozenset(topic for body in self._bodies.values() for topic in body.listened_to())
        """The topics that start, advance or end a procedure of any version."""
        versions = [version for of_name in self._versions.values() for version in of_name]
        self._positions = sorted(position for position, _ in versions)
        self._instants = sorted({version.effective_from for _, version in versions})
        self._by_topic = lru_cache(_STATES_KEPT)(self._find_by_topic)

    def version(self, name: str, number: int) -> ProcedureDefinition | None:
        """A version of a procedure; None when there is none."""
        return self._bodies.get((fold_name(name), number))

    def startable(self, topic: str, position: int, at: datetime) -> Sequence[StartableProcedure]:
        """The procedures that an event of a topic may start, in effect at its position and instant, by name."""
        state = bisect_left(self._positions, position), bisect_right(self._instants, at)
        return self._by_topic(*state).get(topic, ())

    def _find_by_topic(self, published: int, begun: int) -> Mapping[str, Sequence[StartableProcedure]]:
        by_topic: defaultdict[str, list[StartableProcedure]] = defaultdict(list)
        if not published or not begun:
            return by_topic
        newest, at = self._positions[published - 1], self._instants[begun - 1]
        for name, versions in sorted(self._versions.items()):
            chosen = in_effect([version for position, version in versions if position <= newest], at)
            if chosen is None:
                continue
            since = next(position for position, version in versions if version is chosen)
            body = self._bodies[name, chosen.version]
            for topic in {match.topic for match in body.starts_on} if body.enabled else ():
                by_topic[topic].append(StartableProcedure(name, chosen.version, since, body))
        return by_topic
