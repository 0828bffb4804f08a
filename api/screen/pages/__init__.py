"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import desk, ticket

PAGES: tuple[Page, ...] = (desk.PAGE, ticket.PAGE)
