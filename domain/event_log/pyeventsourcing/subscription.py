"""A subscription to an application's log that ends when it is stopped, and for no other reason."""

import logging
import threading
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

import psycopg
from eventsourcing.persistence import Notification, Subscription
from psycopg import Connection, sql

from domain.event_log import reader
from domain.event_log.pyeventsourcing.database import LOST, translated

if TYPE_CHECKING:
    from domain.event_log.pyeventsourcing.recorders import LogApplicationRecorder

PAGE = 500
"""Events read at once."""
GLANCE_SECONDS = 0.1
"""How often a waiting subscription looks whether it is stopped."""
GLANCES = 10
"""After so many it looks for events without being notified."""
LONGEST_BACK_OFF = 2.0
_LOG = logging.getLogger(__name__)


class LogSubscription(Subscription["LogApplicationRecorder"]):
    """Reads after a position: by notification, by polling, and through every loss of the connection.

    Nothing is left out: the log has no holes, and an event is committed only after all that come before it. One thread
    may read at a time; any thread may stop it.
    """

    def __init__(self, recorder: "LogApplicationRecorder", gt: int | None, topics: Sequence[str]) -> None:
        super().__init__(recorder, gt, topics)
        self._position = gt or 0
        self._read: deque[Notification] = deque()
        self._connection: Connection | None = None
        self._back_off = 0.05
        self._reading = threading.Lock()
        self._stopped = threading.Event()

    def __exit__(self, *args: object, **kwargs: object) -> None:
        super().__exit__(*args, **kwargs)
        with self._reading:
            self._close()

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
                    self._close()
                    self._stopped.wait(self._back_off)
                    self._back_off = min(self._back_off * 2, LONGEST_BACK_OFF)
                except psycopg.Error as error:
                    self._close()
                    raise translated(error) from error
            self._close()
            raise StopIteration

    def _pull(self) -> None:
        """Reads what there is; when there is nothing, waits a while for a notification."""
        connection = self._listening()
        head = reader.head(connection, self._recorder.database.tenant)
        if self._position < head:
            self._read.extend(self._recorder.notifications(connection, self._position, head, PAGE, self._topics))
            self._position = head if len(self._read) < PAGE else self._read[-1].id
        self._back_off = 0.05
        glances = 0 if self._read else GLANCES
        for _ in range(glances):
            if self._stopped.is_set() or list(connection.notifies(timeout=GLANCE_SECONDS, stop_after=1)):
                break

    def _listening(self) -> Connection:
        if self._connection is None:
            self._connection = self._recorder.database.new_connection()
            channel = self._recorder.database.schema
            self._connection.execute(sql.SQL("listen {}").format(channel))
        return self._connection

    def _close(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
