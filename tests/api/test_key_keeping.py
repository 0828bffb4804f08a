"""Keys end by themselves, are rotated with an overlap, and what happens to them stands in the log without secrets."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from api.api_key_lifecycle import key_stream
from api.api_keys import Principal, find_caller, list_keys, parse_token
from tests.support.command_line import Run
from tests.support.key_commands import created, id_of, key_events
from tests.support.serving import make_key, serving


def is_valid(dsn: str, key: str) -> bool:
    token = parse_token(key)
    assert token is not None
    with psycopg.connect(dsn, autocommit=True) as connection:
        return isinstance(find_caller(connection, token), Principal)


@pytest.mark.parametrize(
    ("words", "days"), [((), 400), (("--expires", "30d"), 30), (("--expires", "2100-01-01"), None)]
)
def test_a_key_ends_by_itself(run: Run, database_url: str, words: tuple[str, ...], days: int | None) -> None:
    created(run, *words)
    with psycopg.connect(database_url) as connection:
        (key,) = list_keys(connection, "default")
    assert key.expires_at is not None
    if days is None:
        assert key.expires_at == datetime(2100, 1, 1, tzinfo=UTC)
    else:
        assert abs(key.expires_at - datetime.now(UTC) - timedelta(days=days)) < timedelta(hours=1)


def test_a_key_is_valid_for_ever_when_that_is_asked_for(run: Run, database_url: str) -> None:
    created(run, "--expires", "never")
    with psycopg.connect(database_url) as connection:
        assert [key.expires_at for key in list_keys(connection, "default")] == [None]


def test_the_end_of_a_key_is_told_in_the_tenant_s_zone(run: Run) -> None:
    words = ("keys", "create", "--actor", "Lan", "--scope", "read", "--expires", "2099-01-01T20:00:00Z")
    assert "Có hiệu lực đến 03:00 02/01/2099 (Asia/Ho_Chi_Minh)." in run(*words).err
    assert "Valid until 2099-01-02 03:00 (Asia/Ho_Chi_Minh)." in run(*words, "--language", "en").err


@pytest.mark.parametrize("expires", ["2020-01-01", "soon", "-1d", "0d"])
def test_an_expiry_that_cannot_be_is_refused(run: Run, expires: str) -> None:
    answer = run("keys", "create", "--actor", "Lan", "--scope", "read", f"--expires={expires}")
    assert answer.code == 2
    assert "--expires" in answer.err
    assert run("keys", "list", "--json").json == []


def test_making_rotating_and_revoking_are_events_without_secrets(run: Run, database_url: str) -> None:
    old = created(run)
    answer = run("keys", "rotate", id_of(old), "--overlap", "7d", "--json")
    assert answer.code == 0
    new = answer.json["key"]
    for _ in range(2):
        assert run("keys", "revoke", id_of(old)).code == 0
    events = key_events(database_url)
    assert [(topic, payload["key_id"]) for topic, payload in events] == [
        ("key.created", id_of(old)),
        ("key.created", id_of(new)),
        ("key.rotated", id_of(old)),
        ("key.revoked", id_of(old)),
    ]
    assert events[2][1]["replaced_by"] == id_of(new)
    assert (events[1][1]["actor_id"], events[1][1]["scopes"]) == ("Lan", ["read"])
    with psycopg.connect(database_url) as connection:
        texts = str(connection.execute("select state from tenant_default.events").fetchall())
        hashes = connection.execute("select encode(secret_hash, 'hex') from tenant_default.api_keys").fetchall()
    assert not [secret for secret in (old[-64:], new[-64:], *(value for (value,) in hashes)) if secret in texts]
    assert run("doctor").code == 0


def test_both_keys_are_valid_while_they_overlap(run: Run, database_url: str) -> None:
    old = created(run)
    new = run("keys", "rotate", id_of(old), "--json").json["key"]
    assert is_valid(database_url, old)
    assert is_valid(database_url, new)
    with psycopg.connect(database_url, autocommit=True) as connection:
        before, after = list_keys(connection, "default")
        assert before.expires_at is not None
        assert abs(before.expires_at - datetime.now(UTC) - timedelta(days=7)) < timedelta(hours=1)
        assert (after.actor, after.scopes, after.acts_for_others) == (before.actor, before.scopes, False)
        connection.execute("update tenant_default.api_keys set expires_at = now() where id = %s", [before.id])
    assert not is_valid(database_url, old)
    assert is_valid(database_url, new)


def test_a_rotation_makes_no_key_live_longer(run: Run, database_url: str) -> None:
    old = created(run, "--expires", "1d")
    run("keys", "rotate", id_of(old), "--overlap", "30d")
    with psycopg.connect(database_url) as connection:
        first = list_keys(connection, "default")[0]
    assert first.expires_at is not None
    assert first.expires_at - datetime.now(UTC) < timedelta(days=1)


def test_what_is_no_valid_key_is_not_rotated(run: Run, database_url: str) -> None:
    old = created(run)
    run("keys", "revoke", id_of(old))
    for key_id, reason in ((id_of(old), "đã thu hồi hoặc hết hạn"), ("0" * 16, "Không có khóa")):
        answer = run("keys", "rotate", key_id)
        assert answer.code == 2
        assert reason in answer.err
    assert len(key_events(database_url)) == 2


def test_a_key_that_cannot_be_recorded_is_not_made(run: Run, database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("update tenant_default.log_head set position = 5")
    assert run("keys", "create", "--actor", "Lan", "--scope", "read").code == 2
    assert run("keys", "list", "--json").json == []


def test_the_id_of_a_key_is_no_tickets(run: Run, database_url: str) -> None:
    """A command for the stream of a key is refused like one for the stream of anything else."""
    stream = key_stream(id_of(created(run)))
    with serving(database_url, key=make_key(database_url)) as desk:
        answer = desk.post(f"/v1/tickets/{stream}/start-work")
    assert (answer.status_code, answer.json()["code"]) == (409, "ticket_unknown")


def test_the_list_fits_a_terminal_and_says_how_each_key_stands(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    keys = [created(run), created(run, "--expires", "never"), created(run)]
    run("keys", "revoke", id_of(keys[0]))
    shown = run("keys", "list", "--language", "en").out
    assert max(map(len, shown.splitlines())) <= 80
    for word in ("revoked", "for ever", "never", id_of(keys[1])):
        assert word in shown
