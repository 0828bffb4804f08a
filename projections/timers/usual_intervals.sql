-- What is usual between two purchases of a product, by the rows of purchases. A product is told by its sku, or by its
-- name where it has none. What was returned as a whole does not count.

-- name: usual intervals
-- The median of the days from each purchase of a product to the next one of the same customer, of products with enough
-- of them, by what was bought between two instants. The product with the most intervals comes last.
with bought as (
    select distinct p.customer, p.version, coalesce(i.item ->> 'sku', i.item ->> 'name') as product,
        (p.at at time zone :zone)::date as day
    from :"schema".purchases p cross join lateral json_array_elements(p.items) i (item)
    where not p.whole and p.at >= :since and p.at < :until
), intervals as (
    select product, day - lag(day) over (partition by customer, product order by day, version) as days from bought
)
select product, percentile_cont(0.5) within group (order by days)
from intervals
where days is not null
group by product
having count(*) >= :least
order by count(*), product;

-- name: customers in turn
-- The customers for whom the usual interval after the last purchase of a product ends within some local days, by their
-- ids.
select customer
from (
    select p.customer, coalesce(i.item ->> 'sku', i.item ->> 'name') as product,
        max((p.at at time zone :zone)::date) as day
    from :"schema".purchases p cross join lateral json_array_elements(p.items) i (item)
    where not p.whole and p.at >= :since
    group by p.customer, product
) last
join unnest(:products::text[], :days::int[]) usual (product, days) using (product)
where day + days between :first and :last
group by customer
order by customer;
