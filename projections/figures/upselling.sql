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
-- What persons accepted in each period, beside what they paid already. Both are grouped together: a join of the two goes
-- through all of one for each of the other where the server expects few.
select person as subject, currency as fact, person as customer, at, true as final,
    case when currency is null then 'no_value' end as left_out, currency, accepted, recurring
from (
    select person, currency, min(at) as at, coalesce(sum(agreed), 0) as accepted, coalesce(sum(paid), 0) as recurring
    from (
        select person, currency, period, at, agreed, null as paid from (
            select *, :number as period from (
                select person, currency, agreed, answered_at as at from :persons offers where answer = 'accepted'
            ) accepted where :within
        ) accepted
        union all
        select person, currency, number, null, null, round(value * 12 / months) from (
            select person, currency, value, starts_on, coalesce(ended_on, ends_on) as ended_on,
                greatest(round((ends_on - starts_on + 1) * 12 / 365.2425), 1) as months
            from :terms terms where currency is not null
        ) terms join :spans on :first_day between starts_on and ended_on
    ) moneys group by person, currency, period
) periods where at is not null
