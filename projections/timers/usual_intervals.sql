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

-- name: versions
-- Each version of the rules that ask, with each product of which it takes the usual interval.
select *
from unnest(
    :sources::text[], :numbers::int[], :products::text[], :days::int[], :times::text[], :since::timestamptz[],
    :ends::timestamptz[], :rests::interval[]
) version (source, number, product, days, time, since, ends, rest)

-- name: ending
-- When the usual interval after a purchase ends by a version.
select ((p.day + :version.days) + :version.time::time) at time zone :zone as due_at

-- name: stands
-- Whether such an instant lies in the span of the version, after the last import, and not in the days after an offer
-- was declined.
ending.due_at > greatest(:version.since, p.imported_at)
and (:version.ends is null or ending.due_at <= :version.ends)
and not exists (
    select from unnest(p.declined) declined (at)
    where declined.at > ending.due_at - :version.rest and declined.at <= ending.due_at
)

-- name: standing by usual intervals
-- The last purchases of a product whose usual interval ends by a version from one local day to another, where nothing is
-- recorded. Of several versions the earliest instant counts; another one can only be of the day on which the version
-- began. The index over product, day and stream bounds and orders them.
:"schema".product_purchases p cross join lateral (:ending) ending
where p.product = version.product and p.last and p.number < 3
    and p.day >= greatest(:first::date, (version.since at time zone :zone)::date) - version.days
    and p.day <= coalesce(least(:last::date, (version.ends at time zone :zone)::date), 'infinity') - version.days
    and not version.source = any(p.settled) and :stands
    and (p.day + version.days > (version.since at time zone :zone)::date or not exists (
        select from (:versions) earlier cross join lateral (:ending_earlier) ending
        where earlier.source = version.source and earlier.product = version.product and earlier.since < version.since
            and :stands_earlier
    ))

-- name: due by usual intervals
-- Those that are due at or after :at, the earliest first, behind a row of the same order.
select standing.*
from (:versions) version
cross join lateral (
    select p.stream, version.source, 'purchase/' || p.purchase || '/' || p.product as identity, due_at, version.number
    from :standing
        and due_at >= :at and (due_at, p.stream, version.source collate "C",
            'purchase/' || p.purchase || '/' || p.product collate "C") > (:due_at, :stream, :source, :identity)
    order by p.day, p.stream
    limit :limit
) standing
order by due_at, stream, standing.source collate "C", identity collate "C"
limit :limit;

-- name: overdue by usual intervals
-- How many are due from :at up to but not including :until.
select count(*)
from (:versions) version cross join lateral (select from :standing and due_at >= :at and due_at < :until) standing;
