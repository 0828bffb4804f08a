"""The pages beside the table: forms of their own, signing in, the past, and what says that something is not there."""

import pytest

from tests.support.page_tests.addresses import WITH_PARAMETERS
from tests.support.page_tests.browser import NARROWEST, Pages
from tests.support.page_tests.looks import violations, wider_than_the_window

_TICKET, _CUSTOMER = (WITH_PARAMETERS[path][0] for path in ("/tickets/{ticket_id}", "/customers/{customer_id}"))
_OPEN_TICKET = WITH_PARAMETERS["/tickets/{ticket_id}"][-1]
FORMS = [
    "/tickets/new",
    "/customers/new",
    f"{_OPEN_TICKET}/assign",
    f"{_OPEN_TICKET}/merge",
    f"{_OPEN_TICKET}/put-on-hold",
    f"{_CUSTOMER}/merge",
    f"{_CUSTOMER}/add-address",
    f"{_OPEN_TICKET}/add-note",
]
OTHERS = {
    "/automation/stop": 200,
    f"{_TICKET}/assign": 200,
    "/sign-in": 200,
    "/desk?as_of=2026-11-28&known_at=2026-11-29": 200,
    "/customers?q=nguyen": 200,
    "/tickets/00000000-0000-0000-0000-00000000ffff": 404,
    "/desk?nothing=1": 422,
    "/nothing": 404,
}


@pytest.mark.parametrize("address", [*FORMS, *OTHERS])
def test_a_page_beside_the_table_is_accessible_and_narrow(pages: Pages, address: str) -> None:
    """On the page of a form every field has a label, and the form a button."""
    pages.expect(OTHERS.get(address, 200))
    page = pages.visit(address, language="vi", theme="dark", width=NARROWEST)
    assert page.locator("h1").is_visible()
    assert violations(page) == []
    assert wider_than_the_window(page) == []
    if address in FORMS:
        form = page.locator("main form").last
        fields = form.locator("input:not([type=hidden]), select, textarea")
        assert (
            fields.evaluate_all("fields => fields.filter(field => !field.labels.length).map(field => field.name)") == []
        )
        assert form.locator("button").count() >= 1
