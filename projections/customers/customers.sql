-- Customers with what belongs to them, and which ones.

-- name: customers
-- Customers with their addresses and memberships.
select :columns,
    coalesce((select json_agg(json_build_object(
        'channel', channel, 'handle', handle, 'scope', nullif(scope, ''), 'trust', trust, 'shared', shared
    ) order by channel, handle, scope)
        from :"schema".customer_addresses a where a.customer = c.customer), '[]') as addresses,
    coalesce((select json_agg(json_build_object(
        'organisation', organisation, 'role', role, 'main', main, 'since', since
    ) order by since, organisation)
        from :"schema".customer_memberships m where m.customer = c.customer), '[]') as memberships
from :"schema".customers c
:which

-- name: page
-- Those that are not merged, by id, behind :after.
where merged_into is null and (:after::uuid is null or customer > :after)
order by customer
limit :limit

-- name: newest
-- Those that were registered last and are not merged.
where merged_into is null and registered_at is not null
order by registered_at desc, customer desc
limit :limit

-- name: some
-- Those with some ids, in the order of the ids.
where customer = any(:ids) order by array_position(:ids::uuid[], customer)

-- name: one
-- The one with an id. The server reuses its plan, as it does not for an array.
where customer = :id
