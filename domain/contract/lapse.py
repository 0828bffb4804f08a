"""When the newest term of a contract lapses, and whether that is to be recorded."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple

from domain.contract import events as e
from domain.contract.state import contract_of
from domain.contract.term_days import lapses_on
from domain.envelope import RecordedEvent
from domain.local_time import midnight
from domain.zones import UTC_ZONE, TimeZone

_OF_TERMS = (e.ContractSigned, e.ContractAmended, e.ContractRenewed)


class Lapse(NamedTuple):
    """Term ``term`` lapses ``at``, when the day after its grace begins."""

    term: int
    at: datetime


def lapse_of(history: Sequence[RecordedEvent], zone_at: Callable[[datetime], TimeZone]) -> Lapse | None:
    """The lapse that is recorded if nothing happens before; None when none is. ``zone_at`` says the tenant's zone.

    Of a term that an import recorded after its lapse, another system recorded the lapse.
    """
    contract = contract_of(history)
    if contract.state != "running" or contract.term is None:
        return None
    day = lapses_on(contract.term.ends_on)
    at = midnight(day, zone_at(midnight(day, UTC_ZONE)))
    stated = next(event for event in reversed(history) if isinstance(event.payload, _OF_TERMS))
    if stated.is_imported and stated.recorded_at >= at:
        return None
    return Lapse(contract.term.number, at)
