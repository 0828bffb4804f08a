-- Which customers that were active when a period began are still active when it ends.

-- name: active
-- The persons who are active when a period begins or when it ends.
select person as subject, null as fact, person as customer, starts as at, ends <= :now as final, null as left_out,
    bool_or(at_end) as at_end, bool_or(not at_end) as at_start
from (
    select customer, of_period, at_end from :edges
    join :"schema".contract_terms terms on starts_on <= day and coalesce(ended_on, ends_on) >= day
    union
    select customer, of_period, at_end
    from :edges join :"schema".purchases bought on at >= since and at < until and not whole
    union
    select customer, of_period, at_end from :edges join (select customer, day as used_on from :used used) used
        on used_on between first_day and last_day
) active left join :survivors on merged_customer = customer
cross join lateral (select coalesce(survivor, customer) as person) whose
join :spans on spans.number = of_period
group by person, starts, ends

-- name: used
-- The days with usage. The last value of a day counts, so a later one of 0 takes the earlier ones back.
(
    select used.customer, used.day from :"schema".usage_days used left join :"schema".usage_days taken_back
        on taken_back.value <= 0 and taken_back.version > used.version
        and (taken_back.usage, taken_back.metric, taken_back.day) = (used.usage, used.metric, used.day)
    where used.value > 0 and taken_back.usage is null and used.day between :first and :last
)
