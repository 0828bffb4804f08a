"""Offers to customers: how many are accepted, by whom, and what they add to what the customers pay already."""

from uuid import UUID

from psycopg import sql

from domain.definitions.kinds import SEGMENT, UPSELLING
from domain.zones import zone_named
from projections.contracts.table import CONTRACTS
from projections.customers.facts.table import CUSTOMER_FACTS
from projections.figures.figure import CountedFacts, Figure, Part, Ratio, Title, count
from projections.figures.of_customers import OF_CUSTOMERS, READ_FOR_CUSTOMERS, in_effect_from, periods, with_persons
from projections.figures.segments import persons_in
from projections.scope.figure_query import FigureQuery
from projections.scope.local_days import day_begins_at, local_day

_OFFERS = """(
    select offers.*, case when coalesce(answered_at < expires_at, expires_at is null) then answer
            when expires_at <= {now} then 'expired' end as decision,
        least(answered_at, case when expires_at <= {now} then expires_at end) as decided_at
    from (
        select customer, offer_id, at, answer, answered_at, agreed, currency, {expires_at} as expires_at from {offers}
    ) offers
)"""
_DECISIONS = """
select customer as subject, offer_id as fact, customer, decided_at as at, true as final, null as left_out,
    decision as kind
from {offers} decided where decision is not null
union all
select customer, offer_id, customer, answered_at, true, null, 'accepted_late'
from {offers} late where answer = 'accepted' and answered_at >= expires_at
union all
select customer, offer_id, customer, at, true, null, 'made' from {offers} made
union all
select customer, offer_id, customer, judged_at, false, null, 'open'
from {spans} join {offers} pending on pending.at <= judged_at and (decided_at is null or decided_at > judged_at)
"""
_OFFERED = """
select person as subject, null as fact, person as customer, min(at) as at,
    bool_or(decision = 'accepted') or bool_and(decision is not null) as final, null as left_out,
    coalesce(bool_or(decision = 'accepted'), false) as accepted
from (select *, {number} as period from {offers} offers where {within}) offers group by person, period
"""
_ELIGIBLE = """
with accepted as (
    select person, {number} as number, min(at) as at
    from (select person, answered_at as at from {persons} offers where answer = 'accepted') offers
    where {within} group by person, {number}
), eligible as materialized (select person, number from {eligible} eligible)
select person as subject, null as fact, person as customer, starts as at, ends <= {now} as final, null as left_out,
    accepted.person is not null as accepted
from eligible join {spans} using (number) left join accepted using (person, number)
union all
select person, null, person, at, true, 'not_eligible', true
from accepted left join eligible using (person, number) where eligible.person is null
"""
_WHO = """(
    select distinct person, number from {spans} join {customers} customers on registered_at < starts
    where number = any({everybody}::int[])
    union all
    select person, number from unnest({members}::uuid[], {numbers}::int[]) as members (person, number)
)"""
_MONEY = """
select person as subject, currency as fact, person as customer, at, true as final,
    case when currency is null then 'no_value' end as left_out, currency, accepted, coalesce(recurring, 0) as recurring
from (
    select person, currency, period, min(at) as at, coalesce(sum(agreed), 0) as accepted from (
        select *, {number} as period from (
            select person, currency, agreed, answered_at as at from {persons} offers where answer = 'accepted'
        ) accepted where {within}
    ) accepted group by person, currency, period
) accepted left join (
    select person, currency, number as period, sum(round(value * 12 / months)) as recurring from (
        select person, currency, value, starts_on, coalesce(ended_on, ends_on) as ended_on,
            greatest(round((ends_on - starts_on + 1) * 12 / 365.2425), 1) as months
        from {terms} terms
    ) terms join {spans} on {first_day} between starts_on and ended_on
    group by person, currency, number
) paid using (person, currency, period)
"""


def _offers(query: FigureQuery) -> sql.Composed:
    """The offers with their decision by now: accepted or declined before the expiry, else expired, else null."""
    zone = zone_named(query.settings.zone)
    since, valid = zip(*in_effect_from(query, UPSELLING), strict=True)
    days = sql.SQL("({}::int[])[width_bucket(at, {}::timestamptz[])]").format(
        sql.Literal([rules.valid_days for rules in valid]), sql.Literal(list(since))
    )
    last_day = sql.SQL("coalesce(valid_until, {} + {})").format(local_day(sql.Identifier("at"), zone), days)
    return sql.SQL(_OFFERS).format(
        expires_at=day_begins_at(sql.SQL("({} + 1)").format(last_day), zone),
        offers=query.table("offers"),
        now=sql.Literal(query.now),
    )


def _decisions(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_DECISIONS).format(offers=_offers(query), **periods(query))


def _offered(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_OFFERED).format(offers=with_persons(_offers(query)), within=query.within("at"), **periods(query))


def _eligible(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_ELIGIBLE).format(
        eligible=_who_is_eligible(query),
        persons=with_persons(query.table("offers")),
        within=query.within("at"),
        **periods(query),
    )


def _who_is_eligible(query: FigureQuery) -> sql.Composed:
    """The persons to whom offers can be made when each period begins, by the definition in effect then.

    Before the first definition these are all persons.
    """
    rules = in_effect_from(query, UPSELLING)
    everybody: list[int] = []
    members: list[tuple[int, UUID]] = []
    for number, span in enumerate(query.spans, start=1):
        segment = next((body.eligible for since, body in reversed(rules) if since <= span.start), None)
        if segment is None:
            everybody.append(number)
        else:
            members += [(number, person) for person in persons_in(query, segment, span.start)]
    return sql.SQL(_WHO).format(
        customers=with_persons(query.table("customers")),
        everybody=sql.Literal(everybody),
        numbers=sql.Literal([number for number, _ in members]),
        members=sql.Literal([person for _, person in members]),
        **periods(query),
    )


def _money(query: FigureQuery) -> sql.Composable:
    return sql.SQL(_MONEY).format(
        persons=with_persons(query.table("offers")),
        terms=with_persons(query.table("contract_terms")),
        first_day=local_day(sql.Identifier("starts"), query.scope.zone),
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
