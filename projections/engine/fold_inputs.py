"""Loads what folds read beside their own streams: published policies, calendars and definitions, related streams."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import partial
from uuid import UUID

from psycopg import Connection

from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.messages import Event
from projections.engine.past_histories import HistoriesThen
from projections.engine.projection import NO_INPUTS, FoldInputs, Projection
from projections.engine.stream import Stream


class FoldInputLoader:
    """Loads inputs as of the position ``up_to``. What is published is read once, since ``up_to`` moves
    only while nothing is published.

    ``then`` reads related streams as of an instant. It does not apply to rules and definitions: they count from their
    effective instant, not from the instant they were published.
    """

    def __init__(
        self,
        connection: Connection,
        tenant: str,
        up_to: int,
        then: HistoriesThen | None = None,
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self.up_to = up_to
        self._then = then
        self._rules: Sequence[RecordedEvent] | None = None
        self._definitions: Sequence[RecordedEvent] | None = None
        self._related: dict[str, dict[UUID, list[RecordedEvent]]] = {}

    @property
    def rules(self) -> Sequence[RecordedEvent]:
        """Every policy and calendar published up to the position, in order."""
        if self._rules is None:
            self._rules = reader.rules(self._connection, self._tenant, self.up_to)
        return self._rules

    def load(self, projections: Iterable[Projection], streams: Collection[Stream]) -> None:
        """Loads the definitions, and the related streams of a batch in place of those of the batch before.

        No fold may cause a statement, since the connection copies rows meanwhile. One statement for each step away from
        the streams of the batch: one where related streams have no others.
        """
        enriched = {each.name: each.enrichment for each in projections if each.enrichment is not None}
        if enriched and self._definitions is None:
            self._definitions = reader.definitions(self._connection, self._tenant, self.up_to)
        self._related = {
            name: load_related(
                partial(enrichment.related, self.rules),
                [stream.all for stream in streams],
                partial(self._load, enrichment.related_types),
            )
            for name, enrichment in enriched.items()
        }

    def of(self, projection: Projection) -> FoldInputs:
        """The inputs of one fold, from the loaded batch."""
        if projection.enrichment is None:
            return NO_INPUTS
        return FoldInputs(self.rules, self._related[projection.name], self._definitions or ())

    def _load(
        self, event_types: Collection[type[Event]] | None, ids: Collection[UUID]
    ) -> dict[UUID, list[RecordedEvent]]:
        loaded = reader.streams(self._connection, self._tenant, ids, self.up_to, event_types)
        return loaded if self._then is None else self._then.of_each(loaded)


def load_related(
    related: Callable[[Sequence[RecordedEvent]], Collection[UUID]],
    histories: Iterable[Sequence[RecordedEvent]],
    load: Callable[[Collection[UUID]], Mapping[UUID, list[RecordedEvent]]],
) -> dict[UUID, list[RecordedEvent]]:
    """The streams that ``histories`` are related to, directly or through another, by id."""
    loaded: dict[UUID, list[RecordedEvent]] = {}
    missing = {other for history in histories for other in related(history)}
    while missing:
        further = load(missing)
        loaded |= {stream: further.get(stream, []) for stream in missing}
        missing = {other for history in further.values() for other in related(history)} - loaded.keys()
    return loaded
