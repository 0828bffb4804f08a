-- Customers who bought again: within 365 days, and in the period after an earlier purchase.

-- name: in the window
-- The persons who bought in the window that ends with each period. A purchase lies in the windows of a run of periods: it
-- counts from the first one on, and no longer behind the last one. Between two such changes a person's number stays.
select person as subject, null as fact, person as customer, changed_at as first, changes_again - 1 as last,
    case when purchases = 0 then 'returned' end as left_out, purchases
from (
    select person, number as changed_at, lead(number) over changes as changes_again, sum(bought) over changes as bought,
        sum(kept) over changes as purchases
    from (
        select person, number, sum(bought)::int as bought, sum(changed.kept)::int as kept
        from (
            select person, (not whole)::int as kept, width_bucket(at - interval '1 microsecond', :judged) + 1 as first,
                width_bucket(at, :since) as last
            from :purchases purchases where at >= (:since)[1] and at <= (:judged)[cardinality(:judged)]
        ) purchases
        cross join lateral (values (first, 1, kept), (last + 1, -1, -kept)) changed (number, bought, kept)
        where first <= last group by person, number
    ) changed window changes as (partition by person order by number)
) runs
where bought > 0

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
