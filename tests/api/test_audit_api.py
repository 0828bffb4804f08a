"""The audit history over HTTP: whose it is, by which conditions, and as a page."""

import pytest

from tests.support.html_pages import texts_of
from tests.support.serving import Served, make_key


def told(desk: Served) -> str:
    """A ticket with a note by lan and one by lan on behalf of minh."""
    ticket = desk.receive()
    gateway = desk.as_key(make_key(desk.dsn, actor="gateway", acts_for_others=True))
    desk.post(f"{ticket}/add-note", {"body": "Hóa đơn sai"})
    gateway.post(f"{ticket}/add-note", {"body": "a second note"}, headers={"On-Behalf-Of": "minh"})
    desk.follow()
    return ticket


def sentences(desk: Served, address: str) -> list[str]:
    answer = desk.get(address)
    assert answer.status_code == 200, answer.text
    return [entry["sentence"] for entry in answer.json()["entries"]]


def test_what_was_done_on_behalf_of_somebody_is_in_that_persons_history(desk: Served) -> None:
    told(desk)
    assert sentences(desk, "/v1/actors/minh/history") == ["gateway (on behalf of minh) added a note: a second note"]
    assert sentences(desk, "/v1/audit?actor=minh&language=vi") == [
        "gateway (thay mặt minh) thêm ghi chú: a second note"
    ]


def test_conditions_hold_together_on_every_history(desk: Served) -> None:
    ticket = told(desk)
    expected = ["lan added a note: Hóa đơn sai"]
    for address in (
        "/v1/audit?kind=ticket.note_added&actor=lan",
        "/v1/audit?text=hoa%20don",
        f"/v1/audit?ticket={ticket.rpartition('/')[2]}&text=sai",
        f"{ticket}/history?kind=ticket.note_added&text=hoa",
        "/v1/actors/lan/history?text=H%C3%93A",
    ):
        assert sentences(desk, address) == expected, address
    assert sentences(desk, f"{ticket}/history?text=nowhere") == []
    assert sentences(desk, "/v1/audit?kind=ticket.note_added&to=2020-01-01T00:00:00Z") == []
    assert len(sentences(desk, "/v1/audit?kind=ticket&from=2020-01-01T00:00:00Z&axis=recorded")) == 3


def test_each_entry_names_its_ticket_and_the_kind_of_its_stream(desk: Served) -> None:
    ticket = desk.receive(external_reference="INC7")
    desk.follow()
    (entry,) = desk.get("/v1/audit?kind=ticket.received").json()["entries"]
    assert (entry["stream_kind"], entry["ticket"], entry["ticket_number"]) == (
        "ticket", ticket.rpartition("/")[2], "INC7",
    )  # fmt: skip


@pytest.mark.parametrize(
    "wrong", ["kind=tickets", "text=x", "text=%00%00", "axis=known", "from=yesterday", "frm=2026-01-01T00:00:00Z"]
)
def test_a_condition_that_cannot_be_understood_is_refused(desk: Served, wrong: str) -> None:
    assert desk.get(f"/v1/audit?{wrong}").status_code == 422


def test_the_audit_history_needs_the_scope_audit(desk: Served) -> None:
    reading = desk.as_key(make_key(desk.dsn, "read"))
    assert reading.get("/v1/audit").status_code == reading.get("/v1/audit/page").status_code == 403


def test_pages_of_a_filtered_history_hold_each_entry_once(desk: Served) -> None:
    ticket = told(desk)
    seen, cursor = [], ""
    while cursor is not None:
        page = desk.get(f"/v1/audit?kind=ticket&limit=1{cursor and '&cursor=' + cursor}").json()
        seen += [entry["position"] for entry in page["entries"]]
        cursor = page["next"]
    assert seen == [entry["position"] for entry in desk.get(f"{ticket}/history").json()["entries"]]


def test_the_history_as_a_page_says_what_was_asked_and_that_it_goes_on(desk: Served) -> None:
    told(desk)
    page = desk.get("/v1/audit/page?kind=ticket&language=vi&zone=Asia/Ho_Chi_Minh&limit=2")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    text = " ".join(texts_of(page.text))
    assert "Nội dung hỏi loại: phiếu" in text
    assert "Còn tiếp sau vị trí" in text
    assert "lan thêm ghi chú: Hóa đơn sai" in text
    assert desk.get("/v1/audit/page?zone=Saigon").status_code == 422
