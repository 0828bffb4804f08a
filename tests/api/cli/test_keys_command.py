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


def test_a_name_that_looks_like_another_one_gets_no_key(run: Run) -> None:
    answer = run("keys", "create", "--actor", "li\u200bnh", "--scope", "read")
    assert (answer.code, "holds characters that nobody sees" in answer.err) == (2, True)
    assert run("keys", "create", "--actor", "Nguyễn Văn A", "--scope", "read").code == 0
