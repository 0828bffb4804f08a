"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import customer, customers, desk, ticket, tickets, timeline, work

PAGES: tuple[Page, ...] = (
    desk.PAGE,
    tickets.PAGE,
    ticket.PAGE,
    work.PAGE,
    customers.PAGE,
    customer.PAGE,
    timeline.PAGE,
)
