"""The page of an organisation shows its members, now and at an instant."""

from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served


def test_an_organisation_shows_its_members_in_the_order_of_the_alphabet(desk: Served) -> None:
    company = desk.post("/v1/customers", {"name": "Công ty Sao", "party": "organisation"}).json()["id"]
    for name in ("Đỗ Ân", "Đỗ An", "Dương Bá", "Đỗ Ăn"):
        person = desk.post("/v1/customers", {"name": name}).json()["id"]
        assert desk.post(f"/v1/customers/{person}/join-organisation", {"organisation": company}).status_code == 200
    desk.follow()
    page = panel_texts(signed_in(desk).get(f"/customers/{company}", {"Accept-Language": "en"}).text)["who"]
    members = page[page.index("Members (4)") :]
    assert sorted(("Đỗ Ân", "Đỗ An", "Dương Bá", "Đỗ Ăn"), key=members.index) == ["Dương Bá", "Đỗ An", "Đỗ Ăn", "Đỗ Ân"]


def test_an_organisation_had_its_members_at_an_instant_and_those_who_left_since_are_among_them(desk: Served) -> None:
    early = "2026-03-01T08:00:00Z"
    company = desk.post("/v1/customers", {"name": "Công ty Sao", "party": "organisation", "occurred_at": early}).json()[
        "id"
    ]
    for name, joined, left in (("Stays", "02", None), ("Left", "02", "10"), ("Came later", "12", None)):
        person = desk.post("/v1/customers", {"name": name, "occurred_at": early}).json()["id"]
        steps = [("join", joined), *([("leave", left)] if left else [])]
        for step, day_ in steps:
            body = {"organisation": company, "occurred_at": f"2026-03-{day_}T08:00:00Z"}
            assert desk.post(f"/v1/customers/{person}/{step}-organisation", body).status_code == 200
    desk.follow()
    browser = signed_in(desk)

    def members(query: str) -> list[bool]:
        page = panel_texts(browser.get(f"/customers/{company}{query}", {"Accept-Language": "en"}).text)["who"]
        return [name in page for name in ("Stays", "Left", "Came later")]

    assert members("") == [True, False, True]
    assert members("?as_of=2026-03-05") == [True, True, False]
    assert members("?as_of=2026-03-11") == [True, False, False]
