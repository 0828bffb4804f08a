-- The chance of renewal: how many past terms of customers in the same band of health were renewed.

-- name: banded
-- The due terms with the band of health of their customer.
select contract as subject, term::text as fact, customer, at, coalesce(banded_at <= :now, false) as final,
    case when became = 'open' then 'open' end as left_out, became, band
from (:terms) due left join unnest(:contracts::uuid[], :numbers::int[], :bands::text[], :instants::timestamptz[])
    as banded (contract, term, band, banded_at) using (contract, term)
