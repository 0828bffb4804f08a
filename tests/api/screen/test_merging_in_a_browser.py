"""The preview of a merge in a real browser: accessible, and narrow with hostile names."""

from tests.support.page_tests.browser import NARROWEST, Pages
from tests.support.page_tests.desk_history import HOSTILE_NAMES, hostile_id
from tests.support.page_tests.looks import violations, wider_than_the_window

CUSTOMERS = [hostile_id(number, "customer") for number in range(len(HOSTILE_NAMES))]


def test_the_preview_of_a_merge_is_accessible_and_fits_a_narrow_window(pages: Pages) -> None:
    for customer, into in zip(CUSTOMERS, [*CUSTOMERS[1:], CUSTOMERS[0]], strict=True):
        page = pages.visit(f"/customers/{customer}/merge?into={into}", language="vi", width=NARROWEST)
        assert page.locator("table").is_visible()
        assert wider_than_the_window(page) == []
        assert violations(page) == []
