"""A search finds customers however their names and numbers are written, and tickets by their subjects."""

from collections.abc import Iterator
from uuid import UUID

import psycopg
import pytest

from domain.customer import events as c
from domain.ticket import events as t
from projections.customers.table import CUSTOMERS
from projections.search.queries import customers_matching, tickets_matching
from projections.search.table import LONGEST_TERM, SEARCH
from projections.search.words import search_form
from projections.tickets.table import TICKETS
from tests.support.audit_entries import customer_history
from tests.support.events import OTHER_TICKET, TICKET, at, history, received
from tests.support.filled import SCHEMA, filled

LAN, LAN_ANH, MULLER, ACME = (UUID(int=1000 + number) for number in range(4))


@pytest.fixture
def searchable(database_url: str) -> Iterator[psycopg.Connection]:
    """Four customers, of whom Lan Anh was merged into Lan, and two tickets."""
    lan = customer_history(
        c.CustomerRegistered(name="Nguyễn Thị Lan", tier="gold", external_reference="KH-0001"),
        c.AddressAdded(channel="phone", handle="0901 234 567", key="+84901234567", key_version=2),
        c.AddressAdded(channel="email", handle="Lan.Nguyen@example.com"),
        stream=LAN,
    )
    lan_anh = customer_history(c.CustomerRegistered(name="Trần Lan Anh"), c.CustomerMerged(into=LAN), stream=LAN_ANH)
    muller = customer_history(
        c.CustomerRegistered(name="Jürgen Müller"),
        c.AddressAdded(channel="phone", handle="+49 30 901820", key="+4930901820", key_version=2),
        c.CustomerDetailsChanged(name="Jürgen Schmidt"),
        stream=MULLER,
    )
    acme = customer_history(
        c.CustomerRegistered(name="ACME Việt Nam", party="organisation"),
        c.AddressAdded(channel="email", handle="info@acme.vn"),
        c.AddressAdded(channel="email", handle="old@former.vn"),
        c.AddressRemoved(channel="email", handle="old@former.vn"),
        stream=ACME,
    )
    otp = history(at(0, received(LAN, subject="Không nhận được mã OTP")), ticket=TICKET)
    bill = history(
        at(1, received(ACME, subject="Wrong invoice")),
        at(2, t.SubjectChanged(subject="Hóa đơn sai")),
        ticket=OTHER_TICKET,
        first_position=10,
    )
    with filled(database_url, [CUSTOMERS, SEARCH, TICKETS], lan, lan_anh, muller, acme, otp, bill) as connection:
        yield connection


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Nguyễn Thị Lan", [LAN]),
        ("nguyen thi lan", [LAN]),
        ("lan nguyen", [LAN]),
        ("thi ng", [LAN]),
        ("NGUYỄN", [LAN]),
        ("tran", [LAN]),
        ("lan", [LAN]),
        ("lann", []),
        ("0901234567", [LAN]),
        ("0901 2", [LAN]),
        ("+84 901", [LAN]),
        ("4567", [LAN]),
        ("901234567".translate({ord("0") + n: 0xFF10 + n for n in range(10)}), [LAN]),
        ("901820", [MULLER]),
        ("lan.nguyen@", [LAN]),
        ("acme.vn", [ACME]),
        ("@acme", [ACME]),
        ("viet", [ACME]),
        ("former.vn", []),
        ("muller", []),
        ("schmidt jurgen", [MULLER]),
        ("kh-0001", [LAN]),
        ("%", []),
        ("' | x:*", []),
        ("\U0010ffff", []),
        ("12", []),
    ],
)
def test_customers_are_found_by_what_people_type(
    searchable: psycopg.Connection, text: str, expected: list[UUID]
) -> None:
    hits = customers_matching(searchable, SCHEMA, text, limit=5, country_code=84)
    assert [hit.customer for hit in hits] == expected


def test_a_merged_customer_is_answered_with_the_survivor(searchable: psycopg.Connection) -> None:
    (hit,) = customers_matching(searchable, SCHEMA, "lan anh", limit=5)
    assert (hit.customer, hit.name, hit.found, hit.found_name) == (LAN, "Nguyễn Thị Lan", LAN_ANH, "Trần Lan Anh")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mã otp", [TICKET]),
        ("OTP khong", [TICKET]),
        ("hoa don", [OTHER_TICKET]),
        ("invoice", []),
        (str(TICKET), [TICKET]),
        ("' & !x", []),
        ("---", []),
    ],
)
def test_tickets_are_found_by_their_present_subject(
    searchable: psycopg.Connection, text: str, expected: list[UUID]
) -> None:
    assert [hit.ticket for hit in tickets_matching(searchable, SCHEMA, text, limit=5)] == expected


def test_the_search_form_has_neither_case_nor_accents() -> None:
    assert search_form("NGUYỄN  Đình Đức") == "nguyen dinh duc"
    assert search_form("Straße Ørsted") == "strasse orsted"


def test_terms_that_are_the_same_up_to_their_longest_length_are_one(database_url: str) -> None:
    """U+FDFA is 18 letters in its search form: a name of bounded length becomes a long one."""
    far = "a" * LONGEST_TERM
    customer = customer_history(
        c.CustomerRegistered(name="\ufdfa" * 100),
        c.AddressAdded(channel="email", handle=f"{far}.one@example.com"),
        c.AddressAdded(channel="email", handle=f"{far}.two@example.com"),
        stream=LAN,
    )
    with filled(database_url, [SEARCH], customer) as connection:
        rows = connection.execute(f"select term from {SCHEMA}.search_terms where customer = %s", [LAN]).fetchall()
    assert max(len(term) for (term,) in rows) == LONGEST_TERM
