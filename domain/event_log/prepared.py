"""A statement that is asked with every batch, without the driver's cursor: that would cost as much as the asking."""

import re
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from psycopg import AsyncConnection, OperationalError, pq, sql
from psycopg.abc import Transformer
from psycopg.adapt import Transformer as RowTransformer
from psycopg.errors import DuplicatePreparedStatement, error_from_result
from psycopg.generators import execute

_NAME = b"asked_with_every_batch"


class PreparedStatement:
    """A statement that answers with one row, prepared on each connection that it is asked on."""

    def __init__(self, statement: sql.Composable) -> None:
        first, *others = re.split(r"%\(\w+\)s|%s", statement.as_string(None))
        self._text = first + "".join(f"${number}{text}" for number, text in enumerate(others, start=1))
        self._transformers: dict[AsyncConnection, Transformer] = {}

    async def row(self, connection: AsyncConnection, parameters: Sequence[str]) -> tuple[Any, ...]:
        """What it answers. Raises what the driver does; the connection must not be in use."""
        transformer = self._transformers.get(connection)
        if transformer is None:
            transformer = await self._prepare(connection)
        connection.pgconn.send_query_prepared(_NAME, [parameter.encode() for parameter in parameters])
        transformer.set_pgresult(await _result(connection))
        return transformer.load_row(0, tuple) or ()

    async def _prepare(self, connection: AsyncConnection) -> Transformer:
        connection.pgconn.send_prepare(_NAME, self._text.encode())
        with suppress(DuplicatePreparedStatement):  # by somebody who did not wait for the answer
            await _result(connection)
        in_use = {one: transformer for one, transformer in self._transformers.items() if not one.closed}
        self._transformers = in_use | {connection: RowTransformer(connection)}
        return self._transformers[connection]


async def _result(connection: AsyncConnection) -> pq.abc.PGresult:
    results: list[pq.abc.PGresult] = await connection.wait(execute(connection.pgconn))
    for result in results:  # its row may be followed by word that it could not be committed
        if result.status not in {pq.ExecStatus.TUPLES_OK, pq.ExecStatus.COMMAND_OK}:
            error = error_from_result(result)
            raise error if error.sqlstate else OperationalError(str(error))  # not the server's: it is gone
    return results[0]
