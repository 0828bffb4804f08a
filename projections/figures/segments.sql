-- Who is in a segment at an instant: what rows of projections say of each customer. :at is the instant.

-- name: judged
-- The members, with the customers for whom it is not known by rows. A merged customer is among these: its rows do not
-- say whom it was merged into then.
with recursive :survivors
select person, customer, member from (
    select person, c.customer, case
        when c.settled_at <= :at and c.merged_into is null and c.absorbed = '{}' and c.registered_at is not null
        then :members
    end as member
    from :persons persons join :"schema".customers c on c.customer = persons.customer :fields
    where c.begun_at <= :at and (:everybody or person = any(:among::uuid[]))
) judged where member is not false

-- name: words of tier
-- The words that stand in a field.
select distinct tier from :"schema".customers where tier is not null

-- name: words of party
-- The words that stand in a field.
select distinct party from :"schema".customers

-- name: words of organisation
-- The words that stand in a field.
select distinct organisation::text from :"schema".customer_memberships

-- name: metrics
-- The metrics that were reported.
select distinct product, metric from :"schema".usage_days

-- name: tier
-- The tier. What a field holds is not said where `unsaid` is true.
select customer, array[tier] as has, false as unsaid from :"schema".customers

-- name: party
-- Person or organisation.
select customer, array[party] as has, false as unsaid from :"schema".customers

-- name: organisation
-- The organisations of each person.
select customer, array_agg(organisation::text) as has, false as unsaid from :"schema".customer_memberships group by customer

-- name: registered_days
-- Whole days since the registration.
select customer, floor(extract(epoch from :at - registered_at) / 86400) as has, false as unsaid from :"schema".customers

-- name: open_tickets
-- The tickets that were open.
select customer, count(*) as has, false as unsaid
from :"schema".backlog_segments join :"schema".tickets using (ticket) where :open_then group by customer

-- name: tickets
-- The tickets received since. It is not said whether one counted that was over and changed later.
select customer, count(*) as has, bool_or(last_event_at > :at and open_then.ticket is null) as unsaid
from :"schema".tickets
left join (select ticket from :"schema".backlog_segments where :open_then) open_then using (ticket)
where received_at > :since and received_at <= :at and (last_event_at > :at or state not in ('merged', 'cancelled'))
group by customer

-- name: purchases
-- The purchases since of which something is left, unless one was corrected or returned later.
select customer, count(*) as has, bool_or(settled_at > :at) as unsaid from :"schema".purchases
where begun_at <= :at and at > :since and (settled_at > :at or not whole) group by customer

-- name: purchased
-- What is left of the purchases since in a currency, unless one was corrected or returned later.
select customer, sum(case when whole then 0 else total - returned end) as has, bool_or(settled_at > :at) as unsaid
from :"schema".purchases
where begun_at <= :at and at > :since and (settled_at > :at or currency = :currency) group by customer

-- name: contract_in_force
-- It is not said of who has a contract: a summary says it.
select distinct customer, null::boolean as has, true as unsaid from :"schema".contracts where at <= :at

-- name: contract_days_left
-- It is not said of who has a contract.
select distinct customer, null::int as has, true as unsaid from :"schema".contracts where at <= :at

-- name: usage
-- The sum of the last reports of each day since. It is not said where the order of the sum may decide.
select customer, sum(value) as has, abs(sum(value) - :value) < 1e-9 * sum(abs(value)) as unsaid from (
    select distinct on (usage, folded, day) customer, value
    from :"schema".usage_days
    join unnest(:products::text[], :metrics::text[], :folded::text[]) as names (product, metric, folded)
        using (product, metric)
    where at <= :at and day <= :day and day > :first_day
    order by usage, folded, day, version desc
) last group by customer

-- name: nps
-- The last answer since.
select distinct on (customer) customer, score as has, false as unsaid from :"schema".nps_answers
where at <= :at and at > :since order by customer, at desc, version desc

-- name: consent
-- The last word on a purpose and a channel, unless it had expired.
select distinct on (customer) customer, given as has, coalesce(given and valid_until < :day, false) as unsaid
from :"schema".consents
where at <= :at and purpose = :purpose and purpose <> 'service' and (channels = '{}' or :channel = any(channels))
order by customer, at desc, version desc

-- name: days_since_contact
-- Whole days since the last contact. A message before the last one counts where the last one came later.
select customer, floor(extract(epoch from :at - max(at)) / 86400) as has, false as unsaid from (
    select customer, last_contact_at as at from :"schema".tickets where last_contact_at <= :at
    union all
    select customer, message.at from :"schema".tickets join :"schema".ticket_messages message using (ticket)
    where begun_at <= :at and last_contact_at > :at and message.at <= :at and not automated
    union all
    select customer, at from :"schema".check_ins where at <= :at
) contacts group by customer

-- name: everybody
-- The same where no rows can be read: it is not known of anybody.
with recursive :survivors select person, customer, null::boolean from :persons persons
where :everybody or person = any(:among::uuid[])
