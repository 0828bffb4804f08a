"""What somebody with all rights on the database, or with the bundle in hand, can do to a log."""

import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from uuid import UUID

from psycopg import sql

from api.access_journal.tables import append_access
from api.exporting.snapshot import ExportFailed, ExportRefused
from api.health_checks import examine
from api.sealing import tree_store
from api.sealing.key_file import made_key, read_key
from api.sealing.signed_heads import SealingStopped, signed_folder
from domain.checkpoint.checkpoint import Checkpoint, origin_of
from domain.checkpoint.keys import PrivateKey
from domain.checkpoint.note import signed_note
from domain.event_log import reader
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.merkle.tiles import grown
from domain.merkle.tree import root
from domain.sealing.leaf import SealedLog
from tests.support.access_entries import entry
from tests.support.log import DEFAULT
from tests.support.sealed_desk import SealedDesk
from tests.support.sealing import record
from tests.support.signed_logs import packed, unpacked

OLDER, NEWEST, ENTRIES = 301, 361, 40
"""An older checkpoint covers 301 events, the newest 361; the access journal has 40 entries. Streams have 30 events."""
KEY = "sealing_key"
FAR = 10**9
"""Added to positions that change places, as each stands in one row."""
_TABLES: Mapping[SealedLog, str] = {"events": "events", "access": "access_journal"}
_HEADS: Mapping[SealedLog, str] = {"events": "log_head", "access": "access_head"}
_BEGIN_CHECKS: Mapping[SealedLog, str] = {"events": "events_begin_check", "access": "access_journal_position_check"}


class Detection(NamedTuple):
    """How a tampering was found: by what, and the words of the finding. ``by`` of None: it was not found."""

    by: str | None
    finding: str


class Case:
    """A sealed desk, and an auditor with a public key and the newest checkpoint of each log."""

    def __init__(self, desk: SealedDesk) -> None:
        self.desk = desk
        self.log: SealedLog = "events"
        self.keys = {log: desk.public(log) for log in _TABLES}
        self.kept: dict[SealedLog, str | None] = {log: desk.checkpoint(log) for log in _TABLES}
        self.witness: str | None = None
        self.zip: bytes | None = None
        self.stopped: str | None = None
        self.open = ExitStack()
        """What lasts until the end of the case, such as a key store."""

    def seal(self) -> None:
        """Lets the sealer of the house go on; it may stop."""
        try:
            self.desk.seal()
        except SealingStopped as error:
            self.stopped = str(error)

    # On the rows.

    def sql(self, statement: str, *parameters: object) -> None:
        """Runs a statement as superuser; ``{schema}`` is the tenant's, ``{rows}`` the table of the log."""
        names = {"schema": sql.Identifier("tenant_default"), "rows": sql.Identifier("tenant_default", self._table)}
        self.desk.connection.execute(sql.SQL(statement).format(**names), parameters)

    @property
    def _table(self) -> str:
        return _TABLES[self.log]

    def delete(self, first: int, last: int) -> None:
        """Deletes rows."""
        self.sql("delete from {rows} where position between %s and %s", first, last)

    def move(self, after: int, by: int) -> None:
        """Gives later rows other positions, and moves the head."""
        self.sql("update {rows} set position = position + %s where position > %s", FAR, after)
        self.sql("update {rows} set position = position - %s + %s where position > %s", FAR, by, FAR)
        self._move_head(by)

    def _move_head(self, by: int) -> None:
        head = sql.Identifier("tenant_default", _HEADS[self.log])
        self.desk.connection.execute(sql.SQL("update {} set position = position + %s").format(head), [by])

    def cut(self, after: int) -> None:
        """Cuts off the tail."""
        head, _ = tree_store.head_of(self.desk.connection, DEFAULT, self.log)
        self.delete(after + 1, head)
        self._move_head(after - head)

    def swap(self, *positions: int) -> None:
        """Gives each of these rows the position of the next one."""
        for position, to in zip(positions, (*positions[1:], positions[0]), strict=True):
            self.sql("update {rows} set position = %s where position = %s", to + FAR, position)
        self.sql("update {rows} set position = position - %s where position > %s", FAR, FAR)

    def allow_any_position(self) -> None:
        """Drops the constraint that positions begin with 1."""
        constraint = sql.Identifier(_BEGIN_CHECKS[self.log])
        rows = sql.Identifier("tenant_default", self._table)
        self.desk.connection.execute(sql.SQL("alter table {} drop constraint {}").format(rows, constraint))

    def recorded_at(self, position: int) -> datetime:
        """When an event was recorded."""
        at = reader.recorded_at(self.desk.connection, DEFAULT, position)
        assert at is not None
        return at

    def forge(self, position: int = 100) -> None:
        """Changes what an event says."""
        self.sql("update {rows} set state = replace(state, 'body', 'Body') where position = %s", position)

    # On the tree.

    def rebuild_tree(self) -> None:
        """Makes the tiles anew from the rows as they are."""
        leaves: list[bytes] = []
        while page := tree_store.leaves(self.desk.connection, DEFAULT, self.log, len(leaves), 5_000):
            leaves += page
        self.sql("delete from {schema}.tree_tiles where log = %s", self.log)
        for (level, tile), hashes in grown(0, {}, leaves).items():
            self.sql("insert into {schema}.tree_tiles values (%s, %s, %s, %s)", self.log, level, tile, hashes)
        self.sql("update {schema}.tree_sizes set size = %s where log = %s", len(leaves), self.log)

    def sign(self, key: PrivateKey | None = None, database: UUID | None = None) -> None:
        """Signs the tree as it is, with the key of the house unless another is given; later checkpoints go."""
        stolen = read_key(self.desk.key)
        size = tree_store.tree_size(self.desk.connection, DEFAULT, self.log)
        nodes = tree_store.nodes(self.desk.connection, DEFAULT, self.log)
        origin = origin_of(database or stolen.database, DEFAULT, self.log)
        checkpoint = Checkpoint(origin, size, root(size, nodes))
        note = str(signed_note(checkpoint.text, key or stolen.private, origin))
        self.forget_checkpoints(size - 1)
        self.sql(
            "insert into {schema}.checkpoints values (%s, %s, %s, now(), %s)", self.log, size, checkpoint.root, note
        )

    def forget_checkpoints(self, after: int) -> None:
        """Deletes the checkpoints of larger trees."""
        self.sql("delete from {schema}.checkpoints where log = %s and size > %s", self.log, after)

    def restore(self, size: int) -> None:
        """Brings everything back to what it was when the log had so many rows."""
        self.cut(size)
        self.rebuild_tree()
        self.forget_checkpoints(size)

    def edit_note(self, old: str, new: str) -> None:
        """Changes the notes of the checkpoints."""
        self.sql("update {schema}.checkpoints set note = replace(note, %s, %s) where log = %s", old, new, self.log)

    # On the bundle.

    def parts(self, **bounds: Any) -> dict[str, bytes]:
        """The files of an honest bundle."""
        self.desk.export("honest.zip", log=self.log, **bounds)
        return unpacked((self.desk.folder / "honest.zip").read_bytes())

    def hand_over(self, parts: Mapping[str, bytes], **manifest_fields: object) -> None:
        """Gives the auditor these files, with the digests of the manifest mended."""
        self.zip = packed(parts, **manifest_fields)

    def lines(self, change: Callable[[list[bytes]], Sequence[bytes]], **manifest_fields: object) -> None:
        """Gives the auditor other lines, with the digests and the count mended."""
        parts = self.parts()
        lines = change(parts["events.jsonl"].splitlines(keepends=True))
        self.hand_over({**parts, "events.jsonl": b"".join(lines)}, **{"lines": len(lines), **manifest_fields})

    # The auditor.

    def look(self) -> Detection:
        """Exports the whole log, unless a bundle was handed over, and verifies it; then runs `doctor`."""
        if self.stopped is not None:
            return Detection("the sealer", self.stopped)
        path = self.desk.folder / "bundle.zip"
        if self.zip is None:
            try:
                self.desk.export("bundle.zip", log=self.log)
            except (ExportFailed, ExportRefused) as error:
                return Detection("the export", str(error))
        else:
            path.write_bytes(self.zip)
        ways: dict[str, dict[str, Any]] = {"the bundle alone": {}}
        if self.kept[self.log] is not None:
            ways["the kept checkpoint"] = {"since": self.kept[self.log]}
        if self.witness is not None:
            ways["the witness"] = {"witnesses": [self.witness]}
        for by, more in ways.items():
            code, answer = self.desk.verified(keys=self.keys[self.log], **more)
            if code:
                return Detection(by, answer["sentences"][0])
        checks = examine(self.desk.dsn, DEFAULT, lambda *_: None, compared=False)
        for check in checks:
            if not check.sound:
                return Detection("`doctor`", f"{check.check}: {check.seen}")
        return Detection(None, "")


@contextmanager
def made_case(dsn: str, key: Path, folder: Path) -> Iterator[Case]:
    """A copy of the sealed desk in a folder of its own, on which one kind of tampering is tried."""
    shutil.copy(key, folder / KEY)
    shutil.copytree(signed_folder(key), signed_folder(folder / KEY))
    with connect(dsn, ADMINISTRATION) as connection:
        case = Case(SealedDesk(dsn, connection, folder))
        with case.open:
            yield case


def fill(dsn: str, key: Path) -> None:
    """Records and seals the events and the access journal of the desk. The key is made."""
    made_key(key)
    with connect(dsn, ADMINISTRATION) as connection:
        desk = SealedDesk(dsn, connection, key.parent)
        for streams in (10, 2):
            for _ in range(streams):
                record(connection, 30)
            desk.seal()
        entries = [entry(what="history", actor=f"agent {n}") for n in range(ENTRIES)]
        append_access(connection, DEFAULT, entries)
        desk.seal()
