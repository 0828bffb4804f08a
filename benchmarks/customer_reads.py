"""What is asked about customers: suggestions among a million of them, a page of a long timeline, a whole profile."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from functools import partial
from random import Random
from statistics import median
from uuid import UUID

import httpx
import psycopg
from psycopg import Connection, sql

from api.migrations import migrate
from benchmarks.figure import Figure
from benchmarks.log_filling import SEED, instant_of, tidy
from benchmarks.over_http import desk_server, running
from benchmarks.rounds import say
from benchmarks.timing import median_milliseconds
from domain.command_context import Actor
from domain.customer import events as c
from domain.customer.facts.events import CheckInRecorded, PurchaseRecorded
from domain.envelope import Envelope, RecordedEvent
from domain.event_log.schema import schema_of
from domain.messages import Event
from domain.ticket.events import TicketReceived, TicketResolved
from projections.audit_history.table import AUDIT_HISTORY
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.customers.family import family_of
from projections.customers.table import CUSTOMERS
from projections.engine.projection import NO_INPUTS, Projection
from projections.engine.stream import Stream
from projections.search.queries import customers_matching
from projections.search.table import SEARCH
from projections.tickets.table import TICKETS
from projections.timeline.queries import timeline

TENANT = "default"
SCHEMA = schema_of(TENANT)
AT_ONCE = 20_000
ROUNDS = 60
SURNAMES = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ", "Ngô", "Dương", "Lý")
MIDDLE = ("Thị", "Văn", "Minh", "Ngọc", "Thanh", "Quốc", "Thu", "Hữu", "Đức", "Kim")
GIVEN = ("Lan", "Anh", "Hùng", "Dũng", "Hoa", "Mai", "Tuấn", "Linh", "Phương", "Nam", "Sơn", "Trang", "Vy", "Khoa")
TYPED = (
    "n",
    "nguyen",
    "lan",
    "nguyen thi l",
    "le lan",
    "anh thi tran",
    "0901",
    "84",
    "4567",
    "khach",
    "a",
    "example.com",
)
"""What people type, the worst beginnings among them: two in five customers are called Nguyễn."""
TICKETS_OF_LONG = 300
LONG = UUID(int=2**100)
"""The customer with a long timeline."""


def measure(dsn: str, *, quick: bool) -> list[Figure]:
    """Slowest medians in milliseconds. The customers are rows that the folds make of their events."""
    migrate(dsn, TENANT)
    customers = 100_000 if quick else 1_000_000
    with psycopg.connect(dsn, autocommit=True) as connection:
        for begin in range(0, customers, AT_ONCE):
            _fill(connection, [CUSTOMERS, SEARCH], map(_customer, range(begin, begin + AT_ONCE)))
            say(f"  {begin + AT_ONCE:,} of {customers:,} customers filled")
        _fill(connection, [AUDIT_HISTORY, CUSTOMERS, CUSTOMER_FACTS], [_long_timeline(10_000)])
        _fill(connection, [AUDIT_HISTORY, TICKETS], map(_ticket, range(TICKETS_OF_LONG)))
    tidy(dsn)
    with running(desk_server, dsn) as desk, httpx.Client(base_url=f"http://127.0.0.1:{desk.port}") as client:
        profile = median_milliseconds(partial(_profile, client), ROUNDS)
    with psycopg.connect(dsn, autocommit=True) as connection:
        typed = {text: median_milliseconds(partial(_suggest, connection, text), ROUNDS) for text in TYPED}
        page = median_milliseconds(partial(_page, connection), ROUNDS)
        kind = median_milliseconds(partial(_page, connection, rare=True), ROUNDS)
    slowest = max(typed, key=lambda text: typed[text])
    note = f"{customers:,} customers; slowest for {slowest!r}, median of all {median(typed.values()):.1f} ms"
    return [
        Figure("suggestions while typing", typed[slowest], "ms", "asked for", 20, 1, at_most=True, note=note),
        Figure("a page of a timeline", page, "ms", "asked for", 10, 1, at_most=True, note="10,000 events"),
        Figure(
            "a profile over HTTP", profile, "ms", "asked for", 15, 1, at_most=True, note="10,000 events, 300 tickets"
        ),
        Figure("the same of a rare kind", kind, "ms", "asked for", 10, 1, at_most=True, note="10,000 events"),
    ]


def _suggest(connection: Connection, text: str) -> object:
    return customers_matching(connection, SCHEMA, text, limit=8, country_code=84)


def _page(connection: Connection, *, rare: bool = False) -> object:
    family = family_of(connection, SCHEMA, LONG)
    return timeline(connection, SCHEMA, family.members, kinds=["consent"] if rare else [], limit=100)


def _customer(number: int) -> list[RecordedEvent]:
    """A customer with a name, a telephone number and an e-mail address."""
    random = Random(SEED + number)
    surname = "Nguyễn" if random.random() < 0.4 else random.choice(SURNAMES)
    name = f"{surname} {random.choice(MIDDLE)} {random.choice(GIVEN)}"
    phone = f"+849{random.randrange(10**8):08}"
    return _recorded(
        UUID(int=number + 1),
        [
            c.CustomerRegistered(name=name, external_reference=f"KH-{number:07}"),
            c.AddressAdded(channel="phone", handle=phone, key=phone, key_version=2),
            c.AddressAdded(channel="email", handle=f"khach{number}@example.com"),
        ],
        3 * number,
    )


def _long_timeline(events: int) -> list[RecordedEvent]:
    met = CheckInRecorded(channel="phone", summary="Everything works; the next call is in a week.")
    facts: list[Event] = [
        PurchaseRecorded(purchase_id=f"P-{number}", items=(), total=990_000, currency="VND")
        if number % 10 == 0
        else met
        for number in range(events - 1)
    ]
    return _recorded(LONG, [c.CustomerRegistered(name="Long"), *facts], 10**8)


def _ticket(number: int) -> list[RecordedEvent]:
    """A ticket of the customer with a long timeline; one in ten is open."""
    received = TicketReceived(customer_id=LONG, channel="zalo", subject="OTP", category="login", priority="P2")
    resolved = TicketResolved(resolution="Gateway restarted", code="solved")
    payloads: list[Event] = [received] if number % 10 == 0 else [received, resolved]
    return _recorded(UUID(int=2**110 + number), payloads, 2 * 10**8 + 2 * number)


def _profile(client: httpx.Client) -> object:
    answer = client.get(f"/v1/customers/{LONG}/profile")
    assert answer.status_code == 200, answer.text
    return answer


def _recorded(stream: UUID, payloads: Sequence[Event], position: int) -> list[RecordedEvent]:
    at = instant_of(position % 10**6)
    actor = Actor(id="an", kind="agent")
    return [
        RecordedEvent(
            position + version,
            stream,
            version,
            payload.topic,
            at,
            Envelope(event_id="e", schema_version=1, occurred_at=at, actor=actor, command_id="c"),
            payload,
        )
        for version, payload in enumerate(payloads, start=1)
    ]


def _fill(
    connection: Connection,
    projections: Sequence[Projection],
    histories: Sequence[list[RecordedEvent]] | Iterator[list[RecordedEvent]],
) -> None:
    """Copies the rows of some streams into the tables."""
    tables = [table for projection in projections for table in projection.tables]
    rows: dict[type, list[object]] = {table.row: [] for table in tables}
    for history in histories:
        for projection in projections:
            for row in projection.fold(Stream(history), NO_INPUTS):
                rows[type(row)].append(row)
    for table in tables:
        with ExitStack() as stack:
            columns = sql.SQL(", ").join(sql.Identifier(column.name) for column in table.columns)
            statement = sql.SQL("copy {} ({}) from stdin").format(sql.Identifier(SCHEMA, table.name), columns)
            copy = stack.enter_context(stack.enter_context(connection.cursor()).copy(statement))
            for row in rows[table.row]:
                copy.write_row(table.values_of(row))
