"""The panel of renewals on the desk."""

from datetime import datetime, timedelta

from api.screen.figures.presentation import ShownCell, ShownTable
from api.screen.pages.desk.renewals import of_ended_terms
from domain.zones import zone_named
from projections.figures.figure import FigureRow
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.signed_in import signed_in
from tests.support.serving import Served

ENGLISH = {"Accept-Language": "en"}


def test_what_was_renewed_is_a_part_of_what_ends_soon(desk: Served) -> None:
    customer = desk.post("/v1/customers", {"name": "Lan"}).json()["id"]
    today = datetime.now(zone_named("Asia/Ho_Chi_Minh")).date()
    for number, renewed in enumerate((False, True, True)):
        contract = {
            "customer_id": customer, "number": str(number), "value": 9, "currency": "VND",
            "starts_on": str(today - timedelta(days=30)), "ends_on": str(today + timedelta(days=30)),
        }  # fmt: skip
        signed = desk.post("/v1/contracts", contract)
        assert signed.status_code == 201, signed.text
        if renewed:
            answer = desk.post(f"/v1/contracts/{signed.json()['id']}/renew", {"months": 12})
            assert answer.status_code == 200, answer.text
    desk.follow()
    panel = panel_texts(signed_in(desk).get("/desk", ENGLISH).text)["renewals"]
    assert "End within 90 days 3 Of these renewed already 2" in panel


def test_a_band_whose_terms_are_all_open_has_no_row() -> None:
    open_alone = FigureRow(None, {"band": None}, None, 0, 0, {}, 0, 0, {"open": 2})
    ended = FigureRow(None, {"band": "green"}, 0.5, 1, 2, {}, 2, 0, {"open": 0})
    table = ShownTable([], [], [[ShownCell("none")], [ShownCell("green")]], [])
    assert of_ended_terms(table, [open_alone, ended]).rows == [[ShownCell("green")]]
