-- What is usual between two purchases of a product, by the rows of purchases in timers. From the third purchase of a
-- product on the customer's own interval counts.

-- name: usual intervals
-- The median of the days from each purchase of a product to the next one of the same customer, of products with enough
-- of them, where both lie in a span of local days.
select product, percentile_cont(0.5) within group (order by days)
from :"schema".product_purchases
where days is not null and day - days >= :since and day < :until
group by product
having count(*) >= :least;

-- name: customers in turn
-- The customers for whom the usual interval after the last purchase of a product ends within some local days, by their
-- ids.
select distinct p.stream
from unnest(:products::text[], :days::int[]) usual (product, days)
join :"schema".product_purchases p on p.product = usual.product and p.last and p.number < 3
    and p.day between :first - usual.days and :last - usual.days
order by p.stream;

-- name: standing by usual intervals
-- The instants at which the usual interval after the last purchase of a product ends, by each version of the rules that
-- ask, for purchases of some local days: within the span of the version, after the last import, and with no offer
-- declined in the days before. What is recorded is left out. Of several versions the earliest instant counts.
select distinct on (p.stream, version.source, p.purchase, p.product)
    p.stream, version.source, 'purchase/' || p.purchase || '/' || p.product as identity, ending.due_at, version.number
from unnest(
    :sources::text[], :numbers::int[], :products::text[], :days::int[], :times::text[], :since::timestamptz[],
    :ends::timestamptz[], :rests::interval[]
) version (source, number, product, days, time, since, ends, rest)
join :"schema".product_purchases p on p.product = version.product and p.last and p.number < 3
    and p.day >= :first - version.days and (:last::date is null or p.day <= :last - version.days)
    and not version.source = any(p.settled)
cross join lateral (
    select ((p.day + version.days) + version.time::time) at time zone :zone as due_at
) ending
where ending.due_at > greatest(version.since, p.imported_at)
    and (version.ends is null or ending.due_at <= version.ends)
    and not exists (
        select from unnest(p.declined) declined (at)
        where declined.at > ending.due_at - version.rest and declined.at <= ending.due_at
    )
order by p.stream, version.source, p.purchase, p.product, ending.due_at

-- name: due by usual intervals
-- Those that are due at or after :at, the earliest first, behind a row of the same order.
select stream, source, identity, due_at, number
from (:standing) standing
where due_at >= :at and (due_at, stream, source collate "C", identity collate "C")
    > (:due_at, :stream, :source, :identity)
order by due_at, stream, source collate "C", identity collate "C"
limit :limit;

-- name: overdue by usual intervals
-- How many are due from :at up to but not including :until.
select count(*) from (:standing) standing where due_at >= :at and due_at < :until;
