"""How far the local days of a tenant are ahead of UTC, a row for each change, from the pinned zones."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from uuid import UUID

from domain.definitions.events import DefinitionPublished
from domain.definitions.settings import SETTINGS
from domain.zones import TZDATA, TimeZone, zone_named
from projections.engine.projection import FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.scope.zone_offsets import offset_at, offset_changes

ALWAYS = datetime(1, 1, 1, tzinfo=UTC)
"""No instant lies before it."""
_FIRST, _LAST = datetime(1800, 1, 1, tzinfo=UTC), datetime(3000, 1, 2, tzinfo=UTC)
"""Changes are looked for between these instants: before the first time zone, and behind the last day of reports."""
_SECOND = timedelta(seconds=1)


class Offset(NamedTuple):
    """From ``begins_at`` on, the local day of an instant is the UTC day of the instant plus ``seconds``."""

    begins_at: datetime
    seconds: int


@dataclass(slots=True)
class LocalOffset:
    """An offset in the zone of settings that are in effect from ``effective_from`` on, up to the next ones."""

    definition: UUID
    effective_from: datetime
    begins_at: datetime
    seconds: int
    zone: str


def fold(stream: Stream, _inputs: FoldInputs) -> Iterator[LocalOffset]:
    """The offsets of each version of the settings; of two with one effective instant, those of the later one."""
    zones: dict[datetime, str] = {}
    for event in stream.all:
        payload = event.payload
        if isinstance(payload, DefinitionPublished) and payload.kind == SETTINGS.name:
            zones[payload.effective_from] = SETTINGS.body.model_validate(payload.body).zone
    for effective_from, zone in sorted(zones.items()):
        for begins_at, seconds in offsets_of(zone_named(zone)):
            yield LocalOffset(stream.id, effective_from, begins_at, seconds, zone)


@lru_cache(16)
def offsets_of(zone: TimeZone) -> tuple[Offset, ...]:
    """The offsets of a zone in order, as days need them.

    A day begins once. Where a clock is put back over midnight, the earlier offset holds until midnight is reached
    again, so that what has become of the next day stays there.
    """
    changes = offset_changes(zone, _FIRST, _LAST)
    first = Offset(ALWAYS, offset_at(zone, _FIRST))
    return first, *(Offset(at + _until_the_same_day(at, before, after), after) for at, before, after in changes)


def _until_the_same_day(changed: datetime, before: int, after: int) -> timedelta:
    """How long the local day lies before the one that had begun when the offset changed; zero if it does not."""
    reached = (changed + before * _SECOND - timedelta.resolution).date()
    now = changed + after * _SECOND
    return max(datetime(reached.year, reached.month, reached.day, tzinfo=UTC) - now, timedelta())


LOCAL_OFFSETS = Projection(
    name="local_offsets",
    version=1,
    kinds=frozenset({"definition"}),
    tables=(
        Table(
            "local_offsets",
            LocalOffset,
            key=("definition", "effective_from", "begins_at"),
            indexes=("(effective_from, begins_at)",),
        ),
    ),
    fold=fold,
    data=TZDATA,
)
