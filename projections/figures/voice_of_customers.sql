-- What customers say: feedback by theme and polarity, against the four periods before.

-- name: noted
-- The feedback of each period, and that of the four periods before it.
select f.customer as subject, feedback::text as fact, f.customer, f.at, true as final, null as left_out,
    :dimensions, t.organisation, theme, theme_key, polarity, earlier
from (
    select customer, feedback, at, theme, theme_key, polarity, ticket, false as earlier from :"schema".feedback
    union all
    select customer, feedback, starts, theme, theme_key, polarity, ticket, true
    from :spans join unnest(:since::timestamptz[]) with ordinality as since (since, number) using (number)
    join :"schema".feedback noted on noted.at >= since and noted.at < starts
) f left join (select ticket, :dimensions, organisation from :"schema".tickets) t using (ticket)
