-- What merges lead to: one person in several records, and what was recorded of it.

-- name: same survivor
-- The customers with the same survivor as :customer, the survivor first; none for an unknown customer.
with recursive
    up (customer, into_, path) as (
        select customer, merged_into, array[customer] from :"schema".customers where customer = :customer
        union all
        select c.customer, c.merged_into, up.path || c.customer
        from up join :"schema".customers c on c.customer = up.into_ where not c.customer = any(up.path)
    ),
    down (customer, path) as (
        select customer, array[customer] from (select customer from up order by array_length(path, 1) desc limit 1) top
        union all
        select c.customer, down.path || c.customer
        from down join :"schema".customers c on c.merged_into = down.customer where not c.customer = any(down.path)
    )
select customer from down;

-- name: recorded meanwhile
-- The events on survivors between two positions, and the first events of their tickets; no merge counts.
with survivors (customer, since, until) as (
    select * from unnest(:customers::uuid[], :since::bigint[], :until::bigint[])
)
select e.position, e.stream, e.version, e.topic, e.recorded_at
from survivors s
    join :"schema".events e on e.stream = s.customer and e.position > s.since and e.position <= s.until
where e.topic <> all(:merges::text[])
union all
select e.position, e.stream, e.version, e.topic, e.recorded_at
from survivors s
    join :"schema".tickets t on t.customer = s.customer
    join :"schema".events e
        on e.stream = t.ticket and e.version = 1 and e.position > s.since and e.position <= s.until
order by position
limit :most;

-- name: waiting matches
-- The proposals that wait for an answer, of all customers or of :customer, behind :at, :source and :target.
select m.customer, c.name, m.other, o.name as other_name, m.because, m.alike, m.proposed_at
from :"schema".customer_matches m
    join :"schema".customers c on c.customer = m.customer and c.merged_into is null
    join :"schema".customers o on o.customer = m.other and o.merged_into is null
where m.state = 'proposed'
    and (:customer::uuid is null or :customer in (m.customer, m.other))
    and (:at::timestamptz is null or (m.proposed_at, m.customer, m.other) > (:at, :source, :target))
order by m.proposed_at, m.customer, m.other
limit :limit;

-- name: at an address
-- The customers with an address, by its keys. A claimed or withdrawn address finds nobody.
select customer, a.trust, a.shared, a.added_at, c.merged_into
from :"schema".customer_addresses a join :"schema".customers c using (customer)
where a.channel = :channel and a.scope = :scope and a.key in (:keys)
    and a.trust in ('seen', 'asserted', 'verified');

-- name: survivors
-- For ``with recursive``: the survivors of the merged customers that meet the condition :among.
merges (customer, survivor, path) as (
    select customer, merged_into, array[customer, merged_into]
    from :"schema".customers where merged_into is not null and :among
    union all
    select merges.customer, c.merged_into, merges.path || c.merged_into
    from merges join :"schema".customers c on c.customer = merges.survivor
    where c.merged_into is not null and not c.merged_into = any(merges.path)
),
survivors (customer, survivor) as (
    select distinct on (customer) customer, survivor from merges order by customer, array_length(path, 1) desc
)

-- name: families
-- After the survivors: each customer of a family of merged ones, with the family.
families (customer, survivor, members) as (
    select customer, survivor, members
    from (select survivor, array_agg(customer) || survivor as members from survivors group by survivor) families,
        unnest(members) as customer
)

-- name: changed customers
-- For ``with recursive``: some customers, and all that were ever merged into them by the rows of :links.
changed (customer) as (
    select unnest(:customers::uuid[])
    union
    select link.customer from changed join :links link on link.merged_into = changed.customer
)
