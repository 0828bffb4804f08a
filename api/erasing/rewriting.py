"""Takes erased values out of what PostgreSQL keeps beside the rows of tables: statistics and dead rows."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from types import MappingProxyType

from psycopg import Connection, sql
from psycopg.errors import Diagnostic, LockNotAvailable

from domain.errors import LedgerError
from domain.event_log.schema import schema_of
from domain.event_log.sql_files import sql_file
from domain.readable import ByLanguage, Language
from projections.registry import PROJECTIONS

PATIENCE = 60.0
"""Seconds in which transactions that may see erased rows have to end."""
A_MOMENT = 0.2
"""Seconds between two looks at them."""
LONGEST_LOCK_MS = 10_000
"""How long a table's rewriting waits for its readers; new readers wait behind it."""
_SQL = sql_file("api.erasing", "rewriting.sql")
_LEFT: ByLanguage = MappingProxyType(
    {
        "en": "dead rows may be left in the files: {}; then run `erasure run --rewrite` again",
        "vi": "dữ liệu đã xóa có thể vẫn còn trong tệp: {}; sau đó hãy chạy lại `erasure run --rewrite`",
    }
)
_HOLDING: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "connection": "connection {0} ({1}, application {2}, since {3})",
            "prepared transaction": "the prepared transaction {0} (since {3})",
            "replication slot": "the replication slot {0}",
            "unnamed": "unnamed",
        },
        "vi": {
            "connection": "kết nối {0} ({1}, ứng dụng {2}, từ {3})",
            "prepared transaction": "giao dịch đã chuẩn bị {0} (từ {3})",
            "replication slot": "khe nhân bản {0}",
            "unnamed": "không tên",
        },
    }
)


class NotRewritten(LedgerError):  # noqa: N818 -- names the state of things
    """Dead rows of erased persons may be left in the files."""

    kind = "unavailable"

    def __init__(self, why: ByLanguage) -> None:
        self.sentences: ByLanguage = {language: _LEFT[language].format(said) for language, said in why.items()}
        super().__init__(self.sentences["en"])


def renew_statistics(connection: Connection, tenant: str) -> None:
    """Samples the tables of all projections again: their statistics hold frequent values in clear.

    PostgreSQL samples at most 30,000 rows of a table. It keeps the statistics of a table that has become empty.
    """
    for table in _tables(tenant):
        connection.execute(sql.SQL("analyze {}").format(table))


def rewrite(connection: Connection, tenant: str) -> None:
    """Rewrites the tables of all projections and the snapshots, and the statistics, so that no dead row is in a file.

    It first waits for the transactions that may see the erased rows: PostgreSQL keeps these for them. Each table is
    locked while it is rewritten. Raises NotRewritten.
    """
    _wait_for_transactions(connection)
    connection.execute(f"set lock_timeout = {LONGEST_LOCK_MS}")
    with _warnings(connection) as warnings:
        for table in _tables(tenant):
            _rewrite(connection, table, "full, analyze")
        _rewrite(connection, sql.Identifier("pg_catalog", "pg_statistic"), "full")
    if warnings:
        said = "; ".join(warnings)
        raise NotRewritten(
            {
                "en": f"{said}. Use the DATABASE_URL of the database's owner",
                "vi": f"{said}. Hãy dùng DATABASE_URL của chủ cơ sở dữ liệu",
            }
        )


def _rewrite(connection: Connection, table: sql.Identifier, options: str) -> None:
    try:
        connection.execute(sql.SQL("vacuum ({}) {}").format(sql.SQL(options), table))
    except LockNotAvailable:
        name = table.as_string(connection)
        raise NotRewritten(
            {
                "en": f"{name} is being used by another transaction: wait until it has ended, or end it",
                "vi": f"{name} đang được giao dịch khác dùng: hãy chờ giao dịch đó kết thúc, hoặc kết thúc nó",
            }
        ) from None


def _wait_for_transactions(connection: Connection) -> None:
    """Waits until no transaction may see a row that is erased now. Raises NotRewritten, which names those that do."""
    ((next_transaction,),) = connection.execute(_SQL["next transaction"].filled()).fetchall()
    deadline = time.monotonic() + PATIENCE
    while rows := connection.execute(_SQL["holding"].filled(), {"next": next_transaction}).fetchall():
        if time.monotonic() > deadline:
            raise NotRewritten(
                {
                    "en": f"PostgreSQL keeps them for {_holding(rows, 'en')}: wait until it has ended, or end it",
                    "vi": f"PostgreSQL còn giữ cho {_holding(rows, 'vi')}: hãy chờ kết thúc, hoặc kết thúc nó",
                }
            )
        time.sleep(A_MOMENT)


def _holding(rows: Sequence[tuple[str, str, str | None, str | None, str | None]], language: Language) -> str:
    words = _HOLDING[language]
    return ", ".join(
        words[kind].format(name, user, application or words["unnamed"], since)
        for kind, name, user, application, since in rows
    )


@contextmanager
def _warnings(connection: Connection) -> Iterator[list[str]]:
    """The warnings of the server during the block: a table that a user may not rewrite is one, and no error."""
    warnings: list[str] = []

    def note(notice: Diagnostic) -> None:
        if notice.severity_nonlocalized == "WARNING" and notice.message_primary:
            warnings.append(notice.message_primary)

    connection.add_notice_handler(note)
    try:
        yield warnings
    finally:
        connection.remove_notice_handler(note)


def _tables(tenant: str) -> list[sql.Identifier]:
    names = [table.name for projection in PROJECTIONS for table in projection.tables]
    return [sql.Identifier(schema_of(tenant), name) for name in (*names, "snapshots")]
