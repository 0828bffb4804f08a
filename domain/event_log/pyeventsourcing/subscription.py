"""A subscription to an application's log.

It ends when it is stopped, and for no other reason.
"""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import psycopg
from eventsourcing.persistence import Notification, Subscription

from domain.event_log import reader
from domain.event_log.database_connections import LIBRARY
from domain.event_log.notifications import Listener, append_channel
from domain.event_log.pyeventsourcing.database import LOST, translated

if TYPE_CHECKING:
    from domain.event_log.pyeventsourcing.recorders import LogApplicationRecorder

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class SubscriptionSettings:
    """``page`` events are read at once. A waiting subscription sees each ``glance`` seconds whether it is stopped, and
    after ``glances`` of them looks for events without a notification.
    """

    page: int = 500
    glance: float = 0.1
    glances: int = 10


USUAL_SETTINGS = SubscriptionSettings()


class LogSubscription(Subscription["LogApplicationRecorder"]):
    """Reads the events after a position, by notification and by polling. A lost connection is replaced.

    It misses no event: the log has no holes, and an event is committed after all before it. One thread may read at a
    time; any thread may stop it.
    """

    def __init__(self, recorder: "LogApplicationRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._position = gt or 0
        self._read: deque[Notification] = deque()
        database, self._settings = recorder.database, recorder.subscription_settings
        self._listener = Listener(database.dsn, [append_channel(database.tenant)], purpose=LIBRARY)
        self._reading = threading.Lock()
        self._stopped = threading.Event()

    def __exit__(self, *args: object, **kwargs: object) -> None:
        super().__exit__(*args, **kwargs)
        with self._reading:
            self._listener.close()

    def stop(self) -> None:
        """Ends the iteration, also that of another thread."""
        super().stop()
        self._stopped.set()

    def __next__(self) -> Notification:
        """The next event; waits for it. Raises ProgrammingError when the log is gone."""
        with self._reading:
            while not self._stopped.is_set():
                if self._read:
                    return self._read.popleft()
                try:
                    self._pull()
                except LOST as error:
                    _LOG.warning(
                        "a subscription to %s lost the database (%s); trying again",
                        self._recorder.database.tenant,
                        type(error).__name__,
                    )
                    self._stopped.wait(self._listener.lost())
                except psycopg.Error as error:
                    self._listener.close()
                    raise translated(error) from error
            self._listener.close()
            raise StopIteration

    def _pull(self) -> None:
        """Reads the next page; when there is none, waits for a notification."""
        connection, page = self._listener.connection(), self._settings.page
        head = reader.head(connection, self._recorder.database.tenant)
        if self._position < head:
            self._read.extend(self._recorder.notifications(connection, self._position, head, page, self._topics))
            self._position = head if len(self._read) < page else self._read[-1].id
        if self._read:
            return
        for _ in range(self._settings.glances):
            if self._stopped.is_set() or self._listener.wait(self._settings.glance):
                break
