-- Customers who bought again: within 365 days, and in the period after an earlier purchase.

-- name: in the window
-- The persons who bought in the window that ends with each period.
select person as subject, null as fact, person as customer, judged_at as at, ends <= :now as final,
    case when count(*) filter (where not whole) = 0 then 'returned' end as left_out,
    count(*) filter (where not whole) as purchases
from :spans join unnest(:since::timestamptz[]) with ordinality as since (since, number) using (number)
join :purchases bought on bought.at >= since and bought.at <= judged_at
group by person, judged_at, ends

-- name: in the period
-- The persons who bought in each period, and whether they had bought before it.
select person as subject, null as fact, person as customer,
    coalesce(min(at) filter (where not whole), min(at)) as at, true as final,
    case when bool_and(whole) then 'returned' end as left_out, bool_or(first_kept < :starts[period]) as again
from (select person, at, whole, :number as period from :purchases bought where :within and at <= :now) bought
left join (
    select person, min(at) as first_kept from :purchases earlier where not whole group by person
) earlier using (person)
group by person, period
