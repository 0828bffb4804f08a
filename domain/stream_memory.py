"""What streams have come to: remembered, or else loaded from the log."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from domain.event_log.connection import LogConnection, LogUnavailable
from domain.judging import NOTHING, Folded, fold
from domain.snapshots import fold_id, folded_from, is_due, snapshot_of


class StreamMemory:
    """Remembers the streams used last, at most ``places``; one without events takes nobody's place."""

    def __init__(self, log: LogConnection, places: int) -> None:
        self._log = log
        self._places = places
        self._kept: OrderedDict[UUID, Folded] = OrderedDict()
        self._due: dict[UUID, Folded] = {}
        self.learned_on = 0
        """The number of the connection over which all of it was learned."""

    async def recall(self, streams: set[UUID], begun: set[UUID]) -> dict[UUID, Folded]:
        """What ``streams`` have come to, and those that are being ``begun``, which are taken for new unless remembered.

        Others may have moved any of them on meanwhile: only the append knows.
        """
        if self.learned_on != self._log.number:
            self.forget_all()
            self.learned_on = self._log.number
        states = {stream: self._kept[stream] for stream in streams | begun if stream in self._kept}
        if missing := streams - states.keys():
            loaded = await self._log.load(missing, fold_id())
            if not self._kept:
                self.learned_on = self._log.number
            for stream, (snapshot, events) in loaded.items():
                before = folded_from(snapshot) if snapshot else NOTHING
                states[stream] = fold(before, events)
                self._keep(stream, states[stream], before.version)
        return states | dict.fromkeys(begun - states.keys(), NOTHING)

    def keep(self, states: Mapping[UUID, Folded]) -> None:
        """Remembers what some streams have come to."""
        for stream, folded in states.items():
            self._keep(stream, folded, self._kept.get(stream, folded).version)

    async def write_down(self) -> None:
        """Keeps what long streams have come to for the next desk that loads them; no harm when it cannot."""
        due, self._due = self._due, {}
        if due:
            with suppress(LogUnavailable):
                snapshots = [snapshot_of(stream, folded) for stream, folded in due.items()]
                await self._log.keep(snapshots, self.learned_on)

    def _keep(self, stream: UUID, folded: Folded, version_before: int) -> None:
        if folded.version == 0:
            return
        if is_due(version_before, folded.version):
            self._due[stream] = folded
        self._kept[stream] = folded
        self._kept.move_to_end(stream)
        while len(self._kept) > self._places:
            self._kept.popitem(last=False)

    def forget(self, streams: Iterable[UUID]) -> None:
        """These are loaded when they are asked for again."""
        for stream in streams:
            self._kept.pop(stream, None)

    def forget_all(self) -> None:
        """As if nothing had been asked for yet."""
        self._kept.clear()
        self._due.clear()
