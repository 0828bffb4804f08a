-- Offers to customers: how many are accepted, by whom, and what they add to what the customers pay already.

-- name: offers
-- The offers with what was decided by now, and when they expire. The earlier one of answer and expiry decides; nothing
-- ends an offer before it was made.
(
    select offers.*, case when answered_at is not null and not is_late then answer
            when expires_at <= :now then 'expired' end as decision,
        least(answered_at, case when expires_at <= :now then expires_at end) as decided_at
    from (
        select customer, offer_id, at, answer, agreed, currency,
            coalesce(answered_at >= expires_at, false) as is_late,
            case when answered_at < at then at else answered_at end as answered_at,
            case when expires_at < at then at else expires_at end as expires_at
        from (select *, :expires_at as expires_at from :"schema".offers) dated
    ) offers
)

-- name: decisions
-- A fact for each decision, and for what else happened to an offer. When each expires is computed once.
with offers as materialized (select * from :offers offers)
select customer as subject, offer_id as fact, customer, decided_at as at, true as final, null as left_out,
    decision as kind
from offers where decision is not null
union all
select customer, offer_id, customer, answered_at, true, null, 'accepted_late'
from offers where answer = 'accepted' and is_late
union all
select customer, offer_id, customer, at, true, null, 'made' from offers
union all
select customer, offer_id, customer, judged_at, false, null, 'open'
from :spans join offers on offers.at <= judged_at and (decided_at is null or decided_at > judged_at)

-- name: offered
-- The persons to whom an offer was made in each period.
select person as subject, null as fact, person as customer, min(at) as at,
    coalesce(bool_or(decision = 'accepted'), false) or bool_and(decision is not null) as final, null as left_out,
    coalesce(bool_or(decision = 'accepted'), false) as accepted
from (select *, :number as period from :offers offers where :within) offers group by person, period

-- name: eligible
-- The persons to whom an offer could be made when each period began, and the others who accepted one.
with accepted as (
    select person, :number as number, min(at) as at
    from (select person, answered_at as at from :persons offers where answer = 'accepted') offers
    where :within group by person, :number
), eligible as materialized (select person, number from :eligible eligible)
select person as subject, null as fact, person as customer, starts as at, ends <= :now as final, null as left_out,
    accepted.person is not null as accepted
from eligible join :spans using (number) left join accepted using (person, number)
union all
select person, null, person, at, true, 'not_eligible', true
from accepted left join eligible using (person, number) where eligible.person is null

-- name: who is eligible
-- Everybody in some periods, and the members of a segment in the others.
(
    select distinct person, number from :spans join :customers customers on registered_at < starts
    where number = any(:everybody::int[])
    union all
    select person, number from unnest(:members::uuid[], :numbers::int[]) as members (person, number)
)

-- name: how many customers
-- Those of all persons.
select count(*) from :"schema".customers;

-- name: money
-- What persons accepted in each period, beside what they paid already when it began. Both are grouped together by the
-- person: a join of the two goes through all of one for each of the other where the server expects few. The terms of
-- those who accepted are compared with the periods in which they did.
select person as subject, currency as fact, person as customer, at, true as final,
    case when currency is null then 'no_value' end as left_out, currency, accepted, coalesce(recurring, 0) as recurring
from (
    select person, currency,
        array_agg(number) filter (where number is not null) as numbers, array_agg(at) filter (where number is not null) as ats,
        array_agg(accepted) filter (where number is not null) as sums,
        array_agg(starts_on) filter (where number is null) as starts_on,
        array_agg(ended_on) filter (where number is null) as ended_on, array_agg(paid) filter (where number is null) as paid
    from (
        select person, currency, :number as number, min(at) as at, coalesce(sum(agreed), 0) as accepted,
            null::date as starts_on, null::date as ended_on, null::numeric as paid
        from (
            select person, currency, agreed, answered_at as at from :persons offers where answer = 'accepted'
        ) offers where :within group by person, currency, :number
        union all
        select person, currency, null, null, null, starts_on, coalesce(ended_on, ends_on),
            round(value * 12 / greatest(round((ends_on - starts_on + 1) * 12 / 365.2425), 1))
        from :terms terms where currency is not null
    ) moneys group by person, currency having count(number) > 0
) persons
cross join lateral unnest(numbers, ats, sums) as periods (number, at, accepted)
cross join lateral (
    select sum(term.paid) as recurring from unnest(starts_on, ended_on, paid) as term (begins, ends, paid)
    where (:first_days)[number] between begins and ends
) terms
