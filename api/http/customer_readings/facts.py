"""The facts of a customer and of all who are merged with it: their kinds, and their rows at any instant."""

from collections.abc import Callable, Collection, Mapping
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from api.http.problems import unknown_id
from api.http.read_session import ReadRequest, ReadSession
from domain.local_time import local_day
from domain.zones import TimeZone
from projections.contracts.queries import ContractRow
from projections.contracts.table import CONTRACTS
from projections.customers.facts import readings
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.owned_rows import OwnedKey, Values, newest_of_each, owned_rows, owned_rows_as_they_were
from projections.customers.same_survivor import same_survivor, same_survivor_as_it_was
from projections.engine.projection import Projection
from projections.engine.table import Table, column_names
from projections.feedback.table import FEEDBACK, FeedbackRow
from projections.files.table import FILES, FileRow
from projections.point_in_time.readings import rows_of_streams_as_they_were
from projections.scope.filters import MOST
from projections.scope.tenant_settings import tenant_zone


class FactReading(NamedTuple):
    """The facts of one kind: the last word of their address, their table, and how a row is shown."""

    word: str
    summary: str
    projection: Projection
    table: str
    model: Any
    show: Callable[[Values, date, TimeZone], object]


def _of(word: str, summary: str, model: type[readings.ShownFact], table: str | None = None) -> FactReading:
    return FactReading(word, summary, CUSTOMER_FACTS, table or word.replace("-", "_"), model, model.of)


READINGS = (
    _of("purchases", "The purchases of a customer", readings.PurchaseRow),
    _of("offers", "The offers to a customer", readings.OfferRow),
    _of("nps-answers", "A customer's answers to NPS surveys", readings.NpsRow),
    _of("check-ins", "The check-ins with a customer", readings.CheckInRow),
    _of("notes", "The internal notes about a customer", readings.NoteRow, "customer_notes"),
    _of("consents", "What a customer said about consent", readings.ConsentRow),
    _of("activities", "The external activities of a customer", readings.ActivityRow),
    FactReading("contracts", "The contracts of a customer", CONTRACTS, "contracts", ContractRow, ContractRow.of),
    FactReading(
        "feedback",
        "The feedback of a customer",
        FEEDBACK,
        "feedback",
        FeedbackRow,
        lambda row, *_: FeedbackRow(**{name: row[name] for name in column_names(FeedbackRow)}),
    ),
    FactReading(
        "files", "The files of a customer and their contracts", FILES, "files", FileRow, lambda row, *_: FileRow(**row)
    ),
)
_BY_WORD = {reading.word: reading for reading in READINGS}


class FactsOf(NamedTuple):
    """The customers of a reading, the survivor first, and how to read what belongs to them."""

    reader: ReadRequest
    view: ReadSession
    customers: list[UUID]
    zone: TimeZone

    @property
    def today(self) -> date:
        """The local day of the reading."""
        return local_day(self.view.now, self.zone)

    def all(self, projection: Projection, table: str) -> list[Values]:
        """All rows, the newest first."""
        if not self.reader.is_point_in_time:
            return self._all_now(table_of(projection, table))
        return owned_rows_as_they_were(
            self.view.connection,
            self.reader.tenant,
            self.view.schema,
            projection,
            table_of(projection, table),
            self.customers,
            known_at=self.reader.known_at,
            as_of=self.reader.as_of,
        )

    def page(self, projection: Projection, table: str, after: OwnedKey | None, limit: int) -> list[Values]:
        """At most ``limit`` rows behind ``after``."""
        made = table_of(projection, table)
        if not self.reader.is_point_in_time:
            return owned_rows(self.view.connection, self.view.schema, made, self.customers, after=after, limit=limit)
        rows = self.all(projection, table)
        return [row for row in rows if after is None or key_of(row, made) < after][:limit]

    def newest(self, limits: Mapping[str, int]) -> dict[str, list[Any]]:
        """The newest facts of some kinds by the word of their reading, as they are shown; of each at most its limit."""
        readings = [_BY_WORD[word] for word in limits]
        if self.reader.is_point_in_time:
            rows_of_each = [self.page(each.projection, each.table, None, limits[each.word]) for each in readings]
        else:
            tables = [(table_of(each.projection, each.table), limits[each.word]) for each in readings]
            rows_of_each = newest_of_each(self.view.connection, self.view.schema, tables, self.customers)
        return {
            each.word: [each.show(row, self.today, self.zone) for row in rows]
            for each, rows in zip(readings, rows_of_each, strict=True)
        }

    def rows_of(self, projection: Projection, streams: Collection[UUID]) -> dict[UUID, list[Any]]:
        """The rows of some streams, folded at the instants of the reading, by stream."""
        rows = rows_of_streams_as_they_were(
            self.view.connection,
            self.reader.tenant,
            projection,
            streams,
            known_at=self.reader.known_at,
            as_of=self.reader.as_of,
        )
        by_stream: dict[UUID, list[Any]] = {}
        stream_of = projection.tables[0].columns[0].name
        for row in rows:
            by_stream.setdefault(getattr(row, stream_of), []).append(row)
        return by_stream

    def _all_now(self, table: Table) -> list[Values]:
        """One query gives MOST rows, so the rest is read page by page."""
        rows: list[Values] = []
        after: OwnedKey | None = None
        while True:
            page = owned_rows(self.view.connection, self.view.schema, table, self.customers, after=after, limit=MOST)
            rows += page
            if len(page) < MOST:
                return rows
            after = key_of(page[-1], table)


def table_of(projection: Projection, name: str) -> Table:
    """The table of that name among those of a projection."""
    return next(made for made in projection.tables if made.name == name)


def key_of(row: Values, table: Table) -> OwnedKey:
    """Where a row stands among those of its table."""
    return row["at"], row[table.columns[0].name], row["version"]


def facts_of(reader: ReadRequest, view: ReadSession, customer: UUID) -> FactsOf:
    """The customers with the same survivor as ``customer``. Raises Problem (not_found)."""
    if reader.is_point_in_time:
        customers = same_survivor_as_it_was(view.connection, reader.tenant, customer, **reader.instants)
    else:
        customers = same_survivor(view.connection, view.schema, customer)
    if not customers:
        raise unknown_id("no customer")
    return FactsOf(reader, view, customers, tenant_zone(view.connection, reader.tenant, view.now))
