"""The procedures of a log: their versions, those that events may start, and the topics that matter to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from domain.definitions.kinds import PROCEDURE
from domain.definitions.versions_in_effect import RecordedVersion, VersionsInEffect, recorded_versions
from domain.envelope import RecordedEvent
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.progress import StartableProcedure
from domain.readable import Language
from domain.text_by_language import in_language
from domain.text_folding import fold_name


class ProcedureBook:
    """The procedures among some published definitions. It changes with them alone, so that callers keep it.

    A version that this release cannot read is left out.
    """

    def __init__(self, definitions: Sequence[RecordedEvent]) -> None:
        readable = {
            name: [version for version in versions if version.body is not None]
            for name, versions in sorted(recorded_versions(definitions, PROCEDURE).items())
        }
        self._bodies = {
            (name, version.version): version.body
            for name, versions in readable.items()
            for version in versions
            if version.body is not None
        }
        self.topics = frozenset(topic for body in self._bodies.values() for topic in body.listened_to())
        """The topics that start, advance or end a procedure of any version."""
        self._startable = VersionsInEffect(readable.values()).cached(_startable_by_topic)

    def version(self, name: str, number: int) -> ProcedureDefinition | None:
        """A version of a procedure; None when there is none."""
        return self._bodies.get((fold_name(name), number))

    def title(self, name: str, number: int, language: Language) -> str:
        """What a version of a procedure is called; its name where this release cannot read the definition."""
        definition = self.version(name, number)
        return name if definition is None else in_language(definition.title, language) or name

    def startable(self, topic: str, position: int, at: datetime) -> Sequence[StartableProcedure]:
        """The procedures that an event of a topic may start, in effect at its position and instant, by name."""
        return self._startable(position, at).get(topic, ())


def _startable_by_topic(
    versions: Sequence[RecordedVersion[ProcedureDefinition]],
) -> Mapping[str, Sequence[StartableProcedure]]:
    by_topic: defaultdict[str, list[StartableProcedure]] = defaultdict(list)
    for version in versions:
        if version.body is None or not version.body.enabled:
            continue
        procedure = StartableProcedure(fold_name(version.name), version.version, version.position, version.body)
        for topic in {match.topic for match in version.body.starts_on}:
            by_topic[topic].append(procedure)
    return by_topic
