"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import (
    audit,
    customer,
    customers,
    desk,
    keys,
    notifications,
    procedures,
    ticket,
    tickets,
    timeline,
    work,
)
from api.screen.pages.customer import health
from api.screen.pages.figures import every_figure, one_figure
from api.screen.pages.reports import issued, report, verification
from api.screen.pages.rules import automation, overview, versions

PAGES: tuple[Page, ...] = (
    desk.PAGE,
    tickets.PAGE,
    ticket.PAGE,
    work.PAGE,
    customers.PAGE,
    customer.PAGE,
    health.PAGE,
    timeline.PAGE,
    procedures.LIST,
    procedures.PROCEDURE_PAGE,
    notifications.LIST,
    notifications.NOTIFICATION_PAGE,
    every_figure.PAGE,
    one_figure.PAGE,
    issued.LIST,
    report.PAGE,
    verification.VERIFICATION,
    verification.CHANGES,
    overview.PAGE,
    versions.PAGE,
    automation.PAGE,
    *audit.PAGES,
    keys.PAGE,
)
