"""Facts that happen after the period of a report and speak of days before its end are among what explains it."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from uuid import UUID

import psycopg
import pytest

from domain.contract import commands as contract
from domain.customer import commands as customer
from domain.customer.facts import commands as fact
from domain.ids import new_id
from domain.messages import Command
from domain.usage.commands import RecordUsage
from projections.issued_reports.changes import changes_since
from projections.issued_reports.issuing import PackRequest
from projections.issued_reports.late_facts import late_facts
from tests.support.issued_reports import AFTERWARDS, issued, publish_pack
from tests.support.told import LONG_AGO, TENANT, Told

MARCH, APRIL = datetime(2026, 3, 20, 9, tzinfo=UTC), datetime(2026, 4, 10, 9, tzinfo=UTC)
_ITEMS = (fact.Item(name="box", total=5),)


class Customers:
    """Two customers, one with a purchase, and contracts of theirs; nothing of them happens in the period."""

    def __init__(self, desk: Told) -> None:
        self.desk, self.an, self.binh, self.signed = desk, desk.customer(), desk.customer(), new_id()
        bought = fact.RecordPurchase(
            purchase_id="1", items=_ITEMS, total=5, currency="VND", occurred_at=datetime(2026, 2, 1, tzinfo=UTC)
        )
        desk.send(self.an, bought)

    def signing(self, ends_on: date, starts_on: date = date(2026, 1, 5), at: datetime = LONG_AGO) -> Command:
        return contract.SignContract(
            number="1", customer_id=self.binh, starts_on=starts_on, ends_on=ends_on, value=5, currency="VND",
            occurred_at=at,
        )  # fmt: skip

    def sign(self, ends_on: date) -> None:
        self.desk.send(self.signed, self.signing(ends_on))


def _returned(who: Customers) -> tuple[UUID, Command]:
    return who.an, fact.ReturnPurchase(purchase_id="1", total=5, whole=True, occurred_at=APRIL)


def _used(who: Customers) -> tuple[UUID, Command]:
    return who.binh, RecordUsage(product="crm", metric="logins", day=date(2026, 3, 4), value=5, occurred_at=APRIL)


def _signed(who: Customers) -> tuple[UUID, Command]:
    return who.signed, who.signing(date(2026, 12, 31), date(2026, 3, 4), APRIL)


def _amended(who: Customers) -> tuple[UUID, Command]:
    who.sign(date(2026, 3, 5))
    return who.signed, contract.AmendContract(ends_on=date(2026, 6, 30), reason="longer", occurred_at=MARCH)


def _renewed(who: Customers) -> tuple[UUID, Command]:
    who.sign(date(2026, 2, 28))
    return who.signed, contract.RenewContract(months=3, occurred_at=MARCH)


def _terminated(who: Customers) -> tuple[UUID, Command]:
    who.sign(date(2026, 12, 31))
    return who.signed, contract.TerminateContract(on=date(2026, 3, 4), reason="moved", occurred_at=APRIL)


def _merged(who: Customers) -> tuple[UUID, Command]:
    who.sign(date(2026, 12, 31))
    return who.an, customer.MergeCustomer(into=who.binh, reason="the same", occurred_at=APRIL)


@pytest.mark.parametrize(
    ("figure", "later", "topic"),
    [
        ("retention", _returned, "customer.purchase_returned"),
        ("retention", _used, "usage.recorded"),
        ("retention", _signed, "contract.signed"),
        ("renewal", _amended, "contract.amended"),
        ("retention", _renewed, "contract.renewed"),
        ("retention", _terminated, "contract.terminated"),
        ("retention", _merged, "customer.merged"),
    ],
)
def test_what_is_told_afterwards_of_earlier_days_is_named_and_nothing_else_is(
    desk: Told,
    connection: psycopg.Connection,
    figure: str,
    later: Callable[[Customers], tuple[UUID, Command]],
    topic: str,
) -> None:
    who = Customers(desk)
    publish_pack(desk, figure)
    stream, command = later(who)
    desk.follow()
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    desk.send(who.binh, fact.AnswerNps(score=9, occurred_at=APRIL))
    desk.send(stream, command)
    since = changes_since(connection, TENANT, issue, AFTERWARDS)
    assert {each.figure for each in since.differences} == {figure}
    assert [each.topic for each in since.late.facts] == [topic]


def test_what_speaks_of_later_days_is_no_late_fact(desk: Told, connection: psycopg.Connection) -> None:
    """Of a merge that is undone alone, its customers were there."""
    who, cam, next_term, renewed = Customers(desk), desk.customer(), new_id(), new_id()
    newcomers = [new_id(), new_id()]
    bought = fact.RecordPurchase(purchase_id="2", items=_ITEMS, total=5, currency="VND", occurred_at=MARCH)
    before: list[tuple[UUID, Command]] = [
        (who.signed, who.signing(date(2026, 12, 31))),
        (renewed, who.signing(date(2026, 12, 31))),
        (next_term, who.signing(date(2026, 12, 31), date(2026, 4, 1))),
        (who.an, bought),
        (cam, customer.MergeCustomer(into=who.binh, reason="the same", occurred_at=MARCH)),
        *((each, customer.RegisterCustomer(name="New", occurred_at=MARCH)) for each in newcomers),
    ]
    for stream, command in before:
        desk.send(stream, command)
    publish_pack(desk, "retention")
    desk.follow()
    issue = issued(desk, connection, PackRequest("own", "2026-W10", "UTC"))
    later: list[tuple[UUID, Command]] = [
        (who.binh, RecordUsage(product="crm", metric="logins", day=date(2026, 3, 9), value=5, occurred_at=APRIL)),
        (who.signed, contract.TerminateContract(on=date(2026, 4, 30), reason="moved", occurred_at=APRIL)),
        (renewed, contract.RenewContract(months=3, occurred_at=APRIL)),
        (next_term, contract.AmendContract(ends_on=date(2027, 6, 30), reason="longer", occurred_at=APRIL)),
        (who.an, fact.ReturnPurchase(purchase_id="2", total=5, whole=True, occurred_at=APRIL)),
        (newcomers[0], customer.MergeCustomer(into=newcomers[1], reason="the same", occurred_at=APRIL)),
        (cam, customer.UndoCustomerMerge(into=who.binh, reason="another", occurred_at=APRIL)),
    ]
    for stream, command in later:
        assert desk.send(stream, command)
    desk.follow()
    late = late_facts(connection, "tenant_default", issue.facts.position, issue.period, AFTERWARDS, ())
    assert [each.topic for each in late.facts] == ["customer.merge_undone"]
