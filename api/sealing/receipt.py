"""Receipts: the leaf of a recorded event, by which its proof is asked for later."""

from dataclasses import dataclass

from psycopg import Connection

from api.sealing import tree_store


@dataclass(frozen=True, slots=True)
class Receipt:
    """The position of an event and its leaf in hexadecimal."""

    position: int
    leaf: str


def receipt_of(connection: Connection, tenant: str, position: int) -> Receipt | None:
    """The receipt of the event at a position; None where there is none."""
    leaves = tree_store.leaves(connection, tenant, "events", position - 1, 1)
    return Receipt(position, leaves[0].hex()) if leaves else None
