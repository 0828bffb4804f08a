-- Customers at instants from which on nothing more happened to the rows that say how they were.
-- :judged is a table of customer and judged_at, each moment with its number.

-- name: moments
-- Some customers, each at an instant.
select * from unnest(:customers::uuid[], :instants::timestamptz[]) with ordinality as judged (customer, judged_at, moment)

-- name: unsettled
-- Who was not known yet, and whose rows do not say how it was. Who is or was then merged with others is among them.
select moment, coalesce(begun_at > judged_at, false) as unknown
from (:judged) judged left join :"schema".customers c on c.customer = judged.customer
where (settled_at <= judged_at and merged_into is null and absorbed = '{}' and registered_at is not null) is not true

-- name: unsettled purchases
-- Who had a purchase then that was corrected or returned later.
select moment, false from (:judged) judged join :"schema".purchases using (customer)
where begun_at <= judged_at and settled_at > judged_at

-- name: unsettled tickets
-- The tickets of then to which something happened later, or that were rated before their receipt.
select moment, ticket from (:judged) judged join :"schema".tickets using (customer)
where begun_at <= judged_at and (last_event_at > judged_at or last_rated_at = received_at)

-- name: who
-- Tier, party and registration.
select moment, tier, party, registered_at from (:judged) judged join :"schema".customers using (customer)

-- name: organisations
-- The organisations of each person.
select moment, organisation from (:judged) judged join :"schema".customer_memberships using (customer)

-- name: tickets
-- The tickets that are over or have rested since.
select moment, ticket, received_at, open, state not in ('merged', 'cancelled'), reopenings > 0, :late
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
select moment, last_rated_at, last_score, ticket
from (:judged) judged join :"schema".tickets using (customer)
where last_event_at <= judged_at and last_rated_at <> received_at order by last_rated_at, last_score, ticket

-- name: contacts
-- The last contact: on a ticket, or a check-in.
select moment, max(at) from (
    select moment, last_contact_at as at from (:judged) judged join :"schema".tickets using (customer)
    where last_event_at <= judged_at and last_rated_at is distinct from received_at
    union all
    select moment, at from (:judged) judged join :"schema".check_ins using (customer) where at <= judged_at
) contacts group by moment

-- name: nps
-- The answers to the relationship survey and about tickets.
select moment, at, score, customer from (:judged) judged join :"schema".nps_answers using (customer)
where at <= judged_at order by at, version

-- name: purchases
-- What is left of each purchase.
select moment, purchase_id, at, case when whole then 0 else total - returned end, currency, not whole
from (:judged) judged join :"schema".purchases using (customer)
where settled_at <= judged_at order by version

-- name: usage
-- Each report of usage.
select moment, usage, product, metric, day, value, "limit"
from (:judged) judged join :"schema".usage_days using (customer)
where at <= judged_at order by usage, version

-- name: consents
-- What was said of each purpose.
select moment, purpose, at, given, channels, valid_until
from (:judged) judged join :"schema".consents using (customer)
where at <= judged_at order by at, version

-- name: contracts
-- The contracts that were signed by then, and whether something happened to one later.
select moment, contract,
    exists (select from :"schema".audit_history where stream = contract and occurred_at > judged_at) as changed_later,
    number, least(last_day, ended), covered and coalesce(day <= ended, true), auto_renews and state = 'running'
from (:judged) judged
join unnest(:instants::timestamptz[], :days::date[]) as days (judged_at, day) using (judged_at)
join (
    select *, case when state = 'terminated' then terminated_on end as ended from :"schema".contracts
) contracts using (customer)
cross join lateral (
    select max(term.ends_on) as last_day, bool_or(day between term.starts_on and term.ends_on) as covered
    from :"schema".contract_terms term where term.contract = contracts.contract
) terms
where at <= judged_at
