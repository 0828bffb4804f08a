"""A desk whose log is sealed, and its bundles as an auditor gets them."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from psycopg import Connection

from api.auditing import verify
from api.auditing.writer import AuditExport, WrittenBundle, write_bundle
from api.sealing.key_events import public_keys
from api.sealing.key_file import made_key
from api.sealing.tree_store import newest_checkpoint
from domain.event_log.database_connections import ADMINISTRATION, connect
from domain.sealing.leaf import SealedLog
from tests.support.log import DEFAULT
from tests.support.sealing import record, sealer_of


class SealedDesk(NamedTuple):
    """A database, a connection as its superuser, and the folder of the sealing key and of the bundles."""

    dsn: str
    connection: Connection
    folder: Path

    @property
    def key(self) -> Path:
        return self.folder / "sealing_key"

    def seal(self) -> None:
        """Seals all that the logs hold."""
        sealer_of(self.dsn, self.key).catch_up(self.connection)

    def public(self, log: SealedLog = "events") -> list[str]:
        """The public keys that an auditor was given, the newest first."""
        return [key.text for key in reversed(public_keys(self.connection, DEFAULT, log))]

    def checkpoint(self, log: SealedLog = "events") -> str:
        """The newest signed checkpoint."""
        newest = newest_checkpoint(self.connection, DEFAULT, log)
        assert newest is not None
        return newest.note

    def export(self, name: str = "bundle.zip", **bounds: Any) -> WrittenBundle:
        """Writes a bundle into the folder."""
        with connect(self.dsn, ADMINISTRATION) as connection:
            return write_bundle(connection, DEFAULT, AuditExport(**bounds), self.folder / name)

    def verified(
        self, name: str = "bundle.zip", *, keys: list[str] | None = None, since: str | None = None, **more: Any
    ) -> tuple[int, Mapping[str, Any]]:
        """The verifier's exit code and answer on a bundle of the folder."""
        kept = None
        if since is not None:
            kept = self.folder / "kept.txt"
            kept.write_text(since, encoding="utf-8")
        return verify.judge(str(self.folder / name), keys or self.public(), None if kept is None else str(kept), **more)


@contextmanager
def sealed_desk(dsn: str, folder: Path, events: int = 300) -> Iterator[SealedDesk]:
    """A desk with so many events more, all sealed."""
    made_key(folder / "sealing_key")
    with connect(dsn, ADMINISTRATION) as connection:
        desk = SealedDesk(dsn, connection, folder)
        record(connection, events)
        desk.seal()
        yield desk
