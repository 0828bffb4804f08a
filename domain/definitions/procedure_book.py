"""The procedures of a log: their versions, those that events may start, and the topics that matter to them."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import ValidationError

from domain.definitions.events import DefinitionPublished
from domain.definitions.kind import DefinitionVersion, in_effect
from domain.definitions.kinds import PROCEDURE
from domain.envelope import RecordedEvent
from domain.procedure.definition import ProcedureDefinition
from domain.procedure.progress import StartableProcedure
from domain.text_folding import fold_name


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

    def version(self, name: str, number: int) -> ProcedureDefinition | None:
        """A version of a procedure; None when there is none."""
        return self._bodies.get((fold_name(name), number))

    def startable(self, position: int, at: datetime) -> list[StartableProcedure]:
        """The procedures in effect for an event at a position and an instant, by name."""
        found = []
        for name, versions in sorted(self._versions.items()):
            chosen = in_effect([version for published, version in versions if published < position], at)
            if chosen is not None:
                since = next(published for published, version in versions if version is chosen)
                body = self._bodies[name, chosen.version]
                found.append(StartableProcedure(name, chosen.version, since, body))
        return found
