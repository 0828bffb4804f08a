-- What health is judged by.

-- name: streams
-- The streams that name some customers, by the audit history.
select distinct stream, split_part(topic, '.', 1) from :"schema".audit_history
where customer = any(:customers) and topic = any(:topics);

-- name: later streams
-- The same of the events that the audit history does not hold yet.
select distinct stream, split_part(topic, '.', 1) from :"schema".events
where position > :audited and position <= :up_to and topic = any(:topics)
    and (state::json #>> '{payload,customer_id}')::uuid = any(:customers);

-- name: ended terms
-- The terms that ended from :first to :last.
select contract, term, customer, ends_on, ended_as from :"schema".contract_terms
where ended_as is not null and ends_on >= :first and ends_on <= :last
order by customer, contract, term
limit :limit;

-- name: batch
-- The ids of the customers behind :after, merged ones too.
select customer
from :"schema".customers
where :after::uuid is null or customer > :after
order by customer
limit :limit;

-- name: audited
-- The last position of the audit history.
select coalesce(max(position), 0) from :"schema".audit_history;
