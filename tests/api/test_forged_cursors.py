"""A cursor whose number no row can have is refused before the database sees it."""

from api.http.paging import cursor_of
from tests.support.serving import CUSTOMER, Served

AT = "2026-03-05T09:00:00Z"
PAGES = [
    ("/v1/issued-reports?", [AT, CUSTOMER]),
    ("/v1/work?agent=lan&", [AT, CUSTOMER]),
    (f"/v1/files?owner={CUSTOMER}&", [AT, CUSTOMER]),
    (f"/v1/customers/{CUSTOMER}/notes?", [AT, CUSTOMER]),
    ("/v1/reports/backlog/crossings?", [AT, CUSTOMER]),
    ("/v1/reports/sla/clocks?target=resolution&part=open&", [AT, CUSTOMER, "resolution"]),
]


def test_a_forged_number_is_refused_and_leaves_no_error_in_the_log_of_the_database(desk: Served) -> None:
    desk.follow()
    for address, key in PAGES:
        kept = desk.get(f"{address}cursor={cursor_of([*key, 1])}")
        assert kept.status_code == 200, kept.text
        for number in (2**31, 10**20, -1):
            forged = desk.get(f"{address}cursor={cursor_of([*key, number])}")
            assert forged.status_code == 422, address
            assert [each["field"] for each in forged.json()["errors"]] == ["cursor"], address
