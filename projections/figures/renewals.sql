-- Renewals of the contract terms that are due: by number, and by value.

-- name: counted
-- The due terms by number.
select contract as subject, term::text as fact, customer, at, became <> 'open' as final, null as left_out,
    became, renewed_when
from (:terms) due

-- name: valued
-- The due terms by value.
select contract as subject, term::text as fact, customer, at, became <> 'open' as final,
    case when new_currency <> currency and became = 'renewed' then 'currency_changed' end as left_out,
    became, currency, value, case when became = 'renewed' then new_value end as new_value
from (:terms) due
