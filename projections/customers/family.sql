-- Who is one customer at an instant, by the audit history. A null instant leaves nothing out. The rows that merge
-- customers have an index of their own.

-- name: family
-- The survivor of a customer's merges by then, and after it everybody who had been merged into it, directly or through
-- others, and not taken out again.
with recursive chain (customer, steps) as (
    select :customer::uuid, 0
    union all
    select (latest.facts ->> 'into')::uuid, steps + 1
    from chain
    cross join lateral (
        select m.topic, m.facts
        from :"schema".audit_history m
        where m.stream = chain.customer and m.topic in ('customer.merged', 'customer.merge_undone')
        and (:known_at::timestamptz is null or m.recorded_at <= :known_at)
        and (:as_of::timestamptz is null or m.occurred_at <= :as_of)
        order by case when :as_of::timestamptz is not null then m.occurred_at end desc, m.version desc
        limit 1
    ) latest
    where latest.topic = 'customer.merged' and steps < 1000
), survivor (customer) as (
    select customer from chain order by steps desc limit 1
), family (customer) as (
    select customer from survivor
    union
    select latest.customer
    from family
    cross join lateral (
        select distinct on (m.facts ->> 'customer_id') (m.facts ->> 'customer_id')::uuid as customer, m.topic
        from :"schema".audit_history m
        where m.stream = family.customer and m.topic in ('customer.absorbed', 'customer.absorption_undone')
        and (:known_at::timestamptz is null or m.recorded_at <= :known_at)
        and (:as_of::timestamptz is null or m.occurred_at <= :as_of)
        order by m.facts ->> 'customer_id', case when :as_of::timestamptz is not null then m.occurred_at end desc,
            m.version desc
    ) latest
    where latest.topic = 'customer.absorbed'
)
select customer
from family
order by customer <> (select customer from survivor), customer;

-- name: corrected in
-- The tickets whose latest correction of the customer, by then, names one of some customers.
select distinct c.stream
from :"schema".audit_history c
where c.topic = 'ticket.customer_corrected' and c.customer = any(:customers)
and (:known_at::timestamptz is null or c.recorded_at <= :known_at)
and (:as_of::timestamptz is null or c.occurred_at <= :as_of)
and not exists (
    select from :"schema".audit_history l
    where l.stream = c.stream and l.topic = 'ticket.customer_corrected' and l.version > c.version
    and l.customer <> all(:customers)
    and (:known_at::timestamptz is null or l.recorded_at <= :known_at)
    and (:as_of::timestamptz is null or l.occurred_at <= :as_of)
);

-- name: corrected tickets
-- The tickets that a correction known by then gave to some customers or took from them, and whether they have it.
select stream, is_theirs
from (
    select distinct on (stream) stream, customer = any(:customers) as is_theirs
    from :"schema".audit_history
    where topic = 'ticket.customer_corrected'
    and (:known_at::timestamptz is null or recorded_at <= :known_at)
    and (:as_of::timestamptz is null or occurred_at <= :as_of)
    order by stream, version desc
) corrected
where is_theirs or exists (
    select from :"schema".audit_history a where a.stream = corrected.stream and a.customer = any(:customers)
);
