"""The writer of one process: it collects entries and writes them in batches, so that no reader waits."""

import ipaddress
import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

import psycopg
from psycopg import Connection

from api.access_journal.entry import SEVERAL, AccessEntry, Occurrences, json_of
from api.access_journal.tables import JOURNAL_HEAD, append_access
from domain.event_log.database_connections import ACCESS, connect
from domain.event_log.tenants import has_table

AT_ONCE = 1_000
"""Entries that wait are written when there are so many."""
EVERY_SECONDS = 1.0
"""Entries that wait are written when the batch before is so old."""
MOST_WAITING = 20_000
"""Entries beyond these are counted and not kept while the database does not answer."""
MOST_STRANGERS = 100
"""How many different failed sign-ins of a tenant wait with their key ids.

As many again wait with the network of their origin alone. More of them are joined in one entry.
"""
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
        self._writing = threading.Lock()
        self._waiting: Batch = {}
        self._lost: Counter[str] = Counter()
        self._strangers: Counter[str] = Counter()
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
        """Writes what waits; False when the database did not take all of it, which is kept for the next time.

        Of several threads, one writes at a time: when it returns True, what was noted before the call is stored.
        """
        with self._writing:
            return self._flush()

    def _flush(self) -> bool:
        with self._lock:
            batch, self._waiting = self._waiting, {}
            lost, self._lost = self._lost, Counter()
            self._strangers.clear()
        waiting: dict[str, dict[AccessEntry, Occurrences]] = {}
        for (tenant, entry), occurrences in batch.items():
            waiting.setdefault(tenant, {})[entry] = occurrences
        for tenant, times in lost.items():
            waiting.setdefault(tenant, {})[_LOST] = Occurrences(now := self._clock(), now, times)
        for tenant in list(waiting):
            try:
                self._write(tenant, waiting[tenant])
            except psycopg.OperationalError as error:
                self._say(type(error).__name__)
                self._disconnect()
                self._keep_again(waiting, self._most)
                return False
            except Exception as error:  # noqa: BLE001 -- the journals of the other tenants are written all the same
                self._say(f"{type(error).__name__} of the tenant {tenant}")
                self._disconnect()
                self._keep_again({tenant: waiting[tenant]}, self._most // 2)
            del waiting[tenant]
        with self._lock:
            is_empty = not self._waiting and not self._lost
        self._said = None if is_empty else self._said
        return is_empty

    def _write(self, tenant: str, entries: Mapping[AccessEntry, Occurrences]) -> None:
        """Writes the entries of a tenant in one transaction, AT_ONCE in a statement. Raises psycopg.Error."""
        if self._connection is None:
            self._connection = connect(self._dsn, ACCESS)
        if not has_table(self._connection, tenant, JOURNAL_HEAD):
            return
        texts = [json_of(entry, occurrences) for entry, occurrences in entries.items()]
        try:
            with self._connection.transaction():
                for start in range(0, len(texts), AT_ONCE):
                    append_access(self._connection, tenant, texts[start : start + AT_ONCE])
        except psycopg.DataError:
            self._write_singly(self._connection, tenant, entries)

    def _write_singly(self, connection: Connection, tenant: str, entries: Mapping[AccessEntry, Occurrences]) -> None:
        """Writes what the database takes. What it refuses would be refused for ever, and is counted as lost."""
        refused = 0
        with connection.transaction():
            for entry, occurrences in entries.items():
                try:
                    with connection.transaction():
                        append_access(connection, tenant, [json_of(entry, occurrences)])
                except psycopg.DataError:
                    refused += occurrences.times
            if refused:
                now = self._clock()
                append_access(connection, tenant, [json_of(_LOST, Occurrences(now, now, refused))])
        if refused:
            _LOG.error("the access journal of %s refused %d entries", tenant, refused)

    def _keep(self, key: tuple[str, AccessEntry], occurrences: Occurrences, most: int | None = None) -> None:
        """Joins it with an equal entry that waits. Beyond the bound it is counted alone. The caller holds the lock."""
        tenant, entry = key
        if entry.action == "sign_in_failed" and key not in self._waiting:
            key = (tenant, _joined(entry, self._strangers[tenant]))
            self._strangers[tenant] += key not in self._waiting
        known = self._waiting.get(key)
        if known is not None:
            known.add(occurrences)
        elif len(self._waiting) < (self._most if most is None else most):
            self._waiting[key] = occurrences
        else:
            self._lost[tenant] += occurrences.times

    def _keep_again(self, waiting: Mapping[str, Mapping[AccessEntry, Occurrences]], most: int) -> None:
        """Keeps entries for the next batch, as long as fewer than ``most`` wait."""
        with self._lock:
            for tenant, entries in waiting.items():
                for entry, occurrences in entries.items():
                    if entry == _LOST:
                        self._lost[tenant] += occurrences.times
                    else:
                        self._keep((tenant, entry), occurrences, most)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._enough.wait(EVERY_SECONDS)
            self._enough.clear()
            try:
                is_written = self.flush()
            except Exception:  # noqa: BLE001 -- the thread goes on: without it nothing is recorded until the next start
                _LOG.exception("the access journal could not be written")
                is_written = False
            if not is_written:
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


def _joined(entry: AccessEntry, strangers: int) -> AccessEntry:
    """The entry, without key and address once many failed sign-ins wait: guesses do not fill the journal."""
    if strangers < MOST_STRANGERS:
        return entry
    origin = _network(entry.origin) if strangers < 2 * MOST_STRANGERS else SEVERAL
    return entry._replace(key=None, origin=origin)


def _network(origin: str) -> str:
    """The network of an address; another text as it is."""
    try:
        address = ipaddress.ip_address(origin)
    except ValueError:
        return origin
    bits = 24 if isinstance(address, ipaddress.IPv4Address) else 64
    return str(ipaddress.ip_network(f"{address}/{bits}", strict=False))
