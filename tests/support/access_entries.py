"""Entries of the access journal, written without the program."""

import json

from psycopg import Connection

from tests.support.database_rights import SCHEMA

FIELDS = {
    "action": "read", "what": "x", "outcome": "done", "origin": "10.0.0.7", "times": 1, "at": "2026-03-02T09:00:00Z",
}  # fmt: skip


def entry(**fields: object) -> str:
    """An entry that may be appended, with fields added or in place of its own."""
    return json.dumps(FIELDS | fields)


def add_as_owner(connection: Connection, *entries: str) -> None:
    """Adds entries of any form, as the owner's functions do."""
    connection.execute(f"select {SCHEMA}.add_access(%s)", [list(entries)])
