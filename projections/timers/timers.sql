-- What is due, and the streams whose timers depend on others.

-- name: known
-- Those of some streams that have a row; a definition has none.
select distinct stream from :"schema".timed_streams where stream = any(:streams::uuid[]);

-- name: of kinds
-- The streams of some kinds.
select distinct stream from :"schema".timed_streams where kind = any(:kinds);

-- name: published
-- The kinds of some published definitions, and the due functions of rules.
select distinct state::json #>> '{payload,kind}', state::json #>> '{payload,body,at,due}'
from :"schema".events where stream = any(:streams::uuid[]);

-- name: rules ever published
-- The kind of rules with the due function of each that was ever published; null: of those without a time.
select distinct state::json #>> '{payload,kind}', state::json #>> '{payload,body,at,due}'
from :"schema".events
where topic = 'definition.published' and state::json #>> '{payload,kind}' = :rule;

-- name: merge links
-- Each merge that was ever made.
select stream as customer, customer as merged_into from :"schema".timed_streams where kind = 'customer'

-- name: tickets of changed customers
-- The tickets of customers whose tier or survivor changed, and of all that were ever merged into them.
with recursive :changed
select distinct stream from :"schema".timed_streams
where kind = 'ticket' and customer in (select customer from changed);

-- name: due from
-- What is due at or after :at, the earliest first, behind a key.
select :columns
from :"schema".timers
where due_at >= :at
    and (due_at, stream, source collate "C", identity collate "C") > (:due_at, :stream, :source, :identity)
order by due_at, stream, source collate "C", identity collate "C"
limit :limit;
