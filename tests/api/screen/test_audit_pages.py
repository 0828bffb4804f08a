"""The auditor's pages: history by every condition, an event with its proof, checkpoints, access journal, bundle."""

import io
import json
import re
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.auditing.verifier_file import verifier
from api.screen.pages.audit import history, proof_check, proofs
from tests.support.html_pages import texts_of
from tests.support.page_tests.browser import Pages
from tests.support.sealed_desk import SealedDesk, sealed_desk
from tests.support.serving import Served, make_key

VIETNAMESE = {"Accept-Language": "vi"}


@pytest.fixture
def ticket(desk: Served) -> str:
    """The id of a ticket with a note by lan and one by a gateway on behalf of minh."""
    address = desk.receive(external_reference="INC7")
    desk.post(f"{address}/add-note", {"body": "Hóa đơn sai"})
    gateway = desk.as_key(make_key(desk.dsn, actor="gateway", acts_for_others=True))
    gateway.post(f"{address}/add-note", {"body": "a second note"}, headers={"On-Behalf-Of": "minh"})
    desk.follow()
    return address.rpartition("/")[2]


@pytest.fixture
def sealed(desk: Served, ticket: str, tmp_path: Path) -> Iterator[SealedDesk]:
    """The desk with that ticket, followed and sealed."""
    with sealed_desk(desk.dsn, tmp_path, 1) as made:
        desk.follow()
        assert ticket
        yield made


def page(desk: Served, address: str, headers: dict[str, str] | None = None, status: int = 200) -> str:
    answer = desk.get(address, headers=headers or {"Accept-Language": "en"})
    assert answer.status_code == status, answer.text
    return answer.text


def words(html: str) -> str:
    return " ".join(" ".join(texts_of(html)).split())


def positions(html: str) -> list[int]:
    return [int(position) for position in re.findall(r'scope="row"[^>]*><a href="/audit/events/(\d+)', html)]


# The history.


def test_the_column_of_reasons_has_room_for_words(pages: Pages) -> None:
    """Beside sentences of many words."""
    reasons = pages.visit("/audit", language="vi").locator("td.reason")
    long = "cell => { cell.parentNode.cells[4].textContent = 'từ '.repeat(2000); }"
    reasons.evaluate_all(f"cells => cells.forEach({long})")
    widths = reasons.evaluate_all("cells => cells.map(cell => cell.clientWidth)")
    assert widths
    assert min(widths) >= 160


@pytest.mark.parametrize(
    ("query", "notes"),
    [
        ("actor=lan&kind=ticket.note_added", ["Hóa đơn sai"]),
        ("actor=minh", ["a second note"]),
        ("text=hoa%20don", ["Hóa đơn sai"]),
        ("ticket=INC7&kind=ticket.note_added", ["Hóa đơn sai", "a second note"]),
        ("kind=ticket.note_added&from={today}&to={today}", ["Hóa đơn sai", "a second note"]),
        ("kind=ticket.note_added&from={today}&axis=recorded", ["Hóa đơn sai", "a second note"]),
        ("kind=ticket.note_added&to={yesterday}", []),
        ("kind=ticket.note_added&to={yesterday}&axis=recorded", []),
        ("customer=01890a5d-ac96-774b-bcce-b302099a8057&kind=ticket.note_added", ["Hóa đơn sai", "a second note"]),
    ],
)
@pytest.mark.usefixtures("ticket")
def test_every_condition_chooses_lines(desk: Served, query: str, notes: list[str]) -> None:
    days = {"today": datetime.now(UTC) + timedelta(hours=7), "yesterday": datetime.now(UTC) - timedelta(hours=17)}
    address = f"/audit?{query.format(**{name: day.date() for name, day in days.items()})}"
    html = page(desk, address)
    assert re.findall(r"added a note: ([^<]+)</td>", html) == notes


def test_lines_are_sentences_in_both_languages_that_lead_to_ticket_customer_and_event(
    desk: Served, ticket: str
) -> None:
    address = "/audit?kind=ticket.note_added&actor=minh"
    html = page(desk, address)
    assert "gateway (on behalf of minh) added a note: a second note" in html
    assert f'<a href="/tickets/{ticket}">ticket INC7</a>' in html
    assert '<a href="/customers/01890a5d-ac96-774b-bcce-b302099a8057">' in html
    (position,) = positions(html)
    assert page(desk, f"/audit/events/{position}")
    assert "gateway (thay mặt minh) thêm ghi chú: a second note" in page(desk, address, VIETNAMESE)


def test_both_times_stand_where_they_differ(desk: Served) -> None:
    happened = datetime.now(UTC) - timedelta(hours=3)
    desk.receive(occurred_at=happened.isoformat())
    desk.receive()
    desk.follow()
    html = page(desk, "/audit?kind=ticket.received")
    rows = html.split("<tbody>")[1].split("</tr>")[:-1]
    assert [row.count("<time ") for row in rows] == [2, 1]
    assert f"{(happened + timedelta(hours=7)):%Y-%m-%d %H:%M:%S}" in rows[0]


def test_pages_follow_each_other_and_hold_every_event_once(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(7):
        desk.receive()
    desk.follow()
    monkeypatch.setattr(history, "SHOWN", 3)
    newest = page(desk, "/audit")
    read, address = list[int](), next(iter(re.findall(r'href="(/audit\?cursor=[^"]+)">From the first', newest)))
    while address:
        html = page(desk, address.replace("&amp;", "&"))
        read += positions(html)
        address = next(iter(re.findall(r'rel="next" href="([^"]+)"', html)), "")
    assert read == list(range(1, max(read) + 1))
    assert positions(newest) == read[-3:]


@pytest.mark.usefixtures("ticket")
def test_a_page_of_the_past_leaves_out_what_was_not_known_or_had_not_happened(desk: Served) -> None:
    for name in ("as_of", "known_at"):
        html = page(desk, f"/audit?actor=lan&{name}=2020-01-01")
        assert positions(html) == []
        assert 'role="status"' in html


@pytest.mark.parametrize("query", ["kind=tickets", "text=x", "from=yesterday", "axis=known", "customer=7", "x=1"])
def test_conditions_that_cannot_be_understood_are_said_on_a_page(desk: Served, query: str) -> None:
    assert "<h1>" in page(desk, f"/audit?{query}", status=422)


def test_an_unknown_ticket_is_said_and_finds_nothing(desk: Served) -> None:
    html = page(desk, "/audit?ticket=INC99")
    assert "No single ticket is called" in html
    assert positions(html) == []


@pytest.mark.usefixtures("ticket")
def test_the_printed_file_has_the_conditions_of_the_page(desk: Served) -> None:
    html = page(desk, "/audit?kind=ticket.note_added&actor=lan&from=2020-01-01", VIETNAMESE)
    (address,) = re.findall(r'href="(/v1/audit/page[^"]+)"', html)
    printed = desk.get(address.replace("&amp;", "&"))
    assert printed.status_code == 200, printed.text
    assert "lan thêm ghi chú: Hóa đơn sai" in printed.text
    assert "a second note" not in printed.text


# One event.


def test_an_event_is_shown_with_its_proof_that_the_api_gives_too(desk: Served, sealed: SealedDesk) -> None:
    html = page(desk, "/audit/events/3")
    proof = desk.get("/v1/proofs/events/inclusion?row=3").json()
    assert proof["leaf"] in html
    assert proof["root"] in html
    assert all(hashed in html for hashed in proof["proof"])
    assert "Proven" in words(html)
    sealed.connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    assert "Altered" in words(page(desk, "/audit/events/3"))


def test_an_event_that_is_not_sealed_yet_says_so(desk: Served, ticket: str) -> None:
    assert "Not sealed yet" in words(page(desk, "/audit/events/1"))
    assert ticket


@pytest.mark.parametrize("position", ["0", "99999", "-1", "x", "1" * 30, "1.0"])
def test_a_position_that_the_history_lacks_is_not_found(desk: Served, position: str) -> None:
    html = page(desk, f"/audit/events/{position}", status=404)
    assert "Leaf" not in words(html)
    assert 'role="alert"' in html


def test_an_event_is_not_found_before_it_was_known(desk: Served, sealed: SealedDesk) -> None:
    page(desk, "/audit/events/3?known_at=2020-01-01", status=404)
    assert sealed


# Proofs.


def test_the_proofs_are_those_of_the_api(desk: Served, sealed: SealedDesk) -> None:
    html = page(desk, "/audit/proofs")
    (events,) = [log for log in desk.get("/v1/proofs").json()["logs"] if log["log"] == "events"]
    assert events["root"] in html
    assert f"positions 1 to {events['size']}" in words(html)
    assert all(key in html for key in sealed.public())
    assert verifier().digest in html
    assert "python verify.py bundle.zip --key key.txt" in html


def test_earlier_checkpoints_are_listed_and_two_are_compared(
    desk: Served, sealed: SealedDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "SHOWN", 2)
    for _ in range(3):
        desk.receive()
        sealed.seal()
    sizes = [size for (size,) in sealed.connection.execute(
        "select size from tenant_default.checkpoints where log = 'events' order by size desc"
    )]  # fmt: skip
    listed, address = list[int](), "/audit/proofs"
    while address:
        html = page(desk, address.replace("&amp;", "&"))
        listed += [int(size) for size in re.findall(r'href="/audit/proofs\?[^"]*old=(\d+)', html)]
        address = next(iter(re.findall(r'rel="next" href="([^"]+)"', html)), "")
    assert listed == sizes
    html = page(desk, f"/audit/proofs?old={sizes[-1]}&new={sizes[0]}")
    assert f"The tree of {sizes[0]} positions begins with that of {sizes[-1]}." in words(html)
    beyond = f"/audit/proofs?old=1&new={sizes[0] + 1}"
    assert "No checkpoint of the log events has" in words(page(desk, beyond))
    assert "Không có điểm niêm phong nào của nhật ký events" in words(page(desk, beyond, {"Accept-Language": "vi"}))


def test_checkpoints_of_the_past_are_those_that_were_signed_by_then(desk: Served, sealed: SealedDesk) -> None:
    assert "Nothing is sealed" in words(page(desk, "/audit/proofs?known_at=2020-01-01"))
    assert sealed


def test_the_check_of_doctor_runs_when_it_is_asked_for(desk: Served, sealed: SealedDesk) -> None:
    assert "Nothing found" not in words(page(desk, "/audit/proofs"))
    assert "Every sealed row is as it was sealed" in words(page(desk, "/audit/proofs?check=true"))
    sealed.connection.execute("update tenant_default.events set state = state || ' ' where position = 3")
    assert "the row at position 3 is not the one that was sealed" in words(page(desk, "/audit/proofs?check=true"))


@pytest.mark.usefixtures("sealed")
def test_a_check_ends_after_its_time_and_says_how_far_it_came(desk: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proof_check, "MOST_SECONDS", -1.0)
    html = words(page(desk, "/audit/proofs?check=true"))
    assert "Not all was read" in html
    assert "Run doctor --proofs for the rest" in html


# The access journal, and who may see what.


def test_the_access_journal_says_who_looked_at_what(desk: Served, ticket: str) -> None:
    desk.get(f"/v1/tickets/{ticket}")
    desk.get("/v1/audit")
    desk.container.journal.flush()
    html = page(desk, f"/audit/access?ticket={ticket}")
    assert "GET /v1/tickets/{ticket_id}" in html
    assert f'href="/tickets/{ticket}"' in html
    assert "GET /v1/audit" not in html
    assert "đọc" in page(desk, "/audit/access?action=read", VIETNAMESE)
    desk.container.journal.flush()
    assert "GET /audit/access" in page(desk, "/audit/access?action=journal_read")
    assert "GET /audit/access" not in page(desk, "/audit/access?action=journal_read&known_at=2020-01-01")


def test_each_page_needs_its_scope(desk: Served) -> None:
    auditor = desk.as_key(make_key(desk.dsn, "audit", actor="auditor"))
    html = page(auditor, "/audit")
    assert "/audit/access" not in html
    page(auditor, "/audit/access", status=403)
    page(auditor, "/audit/bundle?log=access", status=403)
    reader = desk.as_key(make_key(desk.dsn, "read", actor="reader"))
    for address in ("/audit", "/audit/proofs", "/audit/events/1", "/audit/access", "/audit/bundle"):
        page(reader, address, status=403)
    assert 'href="/audit"' not in page(reader, "/desk")


# The bundle.


@pytest.mark.usefixtures("sealed")
def test_the_form_downloads_the_bundle_of_its_period_and_filter(desk: Served) -> None:
    html = page(desk, "/audit?actor=minh")
    assert '<input type="hidden" name="actor" value="minh">' in html
    answer = desk.get("/audit/bundle?log=events&actor=minh&from=2020-01-01&to=")
    assert answer.status_code == 200, answer.text
    with zipfile.ZipFile(io.BytesIO(answer.content)) as bundle:
        manifest = json.loads(bundle.read("manifest.json"))
    assert (manifest["filters"], manifest["lines"]) == ({"actor": "minh"}, 1)
    assert manifest["period"] == {"from": "2019-12-31T17:00:00.000000+00:00", "to": None}


@pytest.mark.usefixtures("sealed")
def test_a_refused_bundle_is_a_page_that_says_why(desk: Served) -> None:
    html = page(desk, "/audit/bundle?from=2035-01-01", status=422)
    assert "Nothing was recorded from" in words(html)
    page(desk, "/audit/bundle?since=3", status=422)
