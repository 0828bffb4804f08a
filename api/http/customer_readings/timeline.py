"""The timeline of a customer with its sentences, page by page."""

from collections.abc import Collection, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from pydantic.dataclasses import dataclass

from api.http.read_session import ReadRequest, ReadSession
from domain.readable import Language
from domain.zones import TimeZone
from projections.audit.names import names_of_entries
from projections.audit.queries import AuditEntry
from projections.audit.sentences import NAMELESS, sentence
from projections.customers.family import family_of
from projections.engine.table import column_names
from projections.notifications.texts import NotificationText, texts_of
from projections.timeline.kinds import KIND_OF, Kind
from projections.timeline.queries import Order, TimelineEntry, TimelineKey, timeline


@dataclass(slots=True)
class DescribedTimelineEntry(AuditEntry):
    """An entry with its kind and its sentence. ``text`` is that of a notification, rendered again."""

    kind: Kind
    sentence: str
    text: NotificationText | None = None


class TimelineOfCustomer(NamedTuple):
    """``survivor`` is the customer that merges left, ``absorbed`` those merged into it; the entries are those of all.

    ``following`` continues behind the last entry; None when that was all.
    """

    survivor: UUID
    absorbed: list[UUID]
    entries: list[dict[str, Any]]
    following: TimelineKey | None


def timeline_of(
    reader: ReadRequest,
    view: ReadSession,
    customer: UUID,
    language: Language,
    *,
    kinds: Collection[Kind] = (),
    order: Order = "oldest",
    after: TimelineKey | None = None,
    limit: int = 100,
    zone: TimeZone | None = None,
) -> TimelineOfCustomer:
    """A page of the timeline, now or at the instants of the reading. An unknown customer has no entries.

    With a ``zone`` sentences have its times, and names of customers and tickets; else instants and ids.
    """
    family = family_of(view.connection, view.schema, customer, **reader.instants)
    page = timeline(
        view.connection,
        view.schema,
        family.members,
        kinds=kinds,
        order=order,
        after=after,
        limit=limit,
        **reader.instants,
    )
    notified = {entry.stream for entry in page.entries if KIND_OF[entry.topic] == "notification"}
    names = (
        NAMELESS if zone is None else names_of_entries(view.connection, reader.tenant, page.entries, **reader.instants)
    )
    texts = texts_of(view.connection, reader.tenant, notified, view.position)
    entries = [
        described(entry, language, zone=zone, names=names) | {"text": texts.get(entry.stream)} for entry in page.entries
    ]
    return TimelineOfCustomer(
        survivor=family.survivor, absorbed=family.absorbed, entries=entries, following=page.following
    )


def described(
    entry: TimelineEntry,
    language: Language,
    *,
    zone: TimeZone | None = None,
    names: Mapping[str, str] = NAMELESS,
) -> dict[str, Any]:
    """The fields of a DescribedTimelineEntry."""
    fields: dict[str, Any] = {name: getattr(entry, name) for name in _FIELDS}
    text = sentence(entry, language, zone=zone, names=names)
    return fields | {"kind": KIND_OF[entry.topic], "sentence": text}


_FIELDS = column_names(TimelineEntry)
