"""Offers to customers: how many are accepted, by whom, and what they add to what the customers pay already."""

from collections import defaultdict
from datetime import datetime
from itertools import chain

from psycopg import sql

from domain.definitions.kinds import SEGMENT, UPSELLING
from domain.event_log.sql_files import sql_file
from domain.local_time import local_day
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.figures.answer import FigureRefused
from projections.figures.dimensions import OF_CUSTOMERS, READ_FOR_CUSTOMERS
from projections.figures.figure import CountedFacts, Figure, Part, Ratio, Title, count
from projections.figures.of_customers import in_effect_from, periods, with_persons
from projections.figures.segments import persons_in
from projections.scope.figure_query import FigureQuery
from projections.scope.local_days import day_begins_at, sql_local_day

_SQL = sql_file("projections.figures", "upselling.sql")
MOST_JUDGED = 1_000_000
"""Judgements whether a customer is in a segment at an instant. Each member is held in memory, in some 300 bytes."""


def _offers(query: FigureQuery) -> sql.Composed:
    """The offers with their decision by now: accepted or declined before the expiry, else expired, else null."""
    zone = zone_named(query.settings.zone)
    since, valid = zip(*in_effect_from(query, UPSELLING), strict=True)
    days = sql.SQL("({}::int[])[width_bucket(at, {}::timestamptz[])]").format(
        sql.Literal([rules.valid_days for rules in valid]), sql.Literal(list(since))
    )
    last_day = sql.SQL("coalesce(valid_until, {} + {})").format(sql_local_day(sql.Identifier("at"), zone), days)
    return _SQL["offers"].composed(
        query.schema,
        expires_at=day_begins_at(sql.SQL("({} + 1)").format(last_day), zone),
        now=sql.Literal(query.now),
    )


def _decisions(query: FigureQuery) -> sql.Composable:
    return _SQL["decisions"].composed(query.schema, offers=_offers(query), **periods(query))


def _offered(query: FigureQuery) -> sql.Composable:
    return _SQL["offered"].composed(
        query.schema, offers=with_persons(_offers(query)), within=query.within("at"), **periods(query)
    )


def _eligible(query: FigureQuery) -> sql.Composable:
    return _SQL["eligible"].composed(
        query.schema,
        eligible=_who_is_eligible(query),
        persons=with_persons(_offers(query)),
        within=query.within("at"),
        **periods(query),
    )


def _who_is_eligible(query: FigureQuery) -> sql.Composed:
    """The persons to whom offers can be made when each period begins, by the definition in effect then.

    Before the first definition these are all persons.
    """
    rules = in_effect_from(query, UPSELLING)
    numbers = {span.start: number for number, span in enumerate(query.spans, start=1)}
    starts_of: defaultdict[str | None, list[datetime]] = defaultdict(list)
    for start in numbers:
        starts_of[next((body.eligible for since, body in reversed(rules) if since <= start), None)].append(start)
    everybody = [numbers[start] for start in starts_of.pop(None, ())]
    _must_be_bounded(query, sum(map(len, starts_of.values())))
    eligible = (persons_in(query, segment, starts) for segment, starts in starts_of.items() if segment is not None)
    members = [(numbers[start], person) for start, person in chain.from_iterable(eligible)]
    return _SQL["who is eligible"].composed(
        query.schema,
        customers=with_persons(query.table("customers")),
        everybody=sql.Literal(everybody),
        numbers=sql.Literal([number for number, _ in members]),
        members=sql.Literal([person for _, person in members]),
        **periods(query),
    )


def _must_be_bounded(query: FigureQuery, instants: int) -> None:
    """Raises FigureRefused for more judgements of customers at instants than memory should hold."""
    ((customers,),) = query.connection.execute(_SQL["how many customers"].composed(query.schema)).fetchall()
    if customers * instants > MOST_JUDGED:
        raise FigureRefused(
            f"{customers} customers at the beginnings of {instants} periods are more than {MOST_JUDGED} judgements: ask"
            " for longer periods, or for fewer days"
        )


def _money(query: FigureQuery) -> sql.Composable:
    first_days = [local_day(span.start, query.scope.zone) for span in query.spans]
    return _SQL["money"].composed(
        query.schema,
        persons=with_persons(_offers(query)),
        terms=with_persons(query.table("contract_terms")),
        first_days=sql.SQL("{}::date[]").format(sql.Literal(first_days)),
        within=query.within("at"),
        **periods(query),
    )


_READ = (CUSTOMER_FACTS, *READ_FOR_CUSTOMERS)
_DECIDED = ("accepted", "declined", "expired")
UPSELLING_FIGURES = (
    Figure(
        name="upsell",
        title=Title("Offers accepted", "Tỷ lệ chấp nhận báo giá"),
        formula="offers accepted / offers decided in the period: accepted, declined or expired; made, open and accepted"
        " after the expiry beside",
        source="contract of the figures: upsell, headline (diggrowth, lusha)",
        unit="share",
        subject="customer",
        value=Ratio(("accepted",), _DECIDED),
        reading=CountedFacts(
            _decisions,
            (*(count(kind, f"kind = '{kind}'") for kind in (*_DECIDED, "accepted_late", "made", "open")),),
            counted=f"case when kind in {_DECIDED} then 1 end",
        ),
        projections=_READ,
        dimensions=OF_CUSTOMERS,
        definitions=(UPSELLING.name,),
    ),
    Figure(
        name="upsell-customers",
        title=Title("Customers who accepted", "Tỷ lệ khách hàng chấp nhận"),
        formula="customers who accepted an offer made in the period before it expired / customers to whom one was made"
        " in it",
        source="contract of the figures: upsell, customers",
        unit="share",
        subject="customer",
        value=Ratio(("accepted",), ("offered",)),
        reading=CountedFacts(_offered, (count("accepted", "accepted"), count("offered"))),
        projections=_READ,
        dimensions=OF_CUSTOMERS,
        definitions=(UPSELLING.name,),
    ),
    Figure(
        name="upsell-eligible",
        title=Title("Eligible customers who accepted", "Tỷ lệ chấp nhận trên khách đủ điều kiện"),
        formula="customers who accepted an offer in the period / customers who could be made one when it began",
        source="contract of the figures: upsell, by a segment at the start of the period (definition `upselling`)",
        unit="share",
        subject="customer",
        value=Ratio(("accepted",), ("eligible",)),
        reading=CountedFacts(_eligible, (count("accepted", "accepted"), count("eligible"))),
        projections=_READ,
        dimensions=OF_CUSTOMERS,
        definitions=(UPSELLING.name, SEGMENT.name),
        left_out=("not_eligible",),
    ),
    Figure(
        name="upsell-value",
        title=Title("Value of accepted offers", "Giá trị bán thêm"),
        formula=(
            "value of the offers accepted in the period / a year's value of the contracts that the same customers had"
            " in force on its first day; in one currency at a time"
        ),
        source="contract of the figures: upsell, money",
        unit="share",
        subject="customer",
        value=Ratio(("accepted",), ("recurring",)),
        reading=CountedFacts(
            _money,
            (
                Part("accepted", "sum(accepted)", empty=0),
                Part("recurring", "sum(recurring)", "recurring > 0", 0),
                count("customers"),
            ),
        ),
        projections=(CONTRACTS, *_READ),
        dimensions=(*OF_CUSTOMERS, "currency"),
        left_out=("no_value",),
        always_by=("currency",),
    ),
)
