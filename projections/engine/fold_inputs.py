"""Loads what folds read beside their own streams: published policies and calendars, and related streams."""

from collections.abc import Callable, Collection, Iterable, Sequence
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.engine.stream import Stream


class FoldInputLoader:
    """Loads inputs as of one position of the log.

    ``keep`` leaves events out of related streams. It does not apply to the rules: a rule counts from its effective
    instant, not from the instant it was published.
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
        self._related_ids: dict[tuple[str, UUID], UUID] = {}
        self._related: dict[UUID, list[RecordedEvent]] = {}

    @property
    def rules(self) -> Sequence[RecordedEvent]:
        """Every policy and calendar published up to the position, in order."""
        if self._rules is None:
            self._rules = reader.rules(self._connection, self._tenant, self._up_to)
        return self._rules

    def load(self, projections: Iterable[Projection], streams: Collection[Stream]) -> None:
        """Loads the related streams of a batch in one statement, in place of those of the batch before."""
        self._related_ids = {
            (projection.name, stream.id): related
            for projection in projections
            if projection.enrichment is not None
            for stream in streams
            if (related := projection.enrichment.related(self.rules, stream.all)) is not None
        }
        self._related = {}
        if self._related_ids:
            ids = set(self._related_ids.values())
            loaded = reader.streams(self._connection, self._tenant, ids, self._up_to)
            self._related = {stream: self._kept(events) for stream, events in loaded.items()}

    def of(self, projection: Projection, stream: Stream) -> FoldInputs:
        """The inputs of one fold, from the loaded batch."""
        if projection.enrichment is None:
            return NO_INPUTS
        related = self._related_ids.get((projection.name, stream.id))
        return FoldInputs(self.rules, self._related.get(related, ()) if related else ())

    def _kept(self, events: list[RecordedEvent]) -> list[RecordedEvent]:
        return events if self._keep is None else [event for event in events if self._keep(event)]
