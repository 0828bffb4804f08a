-- What follows from the facts of some customers.

-- name: purchase totals
-- The totals of the purchases of some customers, by currency.
select currency, count(*)::int as purchases, sum(total) as bought, sum(returned) as returned
from :"schema".purchases
where customer = any(:customers)
group by currency
order by currency;

-- name: first days
-- The first registration, purchase and contract of some customers.
select (select min(registered_at) from :"schema".customers where customer = any(:customers)),
    (select min(at) from :"schema".purchases where customer = any(:customers)),
    (select min(began_on) from :"schema".contracts where customer = any(:customers));
