-- What is recorded of customers who are one person, beside the rows of tables.

-- name: members
-- The members of some organisations.
select m.customer, c.name, m.role, m.main, m.since
from :"schema".customer_memberships m join :"schema".customers c using (customer)
where m.organisation = any(:organisations) and c.merged_into is null
order by m.customer limit :most;

-- name: ever members
-- Who ever joined one of them.
select distinct stream from :"schema".audit_history
where topic = 'customer.joined' and facts ->> 'organisation' = any(:organisations) limit :most;

-- name: merges
-- The merges and undoings of some customers, and of those that were taken out again, the newest first.
select stream as customer, (facts ->> 'into')::uuid as into, topic = 'customer.merge_undone' as undone,
    occurred_at as at, actor, reason
from :"schema".audit_history
where stream in (
    select unnest(:customers::uuid[])
    union select (facts ->> 'customer_id')::uuid from :"schema".audit_history
        where stream = any(:customers) and topic in ('customer.absorbed', 'customer.absorption_undone')
) and topic in ('customer.merged', 'customer.merge_undone')
    and (:known_at::timestamptz is null or recorded_at <= :known_at)
    and (:as_of::timestamptz is null or occurred_at <= :as_of)
order by occurred_at desc, position desc limit :most;

-- name: started
-- The streams of some customers that began with a topic, the newest first.
select stream from :"schema".audit_history where customer = any(:customers) and topic = :topic
order by occurred_at desc, position desc limit :most;
