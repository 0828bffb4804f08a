"""An erasure from the request to the certificate, on a real log."""

import pytest

from api.erasing.readings import certificate_of
from domain.customer import commands as c
from domain.event_log import reader
from domain.ids import new_id
from domain.refusal import Refusal
from domain.ticket import commands as t
from projections.engine.rebuild import compare
from projections.registry import PROJECTIONS
from tests.support.erasing import TENANT, Erasing, Person, texts_of


@pytest.mark.anyio
async def test_after_an_erasure_no_row_beside_the_log_holds_a_word_of_the_person(erasing: Erasing) -> None:
    person, other = Person("canary", 1), Person("neighbour", 2)
    await erasing.record(person, other)
    erasing.follower.catch_up()
    before = texts_of(erasing.connection)
    assert sum("canary" in text for text in before.values()) > 10
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    after = texts_of(erasing.connection)
    assert {name: text for name, text in after.items() if "canary" in text} == {}
    assert {name: text.count("neighbour") for name, text in after.items()} == {
        name: text.count("neighbour") for name, text in before.items()
    }
    assert {each.table for each in compare(erasing.url, TENANT, PROJECTIONS) if not each.same} == set()


async def erased(erasing: Erasing, person: Person) -> Person:
    """The person, recorded and erased."""
    await erasing.record(person)
    await erasing.approve(person.customer)
    await erasing.runner.run([person.customer])
    return person


@pytest.mark.anyio
async def test_an_erased_stream_takes_no_more_commands_and_no_new_stream_begins_for_it(erasing: Erasing) -> None:
    person = await erased(erasing, Person("canary", 1))
    late = t.ReceiveTicket(
        customer_id=person.customer, channel="zalo", subject="late", category="internet", priority="P2"
    )
    for stream, command in (
        (person.streams["ticket"], t.AddNote(body="late")),
        (person.customer, c.ChangeTier(tier="gold")),
        (person.streams["twin"], c.UndoCustomerMerge(into=person.customer, reason="late")),
        (new_id(), late),
    ):
        with pytest.raises(Refusal) as refused:
            await erasing.give(stream, command)
        assert refused.value.code == "erased"


@pytest.mark.anyio
async def test_a_member_of_an_erased_organisation_can_leave_it(erasing: Erasing) -> None:
    firm, member = new_id(), new_id()
    await erasing.give(firm, c.RegisterCustomer(name="canary", party="organisation"))
    await erasing.give(member, c.RegisterCustomer(name="Member"))
    await erasing.give(member, c.JoinOrganisation(organisation=firm))
    await erasing.approve(firm)
    await erasing.runner.run([firm])
    left = await erasing.give(member, c.LeaveOrganisation(organisation=firm))
    assert left.answer.events == 1


@pytest.mark.anyio
async def test_the_certificate_lists_tickets_that_were_given_to_another_customer(erasing: Erasing) -> None:
    former, present, ticket = new_id(), new_id(), new_id()
    await erasing.give(former, c.RegisterCustomer(name="Former"))
    await erasing.give(present, c.RegisterCustomer(name="Present"))
    received = t.ReceiveTicket(customer_id=former, channel="zalo", subject="s", category="internet", priority="P2")
    await erasing.give(ticket, received)
    await erasing.give(ticket, t.CorrectCustomer(customer_id=present, reason="wrong number"))
    for customer in (former, present):
        await erasing.approve(customer)
        await erasing.runner.run([customer])
    lists = [certificate_of(erasing.connection, TENANT, each) for each in (former, present)]
    assert [each and each.given_away for each in lists] == [[ticket], []]


@pytest.mark.anyio
async def test_the_same_telephone_number_comes_again_as_a_new_customer(erasing: Erasing) -> None:
    person = await erased(erasing, Person("canary", 1))
    again = new_id()
    await erasing.give(again, c.RegisterCustomer(name="An again"))
    await erasing.give(again, c.AddAddress(channel="phone", handle="+84900000001", trust="seen"))
    erasing.follower.catch_up()
    holders = erasing.connection.execute("select customer from tenant_default.customer_addresses").fetchall()
    assert holders == [(again,)]
    assert person.customer != again


@pytest.mark.anyio
async def test_another_persons_claim_on_a_shared_address_outlives_the_erasure(erasing: Erasing) -> None:
    first, second = new_id(), new_id()
    for customer in (first, second):
        await erasing.give(customer, c.RegisterCustomer(name="Shared"))
        await erasing.give(
            customer, c.AddAddress(channel="email", handle="family@example.vn", shared=True, trust="seen")
        )
    await erasing.approve(first)
    await erasing.runner.run([first])
    third = new_id()
    await erasing.give(third, c.RegisterCustomer(name="Third"))
    with pytest.raises(Refusal, match="is that of customer"):
        await erasing.give(third, c.AddAddress(channel="email", handle="family@example.vn", trust="seen"))
    readable = reader.streams(erasing.connection, TENANT, [second], 10**9)[second]
    assert readable[1].payload.handle == "family@example.vn"
