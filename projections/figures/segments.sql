-- Who is in a segment at an instant: what rows of projections say of each customer. :at is the instant.

-- name: judged
-- The members, with the customers for whom it is not known by rows. A merged customer is among these: its rows do not
-- say whom it was merged into then.
with recursive :survivors
select person, customer, member from (
    select person, c.customer, case
        when c.settled_at <= :at and c.merged_into is null and c.absorbed = '{}' and c.registered_at is not null :settled
        then :members
    end as member
    from :persons persons join :"schema".customers c on c.customer = persons.customer :fields
    where c.begun_at <= :at and (:everybody or person = any(:among::uuid[]))
) judged where member is not false

-- name: settled purchases
-- No purchase was corrected or returned later.
and c.customer not in (select customer from :"schema".purchases where begun_at <= :at and settled_at > :at)

-- name: settled tickets
-- Nothing happened later to a ticket of then.
and c.customer not in (select customer from :"schema".tickets where begun_at <= :at and last_event_at > :at)

-- name: tiers
-- The words that stand in a field.
select distinct tier from :"schema".customers where tier is not null

-- name: parties
-- The words that stand in a field.
select distinct party from :"schema".customers

-- name: tier
-- The tier.
select customer, tier as has from :"schema".customers

-- name: party
-- Person or organisation.
select customer, party as has from :"schema".customers

-- name: registered_days
-- Whole days since the registration.
select customer, floor(extract(epoch from :at - registered_at) / 86400) as has from :"schema".customers

-- name: open_tickets
-- The tickets that are open.
select customer, count(*) as has from :"schema".tickets where last_event_at <= :at and open group by customer

-- name: tickets
-- The tickets received since.
select customer, count(*) as has from :"schema".tickets
where last_event_at <= :at and received_at > :since and state not in ('merged', 'cancelled') group by customer

-- name: purchases
-- The purchases since of which something is left.
select customer, count(*) as has from :"schema".purchases
where settled_at <= :at and at > :since and not whole group by customer

-- name: purchased
-- What is left of the purchases since in a currency.
select customer, sum(case when whole then 0 else total - returned end) as has from :"schema".purchases
where settled_at <= :at and at > :since and currency = :currency group by customer

-- name: nps
-- The last answer since.
select distinct on (customer) customer, score as has from :"schema".nps_answers
where at <= :at and at > :since order by customer, at desc, version desc

-- name: days_since_contact
-- Whole days since the last contact.
select customer, floor(extract(epoch from :at - max(at)) / 86400) as has from (
    select customer, last_contact_at as at from :"schema".tickets where last_event_at <= :at
    union all
    select customer, at from :"schema".check_ins where at <= :at
) contacts group by customer

-- name: everybody
-- The same where no rows can be read: it is not known of anybody.
with recursive :survivors select person, customer, null::boolean from :persons persons
where :everybody or person = any(:among::uuid[])
