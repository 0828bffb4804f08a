-- The usage of products by metric and day.

-- name: days
-- The days of some customers, the newest first, behind a key; the last version of a day counts.
select distinct on (day, product, metric, usage) :columns
from :"schema".usage_days
where customer = any(:customers)
    and (:product::text is null or product = :product)
    and (:metric::text is null or metric = :metric)
    and (:day::date is null or (day, product, metric, usage) < (:day, :of_product, :of_metric, :usage))
order by day desc, product desc, metric desc, usage desc, version desc
limit :limit;
