"""`keys`: made, listed without secrets, revoked."""

import json

from tests.support.command_line import Run


def test_a_key_is_made_listed_without_its_secret_and_revoked(run: Run) -> None:
    key = run("keys", "create", "--actor", "linh", "--scope", "read", "--scope", "tickets:write", "--json").json["key"]
    (listed,) = run("keys", "list", "--json").json
    assert key.split("_")[-2] == listed["id"]
    assert key.split("_")[-1] not in json.dumps(listed)
    assert run("keys", "revoke", listed["id"]).code == 0
    assert run("keys", "list", "--json").json[0]["revoked_at"] is not None
    assert listed["id"] in run("keys", "list").out
