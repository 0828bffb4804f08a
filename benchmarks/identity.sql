-- name: customers
-- Customers with a name each.
insert into :"schema".customers (customer, name, tier, registered_at, version, party, absorbed, details)
select ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'Lan ' || n, 'standard', now(), 2, 'person',
    array[]::uuid[], '{}'
from generate_series(1, :customers) n;

-- name: addresses
-- A telephone number of each of them.
insert into :"schema".customer_addresses
    (customer, channel, handle, key, added_at, scope, key_version, trust, shared)
select ('00000000-0000-0000-0000-' || lpad(to_hex(n), 12, '0'))::uuid, 'phone', '0' || 900000000 + n,
    '+84' || 900000000 + n, now(), '', 2, 'seen', false
from generate_series(1, :customers) n;
