"""What folds read beside their own stream: the published rules, and the streams that theirs are judged with."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from projections.engine.projection import History, Projection


class FoldInputLoader:
    """As of one position of the log, for one batch of histories. ``keep`` leaves out of them what a reading must not
    see. The rules are not left out: they count from when they take effect, not from when they were decided on.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        up_to: int,
        keep: Callable[[RecordedEvent], bool] | None = None,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._up_to = up_to
        self._keep = keep
        self._rules: Sequence[RecordedEvent] | None = None
        self._companions: dict[UUID, list[RecordedEvent]] = {}

    @property
    def rules(self) -> Sequence[RecordedEvent]:
        """Every policy and calendar published so far, in order."""
        if self._rules is None:
            self._rules = reader.rules(self._connection, self._tenant, self._up_to)
        return self._rules

    def look_around(self, projections: Iterable[Projection], histories: Mapping[UUID, History]) -> None:
        """Loads the companions of these histories, in one statement."""
        ids = {
            companion
            for beside in (projection.beside for projection in projections)
            if beside is not None
            for history, _ in histories.values()
            if (companion := beside.companion(self.rules, history)) is not None
        }
        self._companions = {}
        if ids:
            found = reader.streams(self._connection, self._tenant, ids, self._up_to)
            self._companions = {stream: self._kept(history) for stream, history in found.items()}

    def of(self, projection: Projection, history: Sequence[RecordedEvent]) -> Sequence[RecordedEvent]:
        """The rules, the companion's history and the stream's own, for a projection that looks beside it."""
        companion = projection.beside.companion(self.rules, history) if projection.beside else None
        beside = self._companions.get(companion, []) if companion else []
        return [*self.rules, *beside, *history]

    def _kept(self, events: list[RecordedEvent]) -> list[RecordedEvent]:
        return events if self._keep is None else [event for event in events if self._keep(event)]
