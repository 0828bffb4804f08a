"""Lists of notifications and procedures call customers and tickets by the names that the API has."""

from html import unescape
from typing import Any

import pytest

from api.terminal_text import escaped
from tests.support.page_tests.page_text import panel_texts
from tests.support.page_tests.shown_desk import ShownDesk


def answered(desk: ShownDesk, path: str, **parameters: Any) -> Any:
    answer = desk.get(f"/v1{path}", params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def shown(desk: ShownDesk, path: str) -> str:
    answer = desk.get(f"{path}?panel=listed", headers={"Accept-Language": "vi"})
    assert answer.status_code == 200, answer.text
    return unescape(panel_texts(answer.text)["listed"])


def named(desk: ShownDesk, path: str, name: str) -> str:
    """The name of what the address has; of what was never recorded, or has no name, the end of its id."""
    answer = desk.get(f"/v1{path}")
    return words((answer.json()[name] if answer.status_code == 200 else None) or path[-12:])


def words(text: str) -> str:
    return " ".join(escaped(text).split())


def test_notifications_name_the_customer_and_the_ticket(shown_desk: ShownDesk) -> None:
    text = shown(shown_desk, "/notifications")
    listed = answered(shown_desk, "/notifications", limit=50)["notifications"]
    to_customers = [each for each in listed if each["to_kind"] == "customer"]
    about_tickets = [each for each in listed if each["about_kind"] == "ticket"]
    assert to_customers
    assert about_tickets
    for each in to_customers:
        assert named(shown_desk, f"/customers/{each['customer']}", "name") in text
    for each in about_tickets:
        assert named(shown_desk, f"/tickets/{each['about']}", "subject") in text


def test_procedures_name_the_customer_that_they_are_about(shown_desk: ShownDesk) -> None:
    text = shown(shown_desk, "/procedures")
    listed = answered(shown_desk, "/procedures", limit=50)["procedures"]
    about_customers = [each for each in listed if each["subject_kind"] == "customer"]
    assert about_customers
    for each in about_customers:
        assert named(shown_desk, f"/customers/{each['subject']}", "name") in text


@pytest.mark.parametrize(("language", "title"), [("vi", "Chăm sóc sau bán hàng"), ("en", "After sale")])
def test_procedures_are_chosen_by_their_titles(shown_desk: ShownDesk, language: str, title: str) -> None:
    page = shown_desk.get("/procedures", headers={"Accept-Language": language}).text
    assert f'<option value="after-sale">{title}</option>' in page
