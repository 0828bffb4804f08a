"""The page of an erased person shows that it is erased and when; nothing that the person gave is on it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.key_store.setup import KEY_FILE, URL
from tests.support.command_line import Run
from tests.support.key_stores import encrypt, key_store
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served, make_key, serving

TENANT = "default"


@pytest.fixture
def encrypted_desk(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Served]:
    """A desk whose log is encrypted."""
    with key_store(database_url, tmp_path) as store:
        encrypt(database_url, TENANT, store)
        monkeypatch.setenv(URL, store.url)
        monkeypatch.setenv(KEY_FILE, str(store.key_file))
        with serving(database_url, key=make_key(database_url)) as desk:
            yield desk


def registered(desk: Served) -> str:
    customer = str(desk.post("/v1/customers", {"name": "Canary An", "external_reference": "Canary-1"}).json()["id"])
    told(desk, f"/v1/customers/{customer}/add-address", channel="email", handle="canary@example.vn")
    told(desk, f"/v1/customers/{customer}/add-note", about="care", body="Canary note")
    told(desk, f"/v1/customers/{customer}/give-consent", purpose="care", evidence="Canary form")
    told(desk, f"/v1/customers/{customer}/answer-nps", score=9, comment="Canary praise")
    item = {"name": "Canary box", "total": 5}
    told(desk, f"/v1/customers/{customer}/record-purchase", purchase_id="1", items=[item], total=5, currency="VND")
    desk.receive(customer_id=customer, subject="Canary subject")
    return customer


def told(desk: Served, address: str, **fields: Any) -> None:
    answer = desk.post(address, fields)
    assert answer.status_code == 200, answer.text


def test_an_erased_person_is_shown_as_erased_with_the_instant(encrypted_desk: Served, run: Run) -> None:
    desk = encrypted_desk
    customer = registered(desk)
    for step, words in {
        "request": ("--basis", "Điều 14", "--through", "email"), "verify": ("--how", "called back"), "approve": (),
    }.items():  # fmt: skip
        actor = "mai" if step == "approve" else "lan"
        assert run("erasure", step, customer, *words, "--actor", actor).code == 0
    desk.follow()
    assert run("erasure", "run", "--rewrite").code == 0
    desk.follow()
    browser = signed_in(desk)
    certified = desk.get(f"/v1/erasures/{customer}").json()["steps"][-1]["at"]
    for language, erased, sentence in (
        ("en", "[erased]", "The personal data of this customer was erased on"),
        ("vi", "[đã xóa]", "Dữ liệu cá nhân của khách hàng này đã xóa lúc"),
    ):
        for path in (
            f"/customers/{customer}",
            f"/customers/{customer}/timeline",
            f"/customers/{customer}?as_of=2027-01-01",
        ):
            answer = browser.get(path, {"Accept-Language": language})
            assert answer.status_code == 200, answer.text
            assert "anary" not in answer.text
            assert erased in answer.text
        page = panel_texts(browser.get(f"/customers/{customer}", {"Accept-Language": language}).text)
        assert sentence in page["who"]
        assert erased in page["notes"]
        assert certified[:19].replace("+00:00", "") in browser.get(f"/customers/{customer}").text
    for path in ("/desk", "/tickets", "/work", "/audit"):
        shown = browser.get(path, {"Accept-Language": "vi"})
        assert shown.status_code == 200
        assert "[erased]" not in shown.text
    assert (
        "erased and certified"
        in panel_texts(browser.get(f"/customers/{customer}", {"Accept-Language": "en"}).text)["erasure"]
    )
    shown_page = browser.get(f"/customers/{customer}").text
    assert f"/erasures/{customer}/" not in shown_page
    assert f'href="/customers/{customer}/certificate"' in shown_page
    letter = browser.get(f"/customers/{customer}/certificate", {"Accept-Language": "vi"})
    assert letter.status_code == 200
    assert "Dữ liệu còn lại và lý do" in letter.text
    assert "anary" not in letter.text
    unknown = "00000000-0000-4000-8000-000000000001"
    assert browser.get(f"/customers/{unknown}/certificate").status_code == 404


def test_the_steps_of_an_erasure_are_given_by_forms_and_need_the_scope_of_each(encrypted_desk: Served) -> None:
    desk = encrypted_desk
    customer = registered(desk)
    desk.follow()
    writing = signed_in(desk, make_key(desk.dsn, "customers:write", "read"))
    admin = signed_in(desk, make_key(desk.dsn, "admin", actor="mai"))
    reading = signed_in(desk, make_key(desk.dsn, "read"))
    page, of = f"/customers/{customer}", f"/erasures/{customer}"
    assert f'href="{of}/request?customer_id={customer}"' in writing.get(page).text
    assert f"{of}/hold" not in writing.get(page).text
    assert f"{of}/hold" in admin.get(page).text
    assert of not in reading.get(page).text
    answer = writing.submit(
        f"{of}/request", customer_id=customer, law="gdpr", legal_basis="Article 17", through="email"
    )
    assert (answer.status_code, answer.headers["location"].partition("?")[0]) == (303, page)
    held = admin.submit(f"{of}/hold", customer_id=customer, hold="Case 7", why="the court asks")
    assert held.status_code == 303, held.text
    assert writing.submit(f"{of}/hold", customer_id=customer, hold="Case 8", why="x").status_code == 403
    desk.follow()
    shown = panel_texts(reading.get(page, {"Accept-Language": "en"}).text)["erasure"]
    assert "requested" in shown
    assert "Case 7: the court asks" in shown
    assert "Erase by" in shown
    form = writing.get(f"{of}/withdraw").text
    assert 'name="expected_version" value="2"' in form
    stale = writing.submit(f"{of}/withdraw", {"Accept-Language": "en"}, why="wants to stay", expected_version="1")
    assert stale.status_code == 412
    assert "Case 7" in stale.text
    assert writing.submit(f"{of}/withdraw", why="wants to stay", expected_version="2").status_code == 303
