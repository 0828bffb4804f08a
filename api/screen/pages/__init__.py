"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import audit, customer, customers, desk, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, *audit.PAGES)
