"""The addresses at which every page of the screen is tested."""

from api.screen.pages import PAGES
from tests.support.page_tests.desk_history import HOSTILE_NAMES, hostile_id

_TICKETS = [f"/tickets/{hostile_id(number, 'ticket')}" for number in range(len(HOSTILE_NAMES))]
_CUSTOMERS = [f"/customers/{hostile_id(number, 'customer')}" for number in range(len(HOSTILE_NAMES))]
WITH_PARAMETERS = {
    "/tickets/{ticket_id}": _TICKETS,
    "/customers/{customer_id}": _CUSTOMERS,
    "/audit/events/{position}": ["/audit/events/1", "/audit/events/40"],
}
"""The addresses of the pages whose path has parameters; the first one is tested most."""


def addresses(path: str) -> list[str]:
    """The addresses of a page: its path, or the examples of a path with parameters."""
    if "{" not in path:
        return [path]
    assert path in WITH_PARAMETERS, f"give an example of {path} in {__name__}"
    return WITH_PARAMETERS[path]


EVERY_PAGE = [addresses(page.path)[0] for page in PAGES]
"""One address of each page."""
EVERY_ADDRESS = [address for page in PAGES for address in addresses(page.path)]
