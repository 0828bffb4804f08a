"""The pages of the screen, in the order of the menu."""

from api.screen.page import Page
from api.screen.pages import customer, customers, desk, keys, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, keys.PAGE)
from api.screen.pages import customer, customers, desk, ticket, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, ticket.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE)
from api.screen.pages import customer, customers, desk, timeline
from api.screen.pages.figures import every_figure, one_figure

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, every_figure.PAGE, one_figure.PAGE)
from api.screen.pages import customer, customers, desk, notifications, procedures, timeline
from api.screen.pages.reports import examined, issued, report
from api.screen.pages.rules import automation, overview, versions

PAGES: tuple[Page, ...] = (
    desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, issued.LIST, report.PAGE, examined.VERIFICATION,
    examined.CHANGES, overview.PAGE, versions.PAGE, automation.PAGE, procedures.LIST, procedures.ONE,
    notifications.LIST, notifications.ONE,
)  # fmt: skip
from api.screen.pages import audit, customer, customers, desk, timeline

PAGES: tuple[Page, ...] = (desk.PAGE, customers.PAGE, customer.PAGE, timeline.PAGE, *audit.PAGES)
