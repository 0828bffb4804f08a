"""Proofs: signed checkpoints, inclusion and consistency, and the tiles from which others compute proofs.

Below each log the addresses of C2SP tlog-tiles are `checkpoint` and `tile/<L>/<N>[.p/<W>]`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from psycopg import Connection
from pydantic import BaseModel, Field
from pydantic_core import to_json

from api.api_keys import Principal
from api.http.container import container_of
from api.http.problems import Problem, malformed
from api.http.read_session import caller_with
from api.sealing import proofs, tree_store
from api.sealing.key_events import public_keys
from api.sealing.proofs import Consistency, Covered, Inclusion
from api.sealing.tile_path import tile_of
from api.sealing.tree_store import SEALED_LOGS
from domain.envelope import BEHIND_ALL
from domain.merkle.hashing import HASH_SIZE
from domain.sealing.leaf import SealedLog

router = APIRouter(prefix="/v1/proofs", tags=["proofs"])

Auditor = Annotated[Principal, Depends(caller_with("audit"))]
Log = Annotated[SealedLog, Path(description="The log: the events, or the access journal.")]
RowCount = Annotated[int, Field(ge=1, le=BEHIND_ALL)]
Size = Annotated[RowCount | None, Query(description="The checkpoint of so many rows; else the newest.")]
Row = Annotated[
    str,
    Query(
        pattern=r"^([0-9]{1,18}|[0-9a-fA-F]{64})$",
        description="A position of the log, or the leaf of a receipt in hexadecimal.",
    ),
]
_PLAIN = "text/plain; charset=utf-8"
_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}
_BYTES: dict[int | str, dict[str, Any]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}
}


class SealedLogs(BaseModel):
    """The logs of the tenant that have a tree."""

    logs: list[Covered]


@router.get("", summary="How far the logs are sealed", response_model=SealedLogs)
def sealed_logs(request: Request, caller: Auditor) -> Response:
    """`events` rows are not covered yet, the oldest of them for `seconds`."""
    with _connection(request) as connection:
        logs = [
            proofs.covered(connection, caller.tenant, log)
            for log in SEALED_LOGS
            if tree_store.has_log(connection, caller.tenant, log)
        ]
    return Response(to_json({"logs": logs}), media_type="application/json")


@router.get("/{log}/checkpoint", summary="The newest signed checkpoint", response_class=Response, responses=_TEXT)
def newest_checkpoint(request: Request, caller: Auditor, log: Log) -> Response:
    """A note of C2SP tlog-checkpoint."""
    with _connection(request) as connection:
        newest = tree_store.newest_checkpoint(connection, caller.tenant, log)
    if newest is None:
        raise Problem("not_found", f"nothing of the log {log} is sealed yet")
    return Response(newest.note, media_type=_PLAIN)


@router.get("/{log}/inclusion", summary="The proof that a row is in the tree", response_model=Inclusion)
def inclusion_proof(request: Request, caller: Auditor, log: Log, row: Row, size: Size = None) -> Response:
    """`unchanged` says whether the row still is the one that was sealed. A row that no checkpoint covers yet is 404."""
    with _connection(request) as connection:
        position = proofs.position_of(connection, caller.tenant, log, row)
        answer = proofs.inclusion(connection, caller.tenant, log, position, size)
    return Response(to_json(answer), media_type="application/json")


@router.get(
    "/{log}/consistency", summary="The proof that a later tree begins with an earlier one", response_model=Consistency
)
def consistency_proof(
    request: Request,
    caller: Auditor,
    log: Log,
    old: Annotated[RowCount, Query(description="How many rows the earlier tree has.")],
    new: Size = None,
) -> Response:
    with _connection(request) as connection:
        answer = proofs.consistency(connection, caller.tenant, log, old, new)
    return Response(to_json(answer), media_type="application/json")


@router.get("/{log}/keys", summary="The public keys of the checkpoints", response_class=Response, responses=_TEXT)
def checkpoint_keys(request: Request, caller: Auditor, log: Log) -> Response:
    """One verifier key of C2SP signed-note a line, the oldest first. Trust those that you got by another way."""
    with _connection(request) as connection:
        listed = public_keys(connection, caller.tenant, log)
    return Response("".join(f"{key.text}\n" for key in listed), media_type=_PLAIN)


@router.get("/{log}/tile/{tile:path}", summary="A tile of the tree", response_class=Response, responses=_BYTES)
def tile(
    request: Request,
    caller: Auditor,
    log: Log,
    tile: Annotated[str, Path(description="`<L>/<N>` or `<L>/<N>.p/<W>`, such as 0/x001/234 or 1/000.p/17.")],
) -> Response:
    """Up to 256 hashes of 32 bytes."""
    named = tile_of(tile)
    if named is None:
        raise malformed([{"loc": ("tile",), "msg": "write <L>/<N> or <L>/<N>.p/<W>, such as 0/x001/234 or 1/000.p/17"}])
    with _connection(request) as connection:
        stored = tree_store.tiles(connection, caller.tenant, log, [(named.level, named.tile)])
    hashes = stored.get((named.level, named.tile), b"")[: named.width * HASH_SIZE]
    if len(hashes) < named.width * HASH_SIZE:
        raise Problem("not_found", "the tree has no such tile, or not so wide a one yet")
    headers = {"Cache-Control": "private, max-age=31536000, immutable"}
    return Response(hashes, headers=headers, media_type="application/octet-stream")


@contextmanager
def _connection(request: Request) -> Iterator[Connection]:
    """A snapshot of the database."""
    with container_of(request).pool.connection() as connection, connection.transaction():
        yield connection
