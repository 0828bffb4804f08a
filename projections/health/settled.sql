-- Customers at instants from which on nothing more happened to the rows that say how they were.
-- :judged is a table of customer and judged_at.

-- name: moments
-- Some customers, each at an instant.
select * from unnest(:customers::uuid[], :instants::timestamptz[]) as judged (customer, judged_at)

-- name: unsettled
-- Who was not known yet, and whose rows do not say how it was. Who is or was then merged with others is among them.
select judged.customer, judged_at, coalesce(begun_at > judged_at, false) as unknown
from (:judged) judged left join :"schema".customers c on c.customer = judged.customer
where (settled_at <= judged_at and merged_into is null and absorbed = '{}' and registered_at is not null) is not true

-- name: unsettled purchases
-- Who had a purchase then that was corrected or returned later.
select customer, judged_at, false from (:judged) judged join :"schema".purchases using (customer)
where begun_at <= judged_at and settled_at > judged_at

-- name: unsettled tickets
-- The tickets of then to which something happened later, or that were rated before their receipt.
select customer, judged_at, ticket from (:judged) judged join :"schema".tickets using (customer)
where begun_at <= judged_at and (last_event_at > judged_at or last_rated_at = received_at)

-- name: who
-- Tier, party and registration.
select customer, judged_at, tier, party, registered_at from (:judged) judged join :"schema".customers using (customer)

-- name: organisations
-- The organisations of each person.
select customer, judged_at, organisation from (:judged) judged join :"schema".customer_memberships using (customer)

-- name: tickets
-- The tickets that are over or have rested since.
select customer, judged_at, ticket, received_at, open, state not in ('merged', 'cancelled'), reopenings > 0, :late
from (:judged) judged join :"schema".tickets t using (customer)
where last_event_at <= judged_at and last_rated_at is distinct from received_at order by received_at, ticket

-- name: late
-- Whether a target of the ticket t was missed by then, as it was corrected.
received_at >= judged_at - :within::interval and exists (
    select from :"schema".sla_clocks c where c.ticket = t.ticket and case
        when corrected_verdict is null then breached_at is not null or coalesce(finished_at is null and late_after < judged_at, false)
        else corrected_verdict = 'breached' end
)

-- name: ratings
-- The last rating of each ticket.
select customer, judged_at, last_rated_at, last_score, ticket
from (:judged) judged join :"schema".tickets using (customer)
where last_event_at <= judged_at and last_rated_at <> received_at order by last_rated_at, last_score, ticket

-- name: contacts
-- The last contact: on a ticket, or a check-in.
select customer, judged_at, max(at) from (
    select customer, judged_at, last_contact_at as at from (:judged) judged join :"schema".tickets using (customer)
    where last_event_at <= judged_at and last_rated_at is distinct from received_at
    union all
    select customer, judged_at, at from (:judged) judged join :"schema".check_ins using (customer) where at <= judged_at
) contacts group by customer, judged_at

-- name: nps
-- The answers to the relationship survey and about tickets.
select customer, judged_at, at, score, customer from (:judged) judged join :"schema".nps_answers using (customer)
where at <= judged_at order by at, version

-- name: purchases
-- What is left of each purchase.
select customer, judged_at, purchase_id, at, case when whole then 0 else total - returned end, currency, not whole
from (:judged) judged join :"schema".purchases using (customer)
where settled_at <= judged_at order by version

-- name: usage
-- Each report of usage.
select customer, judged_at, usage, product, metric, day, value, "limit"
from (:judged) judged join :"schema".usage_days using (customer)
where at <= judged_at order by usage, version

-- name: consents
-- What was said of each purpose.
select customer, judged_at, purpose, at, given, channels, valid_until
from (:judged) judged join :"schema".consents using (customer)
where at <= judged_at order by at, version

-- name: contracts
-- The contracts.
select customer, judged_at, contract from (:judged) judged join :"schema".contracts using (customer) order by contract
