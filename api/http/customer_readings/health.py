"""The health and the segments of one customer."""

from collections.abc import Sequence
from typing import NamedTuple
from uuid import UUID

from api.http.problems import Problem, unknown_id
from api.http.read_session import ReadRequest, ReadSession
from domain.definitions.kinds import SEGMENT
from domain.definitions.overview import overview
from domain.envelope import RecordedEvent
from domain.event_log import reader as log_reader
from domain.health.explain_text import health_as_text
from domain.health.health import Health
from domain.health.summary import CustomerSummary
from domain.readable import Language
from domain.segment.definition import SegmentDefinition
from domain.zones import TimeZone
from projections.health.gather import GatheredCustomers, Source
from projections.health.readings import Definition, health_at, health_version, in_segment


class HealthOfCustomer(NamedTuple):
    """``text`` explains the health in sentences, a sentence a line."""

    health: Health
    text: str


def source_of(reader: ReadRequest, view: ReadSession) -> Source:
    """Where a reading gathers customers from: what was known by its position and by ``known_at``."""
    up_to = view.position
    if reader.known_at is not None:
        up_to = min(up_to, log_reader.position_at(view.connection, reader.tenant, reader.known_at))
    return Source(view.connection, reader.tenant, view.schema, up_to)


def summary_of_customer(gathered: GatheredCustomers, customer: UUID, view: ReadSession) -> CustomerSummary:
    """The summary of the survivor at the instant of the reading. Raises Problem (not_found)."""
    summary = gathered.summary(customer, view.now)
    if summary is None:
        raise unknown_id("no customer")
    return summary


def health_of(
    gathered: GatheredCustomers,
    summary: CustomerSummary,
    language: Language,
    zone: TimeZone,
    version: int | None = None,
) -> HealthOfCustomer:
    """The health with its arithmetic, by a version of the definition, else by the one in effect.

    Raises Problem (not_found) for an unknown version.
    """
    judged = health_at(gathered, summary, numbered_health_version(gathered.definitions, version))
    return HealthOfCustomer(judged, health_as_text(judged, language, zone))


def segments_of(gathered: GatheredCustomers, summary: CustomerSummary) -> list[str]:
    """The names of the segments in effect that the customer is in, by name."""
    return [
        segment.name
        for segment in overview(gathered.definitions, summary.at, SEGMENT.name)
        if in_segment(SegmentDefinition.model_validate(segment.body), summary, lambda: health_at(gathered, summary))
    ]


def numbered_health_version(events: Sequence[RecordedEvent], number: int | None) -> Definition:
    """The version of that number; None for none. Raises Problem (not_found)."""
    if number is None:
        return None
    try:
        return health_version(events, number)
    except LookupError as error:
        raise Problem("not_found", str(error)) from None
