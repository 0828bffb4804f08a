"""Who may append to the access journal by SQL hides nothing of it, and records no removal."""

import json
from typing import Any

import pytest
from psycopg import errors

from api.access_journal.tables import append_access
from api.database_roles import under
from domain.event_log.roles import AUDITOR, DESK, OWNER, READER
from tests.support.access_entries import FIELDS, add_as_owner, entry
from tests.support.command_line import Run
from tests.support.database_rights import SCHEMA, connect
from tests.support.serving import Served, make_key

WITHOUT_AN_ENTRYS_FIELDS: list[Any] = [
    [],
    [FIELDS],
    "read",
    *({name: value for name, value in FIELDS.items() if name != missing} for missing in FIELDS),
    *(FIELDS | {name: [FIELDS[name]]} for name in FIELDS),
    FIELDS | {"times": "1"},
]
REMOVALS = [
    FIELDS | {"action": "trimmed", "removed_to": 9},
    FIELDS | {"removed_to": None},
    FIELDS | {"removed_before": "2026-01-01T00:00:00Z"},
]
UNREADABLE = [
    FIELDS | {"action": "dreamed"},
    FIELDS | {"at": "yesterday"},
    FIELDS | {"at": "2026-03-02T09:00:00"},
    FIELDS | {"at": "9999-12-31T23:59:59Z"},
    FIELDS | {"until": "0001-01-01T00:00:00Z"},
    FIELDS | {"times": 1.5},
    FIELDS | {"rows": "many"},
    FIELDS | {"subjects": {"ticket": "T-1"}},
]


@pytest.mark.parametrize("role", [DESK, READER, AUDITOR])
def test_what_lacks_a_field_or_claims_a_removal_is_refused(roles: str, role: str) -> None:
    with connect(under(roles, role)) as connection:
        for hostile in [*WITHOUT_AN_ENTRYS_FIELDS, *REMOVALS]:
            with pytest.raises(errors.DataException):
                append_access(connection, "default", [entry(), json.dumps(hostile)])
        with pytest.raises(errors.InsufficientPrivilege):
            connection.execute(f"select {SCHEMA}.add_access(array['{{}}'])")
        assert append_access(connection, "default", [entry()]) == 1


def test_an_entry_that_nobody_can_read_hides_no_other(desk: Served, run: Run) -> None:
    """Releases before took any JSON object."""
    with connect(under(desk.dsn, OWNER)) as connection:
        add_as_owner(connection, *map(json.dumps, [{}, [], {"position": 7}, *UNREADABLE, FIELDS]))
    shown = desk.as_key(make_key(desk.dsn, "audit:read")).get("/v1/access").json()["entries"]
    assert [line["position"] for line in shown] == list(range(len(UNREADABLE) + 4, 0, -1))
    assert [line["action"] for line in shown] == ["read", *["unreadable"] * (len(UNREADABLE) + 3)]
    assert run("history", "--access").code == 0
    assert desk.get("/audit/access").text.count("không đọc được") >= len(UNREADABLE)
