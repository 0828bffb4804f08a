"""A definition of health tested against outcomes: how many terms lapsed, by the band 90 days before their end."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from itertools import groupby
from typing import NamedTuple
from uuid import UUID

from domain.definitions.kind import InEffect
from domain.definitions.settings import settings_in_effect
from domain.event_log.sql_files import sql_file
from domain.health.definition import UNKNOWN, HealthDefinition
from domain.local_time import midnight, wall_instant
from domain.messages import Message
from domain.zones import zone_named
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import AT_ONCE, Definition, health_at

_SQL = sql_file("projections.health", "health.sql")
BEFORE_THE_END = timedelta(days=90)


class BandOutcome(Message):
    """The terms whose customer was in the band. ``share_lapsed`` is per cent of all that ended; None of no terms."""

    band: str
    terms: int
    renewed: int
    lapsed: int
    terminated: int
    share_lapsed: float | None


class EndedTerm(NamedTuple):
    """A term that was renewed, lapsed or terminated. ``ends_on`` is its last day as it was agreed."""

    contract: UUID
    term: int
    customer: UUID
    ends_on: date
    ended_as: str


class BandBeforeTheEnd(NamedTuple):
    """The band of the customer of a term. ``at`` is the local midnight 90 days before its end."""

    term: EndedTerm
    at: datetime
    band: str


def outcomes(
    source: Source, first: date, last: date, now: datetime, definition: Definition = None, most: int | None = None
) -> list[BandOutcome]:
    """The outcomes of the terms that end from ``first`` to ``last``, by band, the worst band first.

    Health is judged at the local midnight 90 days before the end, or ``now`` while that is still to come, by the
    definition that was in effect then or by the one given. Terms that nobody renewed or ended so far are left out.
    ``most`` bounds the terms that are judged.
    """
    counts: Counter[tuple[str, str]] = Counter()
    order: dict[str, None] = {}
    for judged, chosen in _judged(source, _ended_terms(source, first, last, most), definition, now):
        order |= dict.fromkeys(each.name for each in chosen.body.bands)
        counts[judged.band, judged.term.ended_as] += 1
    return [_outcome(band, counts) for band in [*order, UNKNOWN]]


def bands_before_the_end(source: Source, terms: Sequence[EndedTerm], now: datetime) -> Iterator[BandBeforeTheEnd]:
    """Each term with the band of its customer 90 days before the end, by the definition that was in effect then.

    It is the band ``now`` while that day is still to come. ``terms`` are in the order of their customers.
    """
    for judged, _ in _judged(source, terms, None, now):
        yield judged


def _judged(
    source: Source, terms: Sequence[EndedTerm], definition: Definition, now: datetime
) -> Iterator[tuple[BandBeforeTheEnd, InEffect[HealthDefinition]]]:
    """Each term with the band of its customer, and the definition that it is judged by."""
    for batch in _by_customers(terms):
        gathered = GatheredCustomers(source, {term.customer for term in batch})
        for term in batch:
            at = _instant(gathered, term.ends_on - BEFORE_THE_END)
            judged_at = min(at, now)
            chosen = definition or gathered.definition(judged_at)
            summary = gathered.summary(term.customer, judged_at)
            band = UNKNOWN if summary is None else health_at(gathered, summary, chosen).band
            yield BandBeforeTheEnd(term, at, band), chosen


def _outcome(band: str, counts: Counter[tuple[str, str]]) -> BandOutcome:
    renewed, lapsed, terminated = (counts[band, ended] for ended in ("renewed", "lapsed", "terminated"))
    terms = renewed + lapsed + terminated
    share = round(100 * lapsed / terms, 1) if terms else None
    return BandOutcome(
        band=band, terms=terms, renewed=renewed, lapsed=lapsed, terminated=terminated, share_lapsed=share
    )


def _instant(gathered: GatheredCustomers, day: date) -> datetime:
    noon = wall_instant(day, time(12), zone_named("UTC"))
    zone = zone_named(settings_in_effect(gathered.definitions, noon).zone)
    return midnight(day, zone)


def _ended_terms(source: Source, first: date, last: date, most: int | None) -> list[EndedTerm]:
    statement = _SQL["ended terms"].filled(schema=source.schema)
    parameters = {"first": first, "last": last, "limit": most}
    return [EndedTerm(*row) for row in source.connection.execute(statement, parameters).fetchall()]


def _by_customers(terms: Sequence[EndedTerm]) -> Iterator[list[EndedTerm]]:
    """The terms of AT_ONCE customers at a time."""
    batch: list[EndedTerm] = []
    for number, (_, of_customer) in enumerate(groupby(terms, key=lambda term: term.customer), start=1):
        batch.extend(of_customer)
        if number % AT_ONCE == 0:
            yield batch
            batch = []
    if batch:
        yield batch
