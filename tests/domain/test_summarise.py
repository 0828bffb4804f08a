"""The summary of one person over the streams of several customers, against plain loops over the same events."""

from datetime import date, datetime, timedelta
from unicodedata import normalize
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from domain.customer import events as e
from domain.envelope import RecordedEvent
from domain.health.summarise import Histories, summarise
from domain.messages import Event
from domain.usage.events import UsageRecorded
from domain.zones import zone_named
from tests.support.events import CUSTOMER, OTHER_CUSTOMER, START, at, history

HANOI = zone_named("Asia/Ho_Chi_Minh")
TODAY, LATER = date(2026, 3, 2), START + timedelta(minutes=50)
ACME, BRAVO = UUID(int=51), UUID(int=52)
CHANGES: list[Event] = [
    *(e.CustomerJoined(organisation=organisation, role="buyer", main=False) for organisation in (ACME, BRAVO)),
    *(e.CustomerLeft(organisation=organisation) for organisation in (ACME, BRAVO)),
]


def of(customer: UUID, *facts: tuple[int, Event]) -> list[RecordedEvent]:
    events = [at(minute, payload, recorded=60 + number) for number, (minute, payload) in enumerate(facts)]
    return history(at(0, e.CustomerRegistered(name="Lan")), *events, ticket=customer)


def plain_organisations(histories: list[list[RecordedEvent]], instant: datetime) -> set[UUID]:
    """For each customer and organisation, the change that happened last says whether the one is in the other."""
    member = set()
    for events in histories:
        for organisation in (ACME, BRAVO):
            last = None
            for event in events:
                about = getattr(event.payload, "organisation", None) == organisation
                if about and event.occurred_at <= instant and (last is None or event.occurred_at >= last.occurred_at):
                    last = event
            if last is not None and isinstance(last.payload, e.CustomerJoined):
                member.add(organisation)
    return member


_changes = st.lists(st.tuples(st.integers(1, 9), st.sampled_from(CHANGES)), max_size=6)


@given(_changes, _changes)
def test_a_person_is_in_the_organisations_of_each_customer_that_was_merged(
    own: list[tuple[int, Event]], others: list[tuple[int, Event]]
) -> None:
    histories = [of(CUSTOMER, *own), of(OTHER_CUSTOMER, *others)]
    summary = summarise(CUSTOMER, Histories(histories), LATER, HANOI)
    assert summary.organisations == plain_organisations(histories, LATER)


def test_a_person_who_left_an_organisation_as_one_customer_may_still_be_in_it_as_the_other() -> None:
    joined, _, left, _ = CHANGES
    histories = [of(CUSTOMER, (1, joined)), of(OTHER_CUSTOMER, (2, joined), (3, left))]
    assert summarise(CUSTOMER, Histories(histories), LATER, HANOI).organisations == {ACME}


def test_a_tier_that_was_told_late_counts_up_to_the_next_one() -> None:
    silver, gold = e.TierChanged(tier="silver"), e.TierChanged(tier="gold")
    assert summarise(CUSTOMER, Histories([of(CUSTOMER, (5, silver), (3, gold))]), LATER, HANOI).tier == "silver"


def test_the_usage_of_one_product_is_summed_whatever_its_spelling() -> None:
    first, again = "Kho hàng", normalize("NFD", "Kho  hàng")
    histories = [
        history(at(1, UsageRecorded(customer_id=CUSTOMER, product=product, metric="m", day=TODAY, value=3)))
        for product in (first, again)
    ]
    (used,) = summarise(CUSTOMER, Histories([of(CUSTOMER)], usage=histories), LATER, HANOI).usage
    assert (used.product, used.value) == (first, 6)
