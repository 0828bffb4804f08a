"""A definition of health tested against outcomes: how many terms lapsed, by the band 90 days before their end."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from uuid import UUID

from domain.definitions.kind import InEffect
from domain.definitions.kinds import HEALTH
from domain.definitions.published import definition_in_effect
from domain.definitions.settings import settings_in_effect
from domain.envelope import RecordedEvent
from domain.event_log import reader
from domain.event_log.sql_files import sql_file
from domain.health.definition import UNKNOWN, HealthDefinition
from domain.health.measures import READ_BY_MEASURES
from domain.health.summary import CustomerSummary
from domain.local_time import midnight, wall_instant
from domain.messages import Message
from domain.zones import zone_named
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import AT_ONCE, Definition, OfHealth, judged_at
from projections.health.settled import CustomerMoment, SettledCustomers, batched_by_customer, in_batches

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

    It is the band ``now`` while that day is still to come.
    """
    for judged, _ in _judged(source, terms, None, now):
        yield judged


def _judged(
    source: Source, terms: Sequence[EndedTerm], definition: Definition, now: datetime
) -> Iterator[tuple[BandBeforeTheEnd, InEffect[HealthDefinition]]]:
    """Each term with the band of its customer, and the definition that it is judged by."""
    definitions = reader.definitions(source.connection, source.tenant, source.up_to)
    instants = {day: _instant(definitions, day - BEFORE_THE_END) for day in {term.ends_on for term in terms}}
    moments = [CustomerMoment(term.customer, min(instants[term.ends_on], now)) for term in terms]
    bands = dict(_bands(source, moments, definition))
    for term, moment in zip(terms, moments, strict=True):
        chosen = definition or definition_in_effect(definitions, HEALTH, moment.at)
        yield BandBeforeTheEnd(term, instants[term.ends_on], bands[moment]), chosen


def _bands(
    source: Source, moments: Collection[CustomerMoment], definition: Definition
) -> Iterator[tuple[CustomerMoment, str]]:
    """The band of each customer at its instant: by rows where it is settled, else from the log."""
    unsettled = set(moments) if source.rows is None else set[CustomerMoment]()
    for some in in_batches(set(moments) - unsettled):
        settled = SettledCustomers(source, some, READ_BY_MEASURES)
        unsettled |= settled.unsettled
        yield from ((each, _band(settled, settled.summary(each), definition)) for each in set(some) - settled.unsettled)
    for batch in batched_by_customer(unsettled, AT_ONCE):
        gathered = GatheredCustomers(source, {moment.customer for moment in batch})
        yield from ((each, _band(gathered, gathered.summary(*each), definition)) for each in batch)


def _band(known: OfHealth, summary: CustomerSummary | None, definition: Definition) -> str:
    return UNKNOWN if summary is None else judged_at(known, summary, definition).band


def _outcome(band: str, counts: Counter[tuple[str, str]]) -> BandOutcome:
    renewed, lapsed, terminated = (counts[band, ended] for ended in ("renewed", "lapsed", "terminated"))
    terms = renewed + lapsed + terminated
    share = round(100 * lapsed / terms, 1) if terms else None
    return BandOutcome(
        band=band, terms=terms, renewed=renewed, lapsed=lapsed, terminated=terminated, share_lapsed=share
    )


def _instant(definitions: Sequence[RecordedEvent], day: date) -> datetime:
    noon = wall_instant(day, time(12), zone_named("UTC"))
    return midnight(day, zone_named(settings_in_effect(definitions, noon).zone))


def _ended_terms(source: Source, first: date, last: date, most: int | None) -> list[EndedTerm]:
    statement = _SQL["ended terms"].filled(schema=source.schema)
    parameters = {"first": first, "last": last, "limit": most}
    return [EndedTerm(*row) for row in source.connection.execute(statement, parameters).fetchall()]
