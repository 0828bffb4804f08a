"""An audit bundle as an answer: made in a file without a name, and sent from there."""

import os
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import datetime
from tempfile import TemporaryFile
from typing import get_args

from fastapi import Response

from api.api_keys import Principal
from api.auditing.audited_lines import AuditFilter, FilterName
from api.auditing.range_ends import RULE, bound_of
from api.auditing.writer import AuditExport, write_bundle_into
from api.http.container import Container
from api.http.problems import Problem, malformed
from api.http.request_access import count_rows
from api.http.streamed_answer import SentFile
from domain.ids import canonical
from domain.sealing.leaf import SealedLog
from domain.zones import TimeZone, zone_named
from projections.scope.tenant_settings import tenant_settings

MOST_LINES = 200_000
"""Positions of a bundle over HTTP; the command line has no such bound."""
MOST_BYTES = 128 * 1024 * 1024
"""Bytes of its lines: those of MOST_LINES ordinary events."""


def bundle_answer(
    container: Container, caller: Principal, log: SealedLog, parameters: Mapping[str, str | None]
) -> Response:
    """The bundle of a log. ``parameters`` has the bounds ``from`` and ``to``, and the filters; an empty text is none.

    Raises Problem (forbidden, malformed), ExportRefused, ExportFailed and SlotsTaken.
    """
    if log == "access" and not caller.may("audit:read"):
        raise Problem("forbidden", "this needs a key with the scope audit:read", scope="audit:read")
    only = _filter(parameters)
    with container.past.turn(caller, container.settings.patience):
        return _made(container, caller.tenant, log, parameters, only)


def _filter(parameters: Mapping[str, str | None]) -> AuditFilter | None:
    """The one filter that is given. Raises Problem (malformed)."""
    given = [
        AuditFilter(name, value if name == "actor" else _id(name, value))
        for name in get_args(FilterName)
        if (value := parameters.get(name))
    ]
    if len(given) > 1:
        raise malformed([{"loc": (given[1].name,), "msg": "choose one of ticket, customer and actor"}])
    return given[0] if given else None


def _id(name: str, text: str) -> str:
    try:
        return str(canonical(text)).lower()
    except ValueError:
        raise malformed([{"loc": (name,), "msg": "this is no id"}]) from None


def _made(
    container: Container, tenant: str, log: SealedLog, parameters: Mapping[str, str | None], only: AuditFilter | None
) -> Response:
    """The bundle. Its file never has a name, so that nothing is left of it, even by a killed server."""

    def must_not_stop() -> None:
        if container.stopping.is_set():
            raise Problem("unavailable", "the server stops; try again")

    with ExitStack() as on_error:
        file = on_error.enter_context(TemporaryFile())
        with container.pool.connection() as connection:
            zone = zone_named(tenant_settings(connection, tenant, container.now(connection)).zone)
            first, last = (_bound(parameters, name, zone) for name in ("from", "to"))
            export = AuditExport(
                log, first, last, only, most_lines=MOST_LINES, most_bytes=MOST_BYTES, go_on=must_not_stop
            )
            written = write_bundle_into(file, connection, tenant, export)
        size = file.seek(0, os.SEEK_END)
        file.seek(0)
        on_error.pop_all()
    count_rows(written.lines)
    name = f"{tenant}-{log}-{written.first}-{written.last}.zip"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Ledger-Position": str(written.size)}
    return SentFile(file, size, container.unread_files, headers, "application/zip")


def _bound(parameters: Mapping[str, str | None], name: str, zone: TimeZone) -> int | datetime | None:
    """The bound of a name; None when it is not given. Raises Problem (malformed)."""
    text = parameters.get(name)
    try:
        return bound_of(text, zone, is_end=name == "to") if text else None
    except ValueError:
        raise malformed([{"loc": (name,), "msg": RULE}]) from None
