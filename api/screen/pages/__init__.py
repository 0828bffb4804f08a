"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import customer, customers, desk, keys, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, keys.PAGE)
from api.screen.pages import customer, customers, desk, ticket, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, ticket.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE)
from api.screen.pages import customer, customers, desk, timeline
from api.screen.pages.figures import every_figure, one_figure

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, every_figure.PAGE, one_figure.PAGE)
