-- What customers say: feedback by theme and polarity, against the four periods before.

-- name: noted
-- The feedback of each period, and that of the four periods before it.
select f.customer as subject, feedback::text as fact, f.customer, f.at, true as final, null as left_out,
    noted_at, :dimensions, :organisation, theme, theme_key, polarity, earlier
from (
    select customer, feedback, at, at as noted_at, theme, theme_key, polarity, ticket, false as earlier
    from :"schema".feedback
    union all
    select customer, feedback, starts, at, theme, theme_key, polarity, ticket, true
    from :spans
    join unnest(:since::timestamptz[], :until::timestamptz[])
        with ordinality as before (since, until, number) using (number)
    join :"schema".feedback noted on noted.at >= since and noted.at < until
) f left join (select ticket, :dimensions from :"schema".tickets) t using (ticket)

-- name: organisation
-- The organisation of the ticket. Without a ticket it is the person itself, or the one that the person belongs to now.
case when f.ticket is not null then (
    select coalesce(s.survivor, o.organisation)
    from :"schema".tickets o left join survivors s on s.customer = o.organisation
    where o.ticket = f.ticket
) else (
    select case when party.party = 'organisation' then party.customer else membership.organisation::uuid end
    from :"schema".customers party left join (:membership) membership on membership.customer = party.customer
    where party.customer = coalesce((select survivor from survivors s where s.customer = f.customer), f.customer)
) end as organisation
