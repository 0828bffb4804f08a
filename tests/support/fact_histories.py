"""Histories of customers' facts and of contracts that hypothesis draws: any events in any order."""

from collections.abc import Sequence
from typing import Any, get_args
from uuid import UUID

from hypothesis import strategies as st

from domain.contract import events as contract_events
from domain.customer.events import CustomerRegistered
from domain.customer.facts.events import CustomerFact
from domain.envelope import RecordedEvent
from domain.messages import Event
from tests.support.arbitrary import messages
from tests.support.events import CUSTOMER, at, history

LAN = CustomerRegistered(name="Lan")
SIGNATURES = messages([contract_events.ContractSigned])
_LATER_OF_CONTRACTS = messages(
    [kind for kind in get_args(contract_events.ContractEvent) if kind is not contract_events.ContractSigned]
)
_minutes = st.integers(0, 9)


@st.composite
def fact_histories(draw: st.DrawFn, customer: UUID = CUSTOMER, max_size: int = 12) -> list[RecordedEvent]:
    """A registered customer's facts, some of them told late."""
    facts: Sequence[tuple[float, Event]] = draw(
        st.lists(st.tuples(_minutes, messages(get_args(CustomerFact))), max_size=max_size)
    )
    return _recorded([(0, LAN), *facts], customer)


@st.composite
def contract_histories(draw: st.DrawFn, contract: UUID, max_size: int = 8) -> list[RecordedEvent]:
    """A contract: signed first, then anything."""
    later = draw(st.lists(st.tuples(_minutes, _LATER_OF_CONTRACTS), max_size=max_size))
    return _recorded([(0, draw(SIGNATURES)), *later], contract)


def _recorded(facts: Sequence[tuple[Any, Event]], stream: UUID) -> list[RecordedEvent]:
    return history(
        *(at(minute, payload, recorded=10 + number) for number, (minute, payload) in enumerate(facts)), ticket=stream
    )
