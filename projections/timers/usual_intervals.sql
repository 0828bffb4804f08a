-- What is usual between two purchases of a product, by the rows of purchases. A product is told by its sku, or by its
-- name where it has none; each spelling comes with the product that it means. What was returned as a whole does not
-- count.

-- name: spellings
-- How products are written that were bought between two instants.
select distinct coalesce(i.item ->> 'sku', i.item ->> 'name')
from :"schema".purchases p cross join lateral json_array_elements(p.items) i (item)
where not p.whole and p.at >= :since and p.at < :until;

-- name: usual intervals
-- The median of the days from each purchase of a product to the next one of the same customer, of products with enough
-- of them, by what was bought between two instants. The product with the most intervals comes last.
with bought as (
    select distinct p.customer, p.version, spelt.product, (p.at at time zone :zone)::date as day
    from :"schema".purchases p cross join lateral json_array_elements(p.items) i (item)
    join unnest(:spellings::text[], :products::text[]) spelt (spelling, product)
        on spelt.spelling = coalesce(i.item ->> 'sku', i.item ->> 'name')
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
    select p.customer, usual.days, max((p.at at time zone :zone)::date) as day
    from :"schema".purchases p cross join lateral json_array_elements(p.items) i (item)
    join unnest(:spellings::text[], :products::text[], :days::int[]) usual (spelling, product, days)
        on usual.spelling = coalesce(i.item ->> 'sku', i.item ->> 'name')
    where not p.whole and p.at >= :since
    group by p.customer, usual.product, usual.days
) last
where day + days between :first and :last
group by customer
order by customer;
