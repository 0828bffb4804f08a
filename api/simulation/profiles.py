"""The facts of simulated customers beside their tickets."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from api.simulation.customers import Person
from api.simulation.phrases import ORGANISATIONS, PRODUCTS, ROLES
from api.simulation.schedule import ZONE
from api.simulation.ticket_life import DISPATCH, ScenarioStep
from domain.contract.commands import RenewContract, SignContract
from domain.contract.term_days import last_day_of_grace
from domain.customer import commands as c
from domain.customer.facts import commands as f
from domain.local_time import local_day
from domain.messages import Command
from domain.usage.commands import RecordUsage

StreamOf = Callable[[str], UUID]
"""The stream of a name that is unique at the desk."""


class Profiles:
    """Makes up the profiles of a desk's customers. ``name`` is that of the desk.

    The numbers of the steps of tickets do not depend on them: each step has an id of its own.
    """

    def __init__(self, name: str, stream_of: StreamOf) -> None:
        self._name = name
        self._stream_of = stream_of
        self._organisations: set[UUID] = set()

    def of(self, customer: Person, registered: Sequence[ScenarioStep]) -> list[ScenarioStep]:
        """The steps of a new customer's profile; ``registered`` are those of the registration."""
        chance = Random(f"{self._name}/profile/{customer.stream}")
        at = registered[0].at
        facts = [*self._facts(chance, customer), *self._agreements(chance, customer, at)]
        facts += [*self._organisation(chance, customer), *self._duplicate(chance, customer)]
        facts += [*_verification(chance, registered), *self._older_contract(chance, customer, at)]
        return [
            ScenarioStep(at + later, stream, command, DISPATCH, customer.channel, f"{customer.stream}/{number}")
            for number, (later, stream, command) in enumerate(facts)
        ]

    def _facts(self, chance: Random, customer: Person) -> Iterator[tuple[timedelta, UUID, Command]]:
        if chance.random() < 0.6:
            consent = f.GiveConsent(purpose=chance.choice(("marketing", "survey")), evidence="Biểu mẫu đăng ký")
            yield timedelta(minutes=3), customer.stream, consent
        if chance.random() < 0.4:
            birthday = f.RecordDate(name="birthday", day=chance.randrange(1, 29), month=chance.randrange(1, 13))
            yield timedelta(minutes=4), customer.stream, birthday
        for number in range(chance.choice((0, 0, 1, 1, 2, 3))):
            item = f.Item(name=chance.choice(PRODUCTS), total=chance.randrange(2, 80) * 100_000)
            purchase = f.RecordPurchase(
                purchase_id=f"DH-{customer.stream.hex[:8]}-{number}", items=(item,), total=item.total, currency="VND"
            )
            yield timedelta(days=number * 3, hours=chance.randrange(1, 60)), customer.stream, purchase
        if chance.random() < 0.3:
            score = chance.choice((10, 10, 9, 9, 8, 8, 7, 6, 4, 1))
            yield timedelta(days=chance.randrange(2, 15)), customer.stream, f.AnswerNps(score=score, wave="chăm sóc")

    def _agreements(self, chance: Random, customer: Person, at: datetime) -> Iterator[tuple[timedelta, UUID, Command]]:
        if chance.random() >= 0.12:
            return
        first = local_day(at, ZONE)
        contract = SignContract(
            number=f"HD-{customer.stream.hex[:8]}",
            customer_id=customer.stream,
            starts_on=first,
            ends_on=first + timedelta(days=364),
            value=chance.randrange(5, 90) * 1_000_000,
            currency="VND",
            auto_renews=chance.random() < 0.5,
        )
        yield timedelta(hours=1), self._stream_of(f"contract/{customer.stream}"), contract
        for day in range(1, 8):
            used = RecordUsage(
                product="app", metric="logins", day=first + timedelta(days=day), value=chance.randrange(1, 40)
            )
            yield timedelta(days=day + 1), customer.stream, used

    def _older_contract(
        self, chance: Random, customer: Person, at: datetime
    ) -> Iterator[tuple[timedelta, UUID, Command]]:
        """Some customers bring a contract that ends soon or has lapsed; some renew theirs or are won back."""
        if chance.random() >= 0.04:
            return
        today = local_day(at, ZONE)
        ends_on = today + timedelta(days=chance.randrange(-60, 120))
        stream = self._stream_of(f"older contract/{customer.stream}")
        signing = SignContract(
            number=f"HC-{customer.stream.hex[:8]}",
            customer_id=customer.stream,
            starts_on=ends_on - timedelta(days=364),
            ends_on=ends_on,
            value=chance.randrange(5, 90) * 1_000_000,
            currency="VND",
        )
        yield timedelta(hours=1), stream, signing
        later = timedelta(days=chance.randrange(2, 7))
        if chance.random() < 0.5:
            return
        if today + later <= last_day_of_grace(ends_on):
            yield later, stream, RenewContract(months=12)
        else:
            again = {
                "number": f"HM-{customer.stream.hex[:8]}",
                "starts_on": today + later,
                "ends_on": today + later + timedelta(days=364),
                "wins_back": stream,
            }
            yield later, self._stream_of(f"new contract/{customer.stream}"), signing.model_copy(update=again)

    def _organisation(self, chance: Random, customer: Person) -> Iterator[tuple[timedelta, UUID, Command]]:
        if chance.random() >= 0.15:
            return
        name = chance.choice(ORGANISATIONS)
        organisation = self._stream_of(f"organisation/{name}")
        if organisation not in self._organisations:
            self._organisations.add(organisation)
            yield timedelta(), organisation, c.RegisterCustomer(name=name, party="organisation", tier="gold")
        joining = c.JoinOrganisation(organisation=organisation, role=chance.choice(ROLES), main=True)
        yield timedelta(minutes=5), customer.stream, joining

    def _duplicate(self, chance: Random, customer: Person) -> Iterator[tuple[timedelta, UUID, Command]]:
        """Some customers are registered twice; an agent merges the two."""
        if chance.random() >= 0.04:
            return
        again = self._stream_of(f"duplicate/{customer.stream}")
        yield timedelta(hours=2), again, c.RegisterCustomer(name=customer.name)
        address = c.AddAddress(channel="email", handle=f"{again.hex[:12]}@example.vn", trust="seen")
        yield timedelta(hours=2), again, address
        merge = c.MergeCustomer(into=customer.stream, reason="Cùng một khách hàng")
        yield timedelta(hours=chance.randrange(3, 72)), again, merge


def _verification(chance: Random, registered: Sequence[ScenarioStep]) -> Iterator[tuple[timedelta, UUID, Command]]:
    """Some customers prove that their first address is theirs by a code."""
    added = next(step for step in registered if isinstance(step.command, c.AddAddress))
    if chance.random() < 0.3 and isinstance(added.command, c.AddAddress):
        verified = c.VerifyAddress(channel=added.command.channel, handle=added.command.handle, method="code")
        yield timedelta(minutes=6), added.stream, verified
