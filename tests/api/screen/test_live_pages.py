"""Open pages follow the log by themselves."""

from tests.support.page_tests.browser import Pages
from tests.support.page_tests.shown_desk import ShownDesk
from tests.support.serving import RECEIPT

SHOWN = "position => Number(document.getElementById('true-at').dataset.position) >= position"


def receive(desk: ShownDesk) -> int:
    """Records a ticket; its position."""
    customer = desk.get("/v1/customers?limit=1").json()["customers"][0]["customer"]
    answer = desk.post("/v1/tickets", RECEIPT | {"customer_id": customer})
    assert answer.status_code == 201, answer.text
    return int(answer.headers["ledger-position"])


def test_a_change_comes_to_an_open_page(pages: Pages, followed_desk: ShownDesk) -> None:
    page = pages.open("/desk")
    page.evaluate("window.same = true")
    position = receive(followed_desk)
    page.wait_for_function(SHOWN, arg=position)
    assert page.evaluate("window.same"), "the page was not loaded again"
