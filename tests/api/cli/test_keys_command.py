"""`keys`: made, listed without secrets, revoked."""

import json

import pytest

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
    for language, said in (("en", "holds characters that nobody sees"), ("vi", "có ký tự không nhìn thấy")):
        answer = run("keys", "create", "--actor", "li\u200bnh", "--scope", "read", "--language", language)
        assert (answer.code, said in answer.err) == (2, True)
    assert run("keys", "create", "--actor", "Nguyễn Văn A", "--scope", "read").code == 0


@pytest.mark.parametrize(
    ("words", "english", "vietnamese"),
    [
        (("--actor", ""), "write 1 to 200 characters", "từ 1 đến 200 ký tự"),
        (("--scope", "raed"), "choose from tickets:write", "hãy chọn trong tickets:write"),
        (("--scope", "wall"), "wall stands alone", "wall phải đứng một mình"),
        (("--expires", "2020-01-31"), "lies in the past", "đã qua"),
        (("--expires", "soon"), "or a date, or never", "hoặc một ngày, hoặc never"),
        (("--back-dating", "soon"), "or unlimited", "hoặc unlimited"),
    ],
)
def test_a_refusal_is_in_the_language_of_the_command(
    run: Run, words: tuple[str, str], english: str, vietnamese: str
) -> None:
    for language, said in (("en", english), ("vi", vietnamese)):
        given = ("--actor", "linh", "--scope", "read", *words) if words[0] == "--scope" else ("--scope", "read", *words)
        named = given if "--actor" in given else ("--actor", "linh", *given)
        refused = run("keys", "create", *named, "--language", language)
        assert (refused.code, said in " ".join(refused.err.split())) == (2, True), refused.err


def test_a_key_of_the_wall_is_valid_for_a_while(run: Run) -> None:
    wall = ("keys", "create", "--actor", "wall", "--scope", "wall", "--expires", "never")
    for language, said in (("en", "is valid for at most"), ("vi", "có hiệu lực nhiều nhất")):
        refused = run(*wall, "--language", language)
        assert (refused.code, said in " ".join(refused.err.split())) == (2, True), refused.err
