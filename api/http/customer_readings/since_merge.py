"""What was recorded on the survivor since a customer was merged, as entries with sentences."""

from typing import Any, NamedTuple
from uuid import UUID

from api.http.customer_readings.timeline import described
from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, ReadSession
from domain.readable import Language
from domain.zones import TimeZone
from projections.customers.during_merge import RecordedMeanwhile, recorded_meanwhile
from projections.customers.same_survivor import same_survivor
from projections.timeline.queries import entries_at


class SinceMerge(NamedTuple):
    """``recorded`` stays on the survivor after an undoing; ``entries`` say it in sentences."""

    recorded: list[RecordedMeanwhile]
    entries: list[dict[str, Any]]


def since_merge(reader: ReadRequest, view: ReadSession, customer: UUID) -> list[RecordedMeanwhile]:
    """From the last merge of the customer until its undoing, or until now; nothing without a merge.

    Raises Problem (not_found) for an unknown customer.
    """
    recorded = recorded_meanwhile(view.connection, reader.tenant, customer, view.position)
    if not recorded and not same_survivor(view.connection, view.schema, customer):
        raise unknown_id("no customer")
    return recorded


def since_merge_in_words(
    reader: ReadRequest, view: ReadSession, customer: UUID, language: Language, zone: TimeZone
) -> SinceMerge:
    """The same with sentences. Raises Problem (not_found)."""
    recorded = since_merge(reader, view, customer)
    entries = entries_at(view.connection, view.schema, [each.position for each in recorded])
    readable = [described(entry, language, zone=zone) | {"text": None} for entry in entries]
    return SinceMerge(recorded, readable)
