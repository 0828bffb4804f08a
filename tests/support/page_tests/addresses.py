"""The addresses at which every page of the screen is tested."""

from collections.abc import Sequence
from uuid import UUID

from api.screen.pages import PAGES
from tests.support.page_tests.access_and_proofs import OF_TESTS
from tests.support.page_tests.desk_history import HOSTILE_NAMES, NOTIFICATION, PROCEDURE, REPORT, hostile_id


def _of(what: str, recorded: Sequence[int]) -> list[str]:
    """The addresses of recorded streams, of which the first one has seen most, and of those with hostile names."""
    hostile = [hostile_id(number, what) for number in range(len(HOSTILE_NAMES))]
    return [f"/{what}s/{stream}" for stream in (*(UUID(int=number) for number in recorded), *hostile)]


_TICKETS = _of("ticket", [0x1389, 0x3D01, 0x138A, 0xE7A02])
_CUSTOMERS = _of("customer", [0x2500, 0x2600, 0x3A01, 0xE7A01])
_REPORT = f"/reports/{REPORT}"
WITH_PARAMETERS = {
    "/tickets/{ticket_id}": _TICKETS,
    "/customers/{customer_id}": _CUSTOMERS,
    "/customers/{customer_id}/timeline": [f"{address}/timeline" for address in _CUSTOMERS],
    "/procedures/{procedure_id}": [f"/procedures/{PROCEDURE}"],
    "/notifications/{notification_id}": [f"/notifications/{NOTIFICATION}"],
    "/customers/{customer_id}/health": [f"{_CUSTOMERS[0]}/health"],
    "/figures/{name}": ["/figures/sla-late", "/figures/fcr?every=day", "/figures/on-time?by=team"],
    "/reports/{report_id}": [_REPORT],
    "/reports/{report_id}/verification": [f"{_REPORT}/verification"],
    "/reports/{report_id}/changes": [f"{_REPORT}/changes"],
    "/rules/{kind}/{name}": ["/rules/automation/birthday", "/rules/procedure/complaint", "/rules/workforce/tenant"],
    "/audit/access": [f"/audit/access?action={OF_TESTS}", "/audit/access"],
    "/audit/events/{position}": ["/audit/events/300", "/audit/events/1"],
    "/audit/proofs": ["/audit/proofs?old=300", "/audit/proofs?log=access&check=true"],
}
"""The addresses of the pages whose path has parameters; the first one is tested most."""

WITHOUT_EXAMPLE = [page.path for page in PAGES if "{" in page.path and page.path not in WITH_PARAMETERS]


def addresses(path: str) -> list[str]:
    """The addresses of a page: its path, or the examples of a path with parameters."""
    return WITH_PARAMETERS.get(path, [path])


TESTED = [page for page in PAGES if page.path not in WITHOUT_EXAMPLE]
EVERY_PAGE = [addresses(page.path)[0] for page in TESTED]
"""One address of each page."""
EVERY_ADDRESS = [address for page in TESTED for address in addresses(page.path)]
OF_SOMETHING = [address for page in TESTED if "{" in page.path for address in addresses(page.path)]
"""The addresses whose path has a parameter: what it names may not be there yet at a past instant."""
