"""The organisation of a person at any instant, and how memberships begin, change and end."""

from datetime import datetime, timedelta
from itertools import permutations
from uuid import UUID

import pytest

from domain.command_handling.customer_stream import CustomerStream, evolve
from domain.customer import commands as c
from domain.customer import events as e
from domain.customer.joining import decide_joining, decide_leaving
from domain.customer.memberships import memberships_at, organisation_at
from domain.customer.state import Customer
from domain.messages import Event
from domain.refusal import Refusal
from tests.support.events import Fact, at, in_turn, instant

ACME, BETA = UUID(int=1), UUID(int=2)
PERSON = e.CustomerRegistered(name="Lan")
FIRM = e.CustomerRegistered(name="ACME", party="organisation")
JOIN = c.JoinOrganisation(organisation=ACME, role="buyer")


def customer(*happened: Event | Fact) -> Customer:
    stream = CustomerStream()
    for fact in in_turn(happened):
        stream = evolve(stream, fact.payload, fact.occurred_at)
    return stream.customer


def joined(organisation: UUID, role: str | None = None, *, main: bool = False) -> e.CustomerJoined:
    return e.CustomerJoined(organisation=organisation, role=role, main=main)


def left(organisation: UUID) -> e.CustomerLeft:
    return e.CustomerLeft(organisation=organisation)


def organisation(person: Customer, minute: float) -> UUID | None:
    return organisation_at(person.memberships, instant(minute))


def test_the_only_organisation_is_the_one_from_joining_until_leaving() -> None:
    person = customer(at(0, PERSON), at(5, joined(ACME)), at(9, left(ACME)))
    assert [organisation(person, minute) for minute in (4.9, 5, 8.9, 9)] == [None, ACME, ACME, None]


def test_a_mail_sent_before_the_person_left_yesterday_belongs_to_the_organisation_of_then() -> None:
    day = 24 * 60
    person = customer(at(0, PERSON), at(5, joined(ACME)), at(10 * day, left(ACME)))
    assert organisation(person, 10 * day - 60) == ACME
    assert organisation(person, 11 * day) is None


def test_another_role_leaves_the_beginning_of_a_membership() -> None:
    person = customer(at(0, PERSON), at(1, joined(ACME, "buyer")), at(5, joined(ACME, "director")))
    (membership,) = memberships_at(person.memberships)
    assert (membership.role, membership.since) == ("director", instant(1))


def test_of_two_organisations_the_main_one_counts_and_without_a_main_one_none() -> None:
    both = customer(at(0, PERSON), at(1, joined(ACME)), at(2, joined(BETA)), at(3, joined(BETA, main=True)))
    assert [organisation(both, minute) for minute in (1, 2, 3)] == [ACME, None, BETA]


def test_a_new_main_membership_takes_the_place_of_the_old_one() -> None:
    person = customer(at(0, PERSON), at(1, joined(ACME, main=True)), at(2, joined(BETA, main=True)))
    held = memberships_at(person.memberships, instant(2))
    assert [(membership.organisation, membership.main) for membership in held] == [(ACME, False), (BETA, True)]


def test_late_facts_give_the_memberships_of_their_order_in_the_world() -> None:
    facts = [at(1, joined(ACME)), at(3, left(ACME)), at(4, joined(BETA)), at(6, joined(ACME, main=True))]
    for recorded in permutations(facts):
        person = customer(at(0, PERSON), *recorded)
        assert [organisation(person, minute) for minute in range(8)] == [None, ACME, ACME, None, BETA, BETA, ACME, ACME]


def decided(person: Customer, command: c.JoinOrganisation, when: datetime) -> list[e.CustomerEvent]:
    return decide_joining(command, person, customer(FIRM), when)


def test_joining_acts_changes_the_role_and_stays_quiet_when_it_is_so_already() -> None:
    person = customer(at(0, PERSON), at(5, joined(ACME, "buyer")))
    assert decided(customer(PERSON), JOIN, instant(5)) == [joined(ACME, "buyer")]
    assert decided(person, JOIN, instant(5)) == []
    assert decided(person, JOIN, instant(5) - timedelta(seconds=1)) == [joined(ACME, "buyer")]
    assert decided(person, JOIN.model_copy(update={"role": "head"}), instant(7)) == [joined(ACME, "head")]


def test_leaving_acts_for_a_member_and_stays_quiet_for_others() -> None:
    leave = c.LeaveOrganisation(organisation=ACME)
    person = customer(at(0, PERSON), at(5, joined(ACME, "buyer")))
    assert decide_leaving(leave, person, instant(6)) == [left(ACME)]
    assert decide_leaving(leave, person, instant(4)) == []


@pytest.mark.parametrize(
    ("person", "firm", "code"),
    [
        (customer(), customer(FIRM), "customer_unknown"),
        (customer(FIRM), customer(FIRM), "not_a_person"),
        (customer(PERSON), customer(), "organisation_unknown"),
        (customer(PERSON), customer(PERSON), "organisation_unknown"),
        (customer(PERSON), customer(FIRM, e.CustomerMerged(into=BETA)), "customer_merged"),
        (customer(PERSON, e.CustomerMerged(into=BETA)), customer(FIRM), "customer_merged"),
    ],
)
def test_a_membership_is_of_a_person_in_an_organisation(person: Customer, firm: Customer, code: str) -> None:
    with pytest.raises(Refusal) as refused:
        decide_joining(JOIN, person, firm, instant(0))
    assert refused.value.code == code
    assert refused.value.ids == ({"merged_into": BETA} if code == "customer_merged" else {})
