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

-- name: due by usual intervals
-- The instants at which the usual interval after the last purchase of a product ends, by the wall times of the rules
-- that ask, the earliest first, behind a row of the same order. What is recorded is left out.
select stream, source, identity, due_at
from (
    select p.stream, usual.source, 'purchase/' || p.purchase || '/' || p.product as identity,
        ((p.day + usual.days) + usual.time::time) at time zone :zone as due_at
    from unnest(:products::text[], :days::int[], :times::text[], :sources::text[]) usual (product, days, time, source)
    join :"schema".product_purchases p on p.product = usual.product and p.last and p.number < 3
        and p.day >= :today - usual.days and not usual.source = any(p.settled)
) ending
where due_at >= :at and (:until::timestamptz is null or due_at < :until)
    and (due_at, stream, source collate "C", identity collate "C") > (:due_at, :stream, :source, :identity)
order by due_at, stream, source collate "C", identity collate "C"
limit :limit;
