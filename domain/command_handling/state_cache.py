"""What streams have come to: remembered, or else loaded from the log."""

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from contextlib import suppress
from uuid import UUID

from domain.command_handling.decide import EMPTY, StreamState, fold
from domain.command_handling.state_snapshots import fold_id, folded_from, is_due, snapshot_of
from domain.event_log.store import LogConnection, LogUnavailable


class StateCache:
    """Remembers the streams used last, at most ``places``; one without events takes nobody's place."""

    def __init__(self, log: LogConnection, places: int) -> None:
        self._log = log
        self._places = places
        self._kept: OrderedDict[UUID, StreamState] = OrderedDict()
        self._due: dict[UUID, StreamState] = {}
        self._learned_on = 0

    async def recall(self, wanted: Mapping[UUID, bool]) -> tuple[dict[UUID, StreamState], int]:
        """What streams have come to: each that is ``wanted``, and whether it may be taken for new unless remembered.

        And the number of the connection that all of it was learned on, or was still believed on. Others may have moved
        any of them on meanwhile: only the append knows.
        """
        learned_on = self._believed()
        states = {}
        missing = []
        for stream, may_be_new in wanted.items():
            kept = self._kept.get(stream) or (EMPTY if may_be_new else None)
            if kept:
                states[stream] = kept
            else:
                missing.append(stream)
        if missing:
            loaded, loaded_on = await self._log.load(missing, fold_id())
            learned_on = min(learned_on, loaded_on) if states else loaded_on
            for stream, (snapshot, events) in loaded.items():
                before = folded_from(snapshot) if snapshot else EMPTY
                states[stream] = fold(before, events)
                if loaded_on == self._believed():
                    self._keep(stream, states[stream], before.version)
        return states, learned_on

    def keep(self, states: Mapping[UUID, StreamState], learned_on: int) -> None:
        """Remembers what some streams have come to, unless a connection was opened since ``learned_on``."""
        if self._believed() == learned_on:
            for stream, folded in states.items():
                self._keep(stream, folded, self._kept.pop(stream, folded).version)

    async def write_down(self) -> None:
        """Keeps what long streams have come to for the next desk that loads them; no harm when it cannot."""
        due, self._due = self._due, {}
        if due:
            with suppress(LogUnavailable):
                snapshots = [snapshot_of(stream, folded) for stream, folded in due.items()]
                await self._log.keep(snapshots, self._learned_on)

    def _believed(self) -> int:
        """The number of the connection opened last; what was learned before it is not believed any more."""
        if self._learned_on != self._log.number:
            self.forget_all()
            self._learned_on = self._log.number
        return self._learned_on

    def _keep(self, stream: UUID, folded: StreamState, version_before: int) -> None:
        if folded.version == 0:
            return
        if is_due(version_before, folded.version):
            self._due[stream] = folded
        self._kept[stream] = folded
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
