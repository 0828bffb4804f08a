"""What holds for every answer: headers, HEAD, If-None-Match, Allow, names with any character, and one form of an id."""

import json
from datetime import UTC, datetime, timedelta
from urllib.parse import quote
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from api.http.command_headers import versions_in
from api.http.documentation import COMMITTED
from api.http.middleware import name_of, path_of
from api.http.problems import Problem
from tests.support.raw_http import HEAD, connected, rest, status
from tests.support.registered import register
from tests.support.serving import BEFORE, CUSTOMER, RECEIPT, Served, fresh, listening, make_key, serving

GETS = ("/healthz", "/readyz", "/v1/tickets", "/v1/events", "/v1/sla/policy", "/openapi.json", "/docs", "/v1/nothing")
CALENDAR = {"zone": "Asia/Ho_Chi_Minh", "week": {"mon-fri": ["08:00-17:00"]}}


def test_every_answer_bears_the_headers_that_protect_a_browser(desk: Served) -> None:
    for address in (*GETS, "/static-offline-docs/swagger-ui.css"):
        for caller in (desk, desk.as_key(None)):
            headers = caller.get(address).headers
            assert headers["x-content-type-options"] == "nosniff", address
            assert headers["x-frame-options"] == "DENY"
            assert headers["referrer-policy"] == "no-referrer"
            assert "frame-ancestors 'none'" in headers["content-security-policy"]
            kept = address in {"/openapi.json", "/docs"}
            assert headers["cache-control"] == ("no-cache" if kept else "no-store")


def test_the_page_of_the_documentation_runs_its_own_script_and_no_other(desk: Served) -> None:
    policy = desk.get("/docs").headers["content-security-policy"]
    scripts = policy.partition("script-src ")[2].partition(";")[0]
    assert scripts.startswith("'self' 'sha256-")
    assert "unsafe" not in scripts


def test_head_is_answered_wherever_get_is_without_a_body(desk: Served) -> None:
    for address in GETS:
        head, get = desk.send("HEAD", address, b""), desk.get(address)
        assert head.status_code == get.status_code, address
        assert head.content == b""
        assert head.headers.keys() == get.headers.keys()
    assert desk.send("HEAD", "/v1/events/stream", b"").status_code == 200, "and it ends"


def test_head_is_answered_over_a_real_socket(database_url: str) -> None:
    head = b"HEAD /v1/events?after=%d HTTP/1.1\r\nConnection: close\r\n" % BEFORE + HEAD + b"\r\n"
    register(database_url, CUSTOMER)
    with listening(database_url, keyless="default") as address, connected(address) as client:
        client.sendall(head)
        raw = rest(client)
    assert status(raw) == 200
    assert raw.endswith(b"\r\n\r\n")
    assert b"content-length: 31" in raw


def test_what_is_known_already_is_not_sent_again(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    for address in (ticket, "/v1/sla/policy", "/v1/sla/policy/versions", "/openapi.json"):
        etag = desk.get(address).headers["etag"]
        for known in (etag, f"W/{etag}", f'"other", {etag}', "*"):
            answer = desk.get(address, headers={"If-None-Match": known})
            assert (answer.status_code, answer.content, answer.headers["etag"]) == (304, b"", etag)
            assert "content-length" not in answer.headers
        assert desk.get(address, headers={"If-None-Match": '"other"'}).status_code == 200
    known = desk.get(ticket).headers["etag"]
    desk.post(f"{ticket}/start-work")
    desk.follow()
    assert desk.get(ticket, headers={"If-None-Match": known}).status_code == 200
    assert desk.get("/v1/tickets", headers={"If-None-Match": "*"}).status_code == 200, "it has no ETag"


def test_a_reading_with_an_etag_says_in_the_document_that_it_may_be_304(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    paths = json.loads(COMMITTED.read_text())["paths"]
    of_one = {path for path in paths if path.endswith(("_id}", "/profile")) and "get" in paths[path]}
    documented = {path for path in of_one if "304" in paths[path]["get"]["responses"]}
    assert of_one - documented == {"/v1/issued-reports/{report_id}"}, "its answers have no ETag"
    for address in (f"/v1/customers/{CUSTOMER}/profile", f"/v1/customers/{CUSTOMER}", ticket):
        assert desk.get(address, headers={"If-None-Match": "*"}).status_code == 304


def test_the_etag_of_what_is_in_effect_changes_when_a_newer_version_takes_effect(database_url: str) -> None:
    present = [datetime(2026, 1, 1, tzinfo=UTC)]
    with serving(database_url, key=make_key(database_url), clock=lambda: present[0]) as desk:
        rules = {"name": "x", "rules": [{"resolution": "1h"}]}
        later = (present[0] + timedelta(days=9)).isoformat()
        published = {"effective_from": later, "policy": rules, "reason": "y"}
        assert desk.send("PUT", "/v1/sla/policy", json.dumps(published).encode()).status_code == 200
        before = desk.get("/v1/sla/policy")
        assert (before.json()["version"], before.headers["etag"]) == (0, '"1.0"')
        present[0] += timedelta(days=10)
        after = desk.get("/v1/sla/policy", headers={"If-None-Match": before.headers["etag"]})
        assert (after.status_code, after.json()["version"], after.headers["etag"]) == (200, 1, '"1"')
        rules["name"] = "z"
        again = json.dumps(published | {"effective_from": present[0].isoformat()}).encode()
        tag = before.headers["etag"].encode()
        assert desk.send("PUT", "/v1/sla/policy", again, {b"if-match": tag}).status_code == 200, "it names version 1"


@pytest.mark.parametrize(
    ("if_match", "expected"),
    [
        ('W/"1"', 412),
        ('"2"', 412),
        ('"1"', 200),
        ('"7", "1"', 200),
        ('"7" ,W/"1"', 412),
        ('"x"', 412),
        ('"99999999999999999999"', 412),
        ('"1" ', 200),
        ("1", 422),
        ('"1"; "2"', 422),
    ],
)
def test_if_match_takes_lists_and_compares_strongly(shared_desk: Served, if_match: str, expected: int) -> None:
    answer = shared_desk.post(f"{shared_desk.receive()}/start-work", headers={"If-Match": if_match})
    assert answer.status_code == expected
    if expected == 412:
        assert answer.json()["actual"] == 1


@given(st.lists(st.tuples(st.booleans(), st.one_of(st.integers(0, 10**9 - 1).map(str), st.just("x"))), min_size=1))
def test_the_versions_of_a_list_are_those_of_its_strong_tags(tags: list[tuple[bool, str]]) -> None:
    written = ", ".join(f'{"W/" * weak}"{tag}"' for weak, tag in tags)
    assert versions_in(written) == [int(tag) for weak, tag in tags if not weak and tag != "x"]


@given(st.text().filter(lambda text: '"' not in text and text.strip() != "*"))
@example("")
def test_a_text_without_tags_is_refused(text: str) -> None:
    with pytest.raises(Problem):
        versions_in(text)


def test_blanks_at_the_end_of_a_header_are_no_part_of_it(database_url: str) -> None:
    body = json.dumps(RECEIPT).encode()
    register(database_url, CUSTOMER)
    with listening(database_url, keyless="default") as address:
        ids = set()
        for key in (b"k", b"k  ", b"k\t"):
            with connected(address) as client:
                client.sendall(
                    b"POST /v1/tickets HTTP/1.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
                    b"Idempotency-Key: %s\r\nContent-Length: %d\r\n%s\r\n%s" % (key, len(body), HEAD, body)
                )
                ids.add(json.loads(rest(client).partition(b"\r\n\r\n")[2])["id"])
    assert len(ids) == 1


@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1))
@example("a/b")
@example("%2F")
@example("%00")
def test_any_name_comes_back_from_its_part_of_a_path(name: str) -> None:
    before, part, after = path_of(f"/v1/x/{quote(name, safe='')}/y".encode()).rsplit("/", 2)[0:3]
    assert (before, name_of(part), after) == ("/v1/x", name, "y")


@pytest.mark.parametrize("name", ["team/linh", "a/versions", "50%", "%2F", "Nguyễn Văn A", "?#;", "a b"])
def test_actors_and_calendars_of_any_name_can_be_read(database_url: str, name: str) -> None:
    with serving(database_url, key=make_key(database_url, actor=name)) as desk:
        desk.receive()
        desk.follow()
        address = quote(name, safe="")
        assert len(desk.get(f"/v1/actors/{address}/history").json()["entries"]) == 1
        published = {
            "effective_from": "2026-01-01T00:00:00Z",
            "calendar": {"name": name} | CALENDAR,
            "reason": "hours",
        }
        answer = desk.send("PUT", f"/v1/sla/calendars/{address}", json.dumps(published).encode())
        assert answer.status_code == 200, answer.text
        assert desk.get(f"/v1/sla/calendars/{address}").json()["calendar"]["name"] == name
        assert len(desk.get(f"/v1/sla/calendars/{address}/versions").json()) == 1


def test_a_slash_that_belongs_to_a_name_parts_no_path(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    assert desk.get(ticket.replace("tickets/", "tickets%2F")).status_code == 404
    assert desk.get("/v1/actors/a%00b/history").json()["entries"] == []


def test_an_id_is_written_in_one_way(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    id_ = UUID(ticket.rpartition("/")[2])
    assert desk.get(f"/v1/tickets/{str(id_).upper()}").status_code == 200
    for written in (id_.hex, f"{{{id_}}}", f"urn:uuid:{id_}", f"{id_}%0a"):
        assert desk.get(f"/v1/tickets/{written}").status_code == 422
        assert desk.post(f"/v1/tickets/{written}/start-work").status_code == 422
        assert desk.get(f"/v1/tickets?customer={written}").status_code == 422
    assert desk.post("/v1/tickets", RECEIPT | {"customer_id": id_.hex}).status_code == 422


def test_a_name_that_is_there_twice_is_refused(desk: Served) -> None:
    answer = desk.send("POST", "/v1/customers", b'{"name":"An","name":"Binh"}')
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"field": "name", "message": "it is there twice"}])
    policy = b'{"effective_from":"2026-01-01T00:00:00Z","policy":{"name":"x","name":"y","rules":[]},"reason":"r"}'
    assert desk.send("PUT", "/v1/sla/policy", policy).status_code == 422


def test_nothing_is_told_of_parameters_before_it_is_known_by_whom(desk: Served) -> None:
    stranger = desk.as_key(None)
    refused = "/v1/tickets?x=1 /v1/tickets?wait=99 /v1/events?x=1 /v1/events?limit=x /v1/sla/policy?at=x"
    for address in refused.split():
        assert stranger.get(address).status_code == 401, address
        assert desk.get(address).status_code == 422, address


@pytest.mark.parametrize("day", ["0", "86400", "20260302", "2026-03-02T00:00:00", "٢٠٢٦-٠٣-٠٢"])
def test_a_number_is_no_date(desk: Served, day: str) -> None:
    assert desk.get(f"/v1/reports/reopenings?first={quote(day)}&last=2026-03-02").status_code == 422
    assert desk.get("/v1/reports/reopenings?first=2026-03-01&last=2026-03-02").status_code == 200


@pytest.mark.parametrize(
    ("site", "expected"), [(None, 200), ("none", 200), ("same-origin", 200), ("same-site", 403), ("cross-site", 403)]
)
def test_without_keys_no_page_of_another_site_may_read(database_url: str, site: str | None, expected: int) -> None:
    register(database_url, CUSTOMER)
    with serving(database_url, keyless="default") as desk:
        headers = {"Sec-Fetch-Site": site} if site else {}
        assert desk.get("/v1/tickets", headers=headers).status_code == expected


def test_a_history_of_nothing_is_not_found(desk: Served) -> None:
    ticket = desk.receive()
    desk.follow()
    for kind in ("tickets", "customers"):
        assert desk.get(f"/v1/{kind}/{fresh()}/history").status_code == 404
    assert desk.get(f"{ticket}/history").status_code == 200
    assert desk.get(f"{ticket}/history?known_at=2000-01-01T00:00:00Z").status_code == 404
