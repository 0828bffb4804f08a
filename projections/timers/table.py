"""What becomes due of a stream unless something happens, a row for each instance, by its events and the definitions."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from psycopg import Connection, sql

from domain.customer import events as c
from domain.customer.facts.events import CheckInRecorded, OfferDeclined
from domain.definitions.events import DefinitionPublished
from domain.definitions.kinds import AUTOMATION
from domain.due.instance import identity_of
from domain.due.of_purchases import REPURCHASE, purchases_by_product
from domain.due.of_tickets import hold_until
from domain.due.registry import DUE_FUNCTIONS
from domain.envelope import RecordedEvent
from domain.event_log.sql_files import sql_file
from domain.sla.clock.tiers import CHANGING_TIERS, tiers_of
from domain.sla.policy.events import CalendarPublished
from domain.sla.policy.published import policy_history_of
from domain.ticket import events as t
from domain.ticket.timeline import is_answer_by_a_person
from projections.customers.survivors import changed_customers
from projections.engine.projection import Enrichment, FoldInputs, Projection
from projections.engine.stream import Stream
from projections.engine.table import Table
from projections.sla.ticket_histories import customers_with_tiers
from projections.timers.due_sources import DueSources, due_sources
from projections.timers.step_due import steps_due
from projections.timers.timed_rules import TimedRule, is_done, last_import, settled_of

_SQL = sql_file("projections.timers", "timers.sql")
MOST_OF_A_RULE = 20
"""The rows of a rule for one stream: later instances follow when these are recorded."""
HOLD, STEP = "hold", "step"
"""The sources that are built in; that of a rule is ``rule:`` and its folded name."""
DEFINING = frozenset({AUTOMATION.name, "settings", "nps-wave"})
"""The kinds of definitions on which due instances depend."""


@dataclass(slots=True)
class Timer:
    """An instance that is due at ``due_at``, by a source and its identity. ``version`` is that of the rule."""

    stream: UUID
    source: str
    identity: str
    due_at: datetime
    kind: str
    version: int | None = None


@dataclass(slots=True)
class TimedStream:
    """A stream whose instances may change with the definitions. ``customer``: the customer of a ticket, or the one
    into whom a customer was merged; by the event with this version.
    """

    stream: UUID
    version: int
    kind: str
    customer: UUID | None = None


@dataclass(slots=True)
class LastWord:
    """The last word with a customer in a ticket or by check-ins, while a rule asks for it."""

    stream: UUID
    customer: UUID
    at: datetime


@dataclass(slots=True)
class ProductPurchase:
    """A purchase of a product, by its folded sku or name, on a local day, while a rule asks for it. It is the
    customer's one of ``number``, from 1, ``days`` after the one before. ``last``: none of this customer's follows.
    ``settled`` are the rules, as sources, for which the next purchase after it is recorded, or that fired once for the
    customer. What was due before the last import, ``imported_at``, was due elsewhere. At the instants of ``declined``
    the customer declined an offer.
    """

    stream: UUID
    product: str
    purchase: str
    day: date
    number: int
    days: int | None
    last: bool
    settled: list[str]
    imported_at: datetime | None
    declined: list[datetime]


Row = Timer | TimedStream | LastWord | ProductPurchase
_SAYS_WHOSE = frozenset({t.TicketReceived, t.CustomerCorrected, c.CustomerMerged})
_WORDS = (t.TicketReceived, t.MessageReceived, CheckInRecorded)


def fold(stream: Stream, inputs: FoldInputs) -> Iterator[Row]:
    """The instances of a stream by every rule with a time and every built-in source."""
    yield from _timed_streams(stream)
    if stream.erased:
        return  # it takes no more commands
    sources = due_sources(inputs.rules, inputs.definitions)
    if stream.kind == "ticket":
        if not stream.timeline.steps:
            return  # nothing is known of it before its receipt
        if (hold := hold_until(stream.timeline.steps)) is not None:
            yield Timer(stream.id, HOLD, hold.identity, hold.due_at, stream.kind)
    elif stream.kind == "procedure":
        for step in steps_due(stream.all):
            yield Timer(stream.id, STEP, step.identity, step.due_at, stream.kind)
    if sources.across and stream.kind in _SPEAKING:
        yield from _last_word(stream)
    if stream.kind in REPURCHASE.kinds and sources.asking(REPURCHASE):
        yield from _product_purchases(stream, sources)
    yield from _of_rules(stream, sources, inputs)


def _of_rules(stream: Stream, sources: DueSources, inputs: FoldInputs) -> Iterator[Timer]:
    rules = sources.rules_of(stream.kind)
    if not rules:
        return
    context = sources.context
    if stream.kind == "ticket" and context.policy_history.selects_by_tier:
        context = replace(context, tiers=tiers_of(stream.timeline.owner.customer, inputs.related))
    written: Counter[str] = Counter()
    for rule, due in sources.instances(stream.all, context):
        written[rule.named.key] += 1
        if written[rule.named.key] <= MOST_OF_A_RULE:
            yield Timer(stream.id, source_of(rule), due.identity, due.due_at, stream.kind, rule.named.version)


def source_of(rule: TimedRule) -> str:
    """The source of the instances of a rule."""
    return f"rule:{rule.named.key}"


def _timed_streams(stream: Stream) -> Iterator[TimedStream]:
    for event in [event for event in stream.new if event.version == 1 or type(event.payload) in _SAYS_WHOSE]:
        match event.payload:
            case t.TicketReceived(customer_id=customer) | t.CustomerCorrected(customer_id=customer):
                yield TimedStream(stream.id, event.version, stream.kind, customer)
            case c.CustomerMerged(into=customer):
                yield TimedStream(stream.id, event.version, stream.kind, customer)
            case _:
                yield TimedStream(stream.id, event.version, stream.kind)


def _last_word(stream: Stream) -> Iterator[LastWord]:
    words = [
        event.occurred_at for event in stream.all if isinstance(event.payload, _WORDS) or is_answer_by_a_person(event)
    ]
    if words:
        customer = stream.timeline.owner.customer if stream.kind == "ticket" else stream.id
        yield LastWord(stream.id, customer, max(words))


def _product_purchases(stream: Stream, sources: DueSources) -> Iterator[ProductPurchase]:
    recorded = {
        source_of(versions[-1]): None if is_done(versions[-1], stream.all) else settled_of(key, stream.all)
        for versions in sources.asking(REPURCHASE)
        for key in [versions[-1].named.key]
    }
    imported_at = last_import(stream.all)
    declined = [event.occurred_at for event in stream.all if isinstance(event.payload, OfferDeclined)]
    for product, purchases in purchases_by_product(stream.all, sources.context).items():
        before: date | None = None
        for number, (day, purchase) in enumerate(purchases, 1):
            days = None if before is None else (day - before).days
            last = number == len(purchases)
            identity = identity_of("purchase", purchase, product)
            settled = [source for source, known in recorded.items() if last and (known is None or identity in known)]
            yield ProductPurchase(
                stream.id, product, purchase, day, number, days, last, settled, imported_at, declined if last else []
            )
            before = day


def _concerns(event: RecordedEvent) -> bool:
    """Whether instances of other streams may change with an event."""
    return not isinstance(event.payload, DefinitionPublished) or event.payload.kind in DEFINING


def _dependents(
    connection: Connection, schema: str, rules: Sequence[RecordedEvent], streams: Collection[UUID]
) -> list[UUID]:
    """The streams of the kinds that definitions among ``streams`` concern, and the tickets of these customers, if
    tiers count.

    Only a rule looks at another definition or at a calendar: these concern the streams of all rules. A stream that is
    absent from the table is a definition, not a customer.
    """

    def streams_by(statement: sql.SQL | sql.Composed, **given: Sequence[str]) -> set[UUID]:
        return {stream for (stream,) in connection.execute(statement, given).fetchall()}

    ids = [stream.hex for stream in streams]
    dependents: set[UUID] = set()
    known = streams_by(_SQL["known"].filled(schema=schema), streams=ids)
    if defining := [stream.hex for stream in set(streams) - known]:
        published = connection.execute(_SQL["published"].filled(schema=schema), {"streams": defining}).fetchall()
        if any(kind != AUTOMATION.name for kind, _ in published):
            every_rule = _SQL["rules ever published"].filled(schema=schema)
            published = connection.execute(every_rule, {"rule": AUTOMATION.name}).fetchall()
        dependents |= streams_by(_SQL["of kinds"].filled(schema=schema), kinds=sorted(_kinds_concerned(published)))
    if rules and policy_history_of(rules).selects_by_tier:
        links = sql.SQL("({})").format(_SQL["merge links"].filled(schema=schema))
        of_customers = _SQL["tickets of changed customers"].composed(schema, changed=changed_customers(schema, links))
        dependents |= streams_by(of_customers, customers=ids)
    return sorted(dependents)


def _kinds_concerned(published: Iterable[tuple[str | None, str | None]]) -> frozenset[str]:
    """The kinds of streams whose instances change with rules: those of the due functions of all their versions."""
    concerned: frozenset[str] = frozenset()
    for _, due in published:
        function = None if due is None else DUE_FUNCTIONS.get(due)
        if function is not None:
            concerned |= function.kinds | (_SPEAKING if function.across else frozenset())
    return concerned


KINDS = frozenset({"ticket", "customer", "contract", "usage", "procedure", "erasure"})
_SPEAKING = frozenset({"ticket", "customer"})
"""The kinds of streams with last words."""

TIMERS = Projection(
    name="timers",
    version=8,
    kinds=KINDS,
    tables=(
        Table("timers", Timer, key=("stream", "source", "identity"), indexes=("(due_at, stream)",)),
        Table(
            "timed_streams",
            TimedStream,
            key=("stream", "version"),
            indexes=("(customer) where customer is not null",),
            append_only=True,
        ),
        Table("last_words", LastWord, key=("stream",), indexes=("(customer, at)",)),
        Table(
            "product_purchases",
            ProductPurchase,
            key=("stream", "product", "purchase"),
            indexes=("(product, days, day) where days is not null", "(product, day, stream) where last and number < 3"),
        ),
    ),
    fold=fold,
    enrichment=Enrichment(
        related=customers_with_tiers,
        dependents=_dependents,
        related_types=CHANGING_TIERS | {DefinitionPublished, CalendarPublished},
        concerns=_concerns,
        paged=frozenset({DefinitionPublished, CalendarPublished}),
    ),
)
