"""The writer of one process: it collects entries and writes them in batches, so that no reader waits."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

import psycopg
from psycopg import Connection

from api.access_journal.entry import AccessEntry, Occurrences, json_of
from api.access_journal.tables import append_access, has_journal
from domain.event_log.database_connections import ACCESS, connect

AT_ONCE = 1_000
"""Entries that wait are written when there are so many."""
EVERY_SECONDS = 1.0
"""And so long after the batch before."""
MOST_WAITING = 20_000
"""Entries beyond these are counted and not kept while the database does not answer."""
MOST_STRANGERS = 100
"""Failed sign-ins of a tenant in one batch with their key ids; more of them are joined by their origin."""
_LOST = AccessEntry("lost", "access journal", origin="this program", outcome="lost")
_LOG = logging.getLogger(__name__)

Batch = dict[tuple[str, AccessEntry], Occurrences]


class AccessJournal:
    """The entries of all tenants of a process. ``note`` returns at once; a thread writes what waits.

    A process that is killed loses the entries of its last second. While the database does not answer, at most
    ``most`` different entries wait, and what comes beyond them is counted: an entry of its own says how many were lost.
    """

    def __init__(self, dsn: str, *, clock: Callable[[], float] = time.time, most: int = MOST_WAITING) -> None:
        self._dsn = dsn
        self._clock = clock
        self._most = most
        self._lock = threading.Lock()
        self._waiting: Batch = {}
        self._lost: Counter[str] = Counter()
        self._enough = threading.Event()
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._connection: Connection | None = None
        self._said: str | None = None

    def note(self, tenant: str, entry: AccessEntry, rows: int | None = None) -> None:
        """Keeps an entry for the next batch."""
        now = self._clock()
        with self._lock:
            self._keep((tenant, entry), Occurrences(now, now, rows=rows))
            if len(self._waiting) == AT_ONCE:
                self._enough.set()

    def start(self) -> None:
        """Begins to write, in a thread."""
        self._thread = threading.Thread(target=self._run, name="access journal", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Writes what waits, once, and ends the thread."""
        self._stopping.set()
        self._enough.set()
        if self._thread is not None:
            self._thread.join()
        self.flush()
        self._disconnect()

    def flush(self) -> bool:
        """Writes what waits; False when the database did not take all of it, which is kept for the next time."""
        with self._lock:
            batch, self._waiting = self._waiting, {}
            lost, self._lost = self._lost, Counter()
        waiting = by_tenant(batch)
        for tenant, times in lost.items():
            waiting.setdefault(tenant, {})[_LOST] = Occurrences(now := self._clock(), now, times)
        try:
            for tenant in list(waiting):
                self._write(tenant, waiting[tenant])
                del waiting[tenant]
        except psycopg.Error as error:
            self._say(type(error).__name__)
            self._disconnect()
            self._keep_again(waiting)
            return False
        self._said = None
        return True

    def _write(self, tenant: str, entries: Mapping[AccessEntry, Occurrences]) -> None:
        """Writes the entries of a tenant, in one transaction for each AT_ONCE. Raises psycopg.Error."""
        if self._connection is None:
            self._connection = connect(self._dsn, ACCESS)
        if not has_journal(self._connection, tenant):
            return
        texts = [json_of(entry, occurrences) for entry, occurrences in entries.items()]
        try:
            with self._connection.transaction():
                for start in range(0, len(texts), AT_ONCE):
                    append_access(self._connection, tenant, texts[start : start + AT_ONCE])
        except psycopg.DataError:  # the same text would be refused for ever
            _LOG.exception("%d entries of the access journal of %s cannot be stored", len(texts), tenant)

    def _keep(self, key: tuple[str, AccessEntry], occurrences: Occurrences) -> None:
        """Joins it with an equal entry that waits. Beyond the bound it is counted alone. The caller holds the lock."""
        known = self._waiting.get(key)
        if known is not None:
            known.add(occurrences)
        elif len(self._waiting) < self._most:
            self._waiting[key] = occurrences
        else:
            self._lost[key[0]] += occurrences.times

    def _keep_again(self, waiting: Mapping[str, Mapping[AccessEntry, Occurrences]]) -> None:
        with self._lock:
            for tenant, entries in waiting.items():
                for entry, occurrences in entries.items():
                    if entry == _LOST:
                        self._lost[tenant] += occurrences.times
                    else:
                        self._keep((tenant, entry), occurrences)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._enough.wait(EVERY_SECONDS)
            self._enough.clear()
            if not self.flush():
                self._stopping.wait(EVERY_SECONDS)

    def _say(self, error: str) -> None:
        """Logs a failure once until it passes or changes."""
        if error != self._said:
            _LOG.warning("the access journal waits for the database (%s)", error)
            self._said = error

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def by_tenant(batch: Batch) -> dict[str, dict[AccessEntry, Occurrences]]:
    """The entries of each tenant. Of failed sign-ins, MOST_STRANGERS keep their key ids; the others lose them and are
    joined: whoever guesses keys cannot fill the journal.
    """
    grouped: dict[str, dict[AccessEntry, Occurrences]] = {}
    strangers: Counter[str] = Counter()
    for (tenant, entry), occurrences in batch.items():
        entries = grouped.setdefault(tenant, {})
        kept = entry
        if entry.action == "sign_in_failed":
            strangers[tenant] += 1
            if strangers[tenant] > MOST_STRANGERS:
                kept = entry._replace(key=None)
        if kept in entries:
            entries[kept].add(occurrences)
        else:
            entries[kept] = occurrences
    return grouped
