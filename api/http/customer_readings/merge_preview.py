"""What a merge would do, before it is recorded: what both customers are, what differs, what the survivor shows."""

from collections.abc import Iterator
from typing import Literal, NamedTuple, get_args
from uuid import UUID

from api.erasing.readings import erasures_of
from api.http.customer_readings.facts import FactsOf, facts_of
from api.http.customer_readings.profile import customers_in
from api.http.customer_readings.tickets import OpenAndPast, open_and_past_in
from api.http.read_session import ReadRequest, ReadSession
from domain.customer.commands import MergeCustomer
from domain.customer.facts.commands import ConsentPurpose
from domain.customer.merging import decide_customer_merge
from domain.customer.state import Customer, customer_of
from domain.event_log import reader as log_reader
from domain.refusal import Refusal
from projections.contracts.table import CONTRACTS
from projections.customers.facts.queries import permission_of
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.queries import Address, CustomerRow

MOST_TICKETS = 50
ConflictKind = Literal["tier", "party", "reference", "detail", "verified", "consent", "date"]
_ANSWERS = frozenset({"given", "withdrawn"})


class MergeSide(NamedTuple):
    """A customer of a merge with the records behind it, the survivor first."""

    customer: CustomerRow
    records: list[CustomerRow]
    tickets: OpenAndPast
    contracts: int

    @property
    def addresses(self) -> list[Address]:
        """The addresses of all records."""
        return [address for record in self.records for address in record.addresses]


class Conflict(NamedTuple):
    """What the two say otherwise. ``about`` names a field, a channel, a purpose or a date; None for a whole kind."""

    kind: ConflictKind
    about: str | None
    source: str
    target: str


class Afterwards(NamedTuple):
    """What the survivor shows right after the merge."""

    name: str | None
    tier: str | None
    addresses: int
    tickets: int
    open_tickets: int
    contracts: int


class MergePreview(NamedTuple):
    """``source`` ends and ``target`` goes on. ``refusal`` is the rule that forbids the merge; None when none does."""

    source: MergeSide
    target: MergeSide
    refusal: Refusal | None
    conflicts: list[Conflict]
    afterwards: Afterwards


def merge_preview(reader: ReadRequest, view: ReadSession, source: UUID, target: UUID) -> MergePreview:
    """The preview of a merge of ``source`` into ``target``. Raises Problem (not_found)."""
    ends, goes_on = facts_of(reader, view, source), facts_of(reader, view, target)
    absorbed, survivor = _side(ends), _side(goes_on)
    return MergePreview(
        source=absorbed,
        target=survivor,
        refusal=_refusal(reader, view, source, target),
        conflicts=[*_conflicts(ends, goes_on, absorbed, survivor)],
        afterwards=Afterwards(
            name=survivor.customer.name,
            tier=survivor.customer.tier,
            addresses=len(absorbed.addresses) + len(survivor.addresses),
            tickets=absorbed.tickets.summary.total + survivor.tickets.summary.total,
            open_tickets=absorbed.tickets.summary.open + survivor.tickets.summary.open,
            contracts=absorbed.contracts + survivor.contracts,
        ),
    )


def _side(facts: FactsOf) -> MergeSide:
    records = customers_in(facts)
    return MergeSide(records[0], records, open_and_past_in(facts, MOST_TICKETS), len(facts.all(CONTRACTS, "contracts")))


def _refusal(reader: ReadRequest, view: ReadSession, source: UUID, target: UUID) -> Refusal | None:
    """The refusal that the decider gives to the merge now."""
    erased = [each for each in erasures_of(view.connection, reader.tenant, [source, target]) if each.has_begun]
    if erased:
        return Refusal("erased", "the personal data of one of the two is erased", "erased")
    histories = log_reader.streams(view.connection, reader.tenant, [source, target], view.position)
    absorbed, survivor = (customer_of(histories.get(customer, ())) for customer in (source, target))
    return _decided(source, absorbed, target, survivor)


def _decided(source_id: UUID, source: Customer, target_id: UUID, target: Customer) -> Refusal | None:
    try:
        decide_customer_merge(MergeCustomer(into=target_id, reason="preview"), source_id, source, target)
    except Refusal as refusal:
        return refusal
    return None


def _conflicts(ends: FactsOf, goes_on: FactsOf, source: MergeSide, target: MergeSide) -> Iterator[Conflict]:
    absorbed, survivor = source.customer, target.customer
    if absorbed.tier != survivor.tier:
        yield Conflict("tier", None, absorbed.tier or "", survivor.tier or "")
    if absorbed.party != survivor.party:
        yield Conflict("party", None, absorbed.party, survivor.party)
    if (
        absorbed.external_reference
        and survivor.external_reference
        and absorbed.external_reference != survivor.external_reference
    ):
        yield Conflict("reference", None, absorbed.external_reference, survivor.external_reference)
    for field in sorted(absorbed.details.keys() & survivor.details.keys()):
        if absorbed.details[field] != survivor.details[field]:
            yield Conflict("detail", field, absorbed.details[field], survivor.details[field])
    yield from _verified(source, target)
    yield from _consents(ends, goes_on, source, target)
    yield from _dates(ends, goes_on)


def _verified(source: MergeSide, target: MergeSide) -> Iterator[Conflict]:
    """The channels on which both have proven addresses, and not the same ones. Both keep theirs."""
    proven = [_proven(side) for side in (source, target)]
    for channel in sorted(proven[0].keys() & proven[1].keys()):
        if proven[0][channel] != proven[1][channel]:
            yield Conflict("verified", channel, *(", ".join(sorted(each[channel])) for each in proven))


def _proven(side: MergeSide) -> dict[str, set[str]]:
    proven: dict[str, set[str]] = {}
    for address in side.addresses:
        if address.trust == "verified":
            proven.setdefault(address.channel, set()).add(address.handle)
    return proven


def _consents(ends: FactsOf, goes_on: FactsOf, source: MergeSide, target: MergeSide) -> Iterator[Conflict]:
    """The purposes of which the two have said the opposite on a channel. The later word counts after the merge."""
    channels = sorted({address.channel for side in (source, target) for address in side.addresses})
    consents = [facts.all(CUSTOMER_FACTS, "consents") for facts in (ends, goes_on)]
    for purpose in get_args(ConsentPurpose):
        for channel in channels:
            before, after = (permission_of(rows, purpose, channel, goes_on.today) for rows in consents)
            if {before.ground, after.ground} == _ANSWERS:
                yield Conflict("consent", purpose, before.ground, after.ground)
                break


def _dates(ends: FactsOf, goes_on: FactsOf) -> Iterator[Conflict]:
    """The dates of one name that fall on different days."""
    before, after = (
        {row["name"]: f"{row['day']:02d}/{row['month']:02d}" for row in facts.all(CUSTOMER_FACTS, "customer_dates")}
        for facts in (ends, goes_on)
    )
    for name in sorted(before.keys() & after.keys()):
        if before[name] != after[name]:
            yield Conflict("date", name, before[name], after[name])
