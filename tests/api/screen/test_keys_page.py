"""The page of keys: who sees it, what it makes, shows once, replaces and ends."""

import re
from typing import Any

import psycopg
import pytest

from api.api_keys import list_keys
from api.database_roles import under
from api.http.session_cookie import SentFields
from api.migrations import migrate
from api.screen.keys.key_form import WrongField, key_request, wall_request
from domain.event_log.roles import DESK, READER
from tests.support.key_commands import key_events
from tests.support.page_tests.signed_in import BrowserRequests, signed_in
from tests.support.serving import Served, make_key, serving

TOKEN = re.compile(r"tl_default_[0-9a-f]{16}_[0-9a-f]{64}")
FORM: dict[str, Any] = {
    "actor": "Nguyễn Vân",
    "kind": "agent",
    "scope": ["read", "audit"],
    "days": "30",
    "back_dating": "usual",
}


@pytest.fixture
def admin(desk: Served) -> BrowserRequests:
    desk.follow()
    browser = signed_in(desk)
    browser.language = "en"
    return browser


def made(browser: BrowserRequests, path: str = "/keys/create", **fields: Any) -> str:
    answer = browser.submit(path, **{**FORM, **fields})
    assert answer.status_code == 200, answer.text
    token = TOKEN.search(answer.text)
    assert token
    return token[0]


@pytest.mark.parametrize("scopes", [["read"], ["read", "audit", "audit:read", "feed", "tickets:write"]])
def test_only_an_admin_sees_and_sends_the_page(desk: Served, scopes: list[str]) -> None:
    browser = signed_in(desk, make_key(desk.dsn, *scopes))
    assert browser.get("/keys").status_code == 403
    for path in ("create", "create-wall", "0000000000000000/rotate", "0000000000000000/revoke"):
        assert browser.submit(f"/keys/{path}", **FORM).status_code == 403
    assert "key.created" not in [topic for topic, _ in key_events(desk.dsn)]


def test_a_key_is_shown_once_and_works(desk: Served, admin: BrowserRequests) -> None:
    token = made(admin)
    assert token not in admin.get("/keys").text
    assert desk.as_key(token).get("/v1/tickets").status_code == 200
    assert desk.as_key(token).get("/v1/events").status_code == 403
    topic, facts = key_events(desk.dsn)[-1]
    assert topic == "key.created"
    assert (facts["actor_id"], facts["scopes"], facts["back_dating_seconds"]) == (
        "Nguyễn Vân",
        ["audit", "read"],
        604800,
    )
    assert "secret" not in str(facts)


def test_the_answer_with_the_key_is_kept_by_no_browser(admin: BrowserRequests) -> None:
    answer = admin.submit("/keys/create", **FORM)
    assert answer.headers["cache-control"] == "no-store"
    assert TOKEN.search(answer.headers.get("location", "")) is None


def test_the_event_says_who_made_the_key_and_where(desk: Served, admin: BrowserRequests) -> None:
    made(admin)
    event = desk.get("/v1/events?after=1").json()["events"][-1]
    assert (event["actor"]["id"], event["origin"]["channel"]) == ("lan", "screen")


def test_a_form_that_is_sent_twice_makes_one_key(desk: Served, admin: BrowserRequests) -> None:
    made(admin, command_id="one")
    answer = admin.submit("/keys/create", **FORM, command_id="one")
    assert answer.status_code == 409
    assert "sent before" in answer.text
    with psycopg.connect(desk.dsn) as connection:
        assert len(list_keys(connection, "default")) == 2, "the admin's and one"


def test_what_is_wrong_is_said_and_what_was_typed_stays(admin: BrowserRequests) -> None:
    answer = admin.submit("/keys/create", **{**FORM, "scope": [], "actor": "<b>Vân</b>"})
    assert answer.status_code == 422
    assert "at least one" in answer.text
    assert 'value="&lt;b&gt;Vân&lt;/b&gt;"' in answer.text


def test_a_key_is_replaced_with_an_overlap(desk: Served, admin: BrowserRequests) -> None:
    old = made(admin)
    new = made(admin, f"/keys/{old.split('_')[2]}/rotate", overlap="7", days="")
    assert [topic for topic, _ in key_events(desk.dsn)][-2:] == ["key.created", "key.rotated"]
    assert {desk.as_key(key).get("/v1/tickets").status_code for key in (old, new)} == {200}
    last = made(admin, f"/keys/{new.split('_')[2]}/rotate", overlap="0", days="10")
    assert desk.as_key(last).get("/v1/tickets").status_code == 200
    with psycopg.connect(desk.dsn) as connection:
        ends = {key.id: key.expires_at for key in list_keys(connection, "default")}
        (now,) = connection.execute("select now()").fetchone() or ()
    assert ends[new.split("_")[2]] <= now < ends[old.split("_")[2]]


@pytest.mark.parametrize(("days", "status"), [("", 422), ("1000", 422), ("400", 200)])
def test_a_link_to_the_wall_is_not_replaced_by_one_that_is_valid_for_long(
    desk: Served, admin: BrowserRequests, days: str, status: int
) -> None:
    wall = made(admin, "/keys/create-wall", days="30").split("_")[2]
    answer = admin.submit(f"/keys/{wall}/rotate", overlap="1", days=days)
    assert answer.status_code == status
    assert ("at most 400" in answer.text) is (status == 422)
    assert [topic for topic, _ in key_events(desk.dsn)].count("key.rotated") == (status == 200)


def test_what_is_wrong_with_the_days_of_a_replaced_key_names_the_bound_of_keys(admin: BrowserRequests) -> None:
    key = made(admin).split("_")[2]
    assert "at most 4000" in admin.submit(f"/keys/{key}/rotate", overlap="1", days="4001").text


def test_a_key_is_revoked_once(desk: Served, admin: BrowserRequests) -> None:
    token = made(admin)
    for _ in range(2):
        answer = admin.submit(f"/keys/{token.split('_')[2]}/revoke", confirmed="on")
        assert (answer.status_code, answer.headers["location"]) == (303, "/keys")
    assert [topic for topic, _ in key_events(desk.dsn)].count("key.revoked") == 1
    assert desk.as_key(token).get("/v1/tickets").status_code == 401


def test_a_key_is_not_revoked_before_that_is_confirmed(desk: Served, admin: BrowserRequests) -> None:
    token = made(admin)
    answer = admin.submit(f"/keys/{token.split('_')[2]}/revoke", {"Accept-Language": "en"})
    assert (answer.status_code, "Tick that you want to revoke it." in answer.text) == (422, True)
    assert 'action="/sign-out"' in answer.text
    assert desk.as_key(token).get("/v1/tickets").status_code == 200


@pytest.mark.parametrize("word", ["rotate", "revoke"])
def test_a_key_that_is_not_there_is_not_changed(admin: BrowserRequests, word: str) -> None:
    assert admin.submit(f"/keys/{'0' * 16}/{word}", overlap="1", days="1", confirmed="on").status_code == 409


def test_the_page_lists_the_keys_of_its_tenant_alone(desk: Served, admin: BrowserRequests) -> None:
    migrate(desk.dsn, "other")
    stranger = make_key(desk.dsn, tenant="other", actor="stranger")
    page = admin.get("/keys").text
    assert "stranger" not in page
    assert "your key" in page
    assert "other" not in re.findall(r"<code>(\w+)</code>", page)
    assert admin.submit(f"/keys/{stranger.split('_')[2]}/revoke", confirmed="on").status_code == 409


def test_the_page_of_the_past_lists_what_there_was_and_changes_nothing(desk: Served, admin: BrowserRequests) -> None:
    made(admin)
    with psycopg.connect(desk.dsn, autocommit=True) as connection:
        connection.execute("update tenant_default.api_keys set created_at = '2026-01-01' where actor_id = 'lan'")
    page = admin.get("/keys?as_of=2999-01-01")
    assert page.text.count("Nguyễn Vân") == 1
    assert "/keys/create" not in page.text
    with psycopg.connect(desk.dsn) as connection:
        (day,) = connection.execute("select (now() - interval '3 days')::date::text").fetchone() or ()
    assert "Nguyễn Vân" not in admin.get(f"/keys?as_of={day}").text


def test_the_role_of_the_desk_may_not_change_keys(roles: str) -> None:
    """A server whose login is not a member of the owner's role says where keys are changed."""
    key = make_key(roles)
    with serving(under(roles, DESK), key=key, reading_dsn=under(roles, READER)) as desk:
        browser = signed_in(desk.as_key(key), dsn=roles)
        browser.language = "en"
        answer = browser.submit("/keys/create", **FORM)
        assert (answer.status_code, "command line" in answer.text) == (403, True)
    with serving(under(roles, DESK), key=key, reading_dsn=under(roles, READER), owning_dsn=roles) as desk:
        browser = signed_in(desk.as_key(key), dsn=roles)
        assert TOKEN.search(browser.submit("/keys/create", **FORM).text)


def asked(**changed: Any) -> SentFields:
    return {name: value if isinstance(value, list) else [str(value)] for name, value in {**FORM, **changed}.items()}


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"actor": ""}, "actor"),
        ({"actor": "x" * 201}, "actor"),
        ({"actor": "V\u200bân"}, "actor"),
        ({"kind": "import"}, "kind"),
        ({"scope": []}, "scope"),
        ({"scope": ["wall"]}, "scope"),
        ({"scope": ["everything"]}, "scope"),
        ({"days": "0"}, "days"),
        ({"days": "4001"}, "days"),
        ({"days": "-1"}, "days"),
        ({"days": "1.5"}, "days"),
        ({"days": "٣"}, "days"),
        ({"days": "9" * 5000}, "days"),
        ({"back_dating": "2"}, "back_dating"),
    ],
)
def test_a_field_that_cannot_be_used_is_named(changed: dict[str, object], field: str) -> None:
    with pytest.raises(WrongField) as wrong:
        key_request(asked(**changed))
    assert wrong.value.name == field


def test_an_empty_number_of_days_is_for_ever_and_not_for_a_wall() -> None:
    assert key_request(asked(days="")).life is None
    assert key_request(asked(kind="system")).back_dating is None
    for days in ("", "401"):
        with pytest.raises(WrongField):
            wall_request(asked(days=days))


def test_a_wrong_number_of_days_is_told_the_longest_one_and_the_form_is_shown_again(admin: BrowserRequests) -> None:
    key = made(admin).split("_")[2]
    for path, sent, longest in (
        ("create", {"days": "4001"}, 4000),
        ("create-wall", {"actor": "hall", "days": "401"}, 400),
        (f"{key}/rotate", {"overlap": "7", "days": "4001"}, 4000),
        (f"{key}/rotate", {"overlap": "401", "days": "30"}, 400),
    ):
        answer = admin.submit(f"/keys/{path}", **{**FORM, **sent})
        assert answer.status_code == 422
        assert f"at most {longest}." in answer.text
        assert f'action="/keys/{path}"' in answer.text
        assert all(f'value="{sent[name]}"' in answer.text for name in ("overlap", "days") if name in sent)


def test_an_ended_session_keeps_what_was_typed_of_a_key(desk: Served) -> None:
    answer = BrowserRequests(desk, "default_" + "0" * 64).submit("/keys/create", **FORM)
    assert answer.status_code == 401
    assert 'value="Nguyễn Vân"' in answer.text
    assert 'action="/keys/create"' in answer.text
