"""The states of streams: cached, or loaded from the log."""

from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

from domain.command_handling.decide import EMPTY, StreamState, fold
from domain.command_handling.state_snapshots import FOLD, folded_from, is_due, snapshot_of
from domain.event_log.store import LogConnection, LogUnavailable


class LoadedStates(NamedTuple):
    """The state of each stream, and the connection epoch in which all of them were valid."""

    states: dict[UUID, StreamState]
    epoch: int


class StateCache:
    """An LRU cache of stream states, at most ``capacity``. Of the streams without events only definitions are cached.

    The cache is valid for one epoch of the log's connections. Other service desks may have moved a stream on: the
    append finds that out.
    """

    def __init__(self, log: LogConnection, capacity: int) -> None:
        self._log = log
        self._capacity = capacity
        self._cached: OrderedDict[UUID, StreamState] = OrderedDict()
        self._snapshots_due: dict[UUID, StreamState] = {}
        self._epoch = 0

    async def load(
        self, streams: Collection[UUID], new: Collection[UUID] = (), definitions: Collection[UUID] = ()
    ) -> LoadedStates:
        """The states of some streams; those in ``new`` are taken for empty unless they are cached.

        Those in ``definitions`` are cached also while nothing is published: decisions on messages read them each time.
        """
        epoch = self._current_epoch()
        states = {}
        missing = []
        for stream in streams:
            cached = self._cached.get(stream) or (EMPTY if stream in new else None)
            if cached:
                states[stream] = cached
            else:
                missing.append(stream)
        if missing:
            loaded = await self._log.load(missing, FOLD)
            epoch = min(epoch, loaded.epoch) if states else loaded.epoch
            for stream, (snapshot, events) in loaded.streams.items():
                before = folded_from(snapshot) if snapshot else EMPTY
                states[stream] = fold(before, events)
                if loaded.epoch == self._current_epoch() and (states[stream] is not EMPTY or stream in definitions):
                    self._put(stream, states[stream], before.version)
        return LoadedStates(states, epoch)

    def put(self, states: Mapping[UUID, StreamState], epoch: int) -> None:
        """Caches states that are valid in ``epoch``; does nothing when a connection was opened since."""
        if self._current_epoch() == epoch:
            for stream, state in states.items():
                if state.version or stream in self._cached:
                    self._put(stream, state, self._cached.pop(stream, state).version)

    async def store_snapshots(self) -> None:
        """Stores the states of long streams, so that the next service desk loads them faster. Optional work."""
        due, self._snapshots_due = self._snapshots_due, {}
        if due:
            with suppress(LogUnavailable):
                snapshots = [snapshot_of(stream, state) for stream, state in due.items()]
                await self._log.keep(snapshots, self._epoch)

    def forget(self, streams: Iterable[UUID]) -> None:
        """Drops some streams from the cache."""
        for stream in streams:
            self._cached.pop(stream, None)

    def forget_all(self) -> None:
        """Empties the cache."""
        self._cached.clear()
        self._snapshots_due.clear()

    def _current_epoch(self) -> int:
        """The log's epoch. A new one empties the cache: the server behind a new connection may know less."""
        if self._epoch != self._log.epoch:
            self.forget_all()
            self._epoch = self._log.epoch
        return self._epoch

    def _put(self, stream: UUID, state: StreamState, version_before: int) -> None:
        if is_due(version_before, state.version) and not state.erased:
            self._snapshots_due[stream] = state
        self._cached[stream] = state
        while len(self._cached) > self._capacity:
            self._cached.popitem(last=False)
