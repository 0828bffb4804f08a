-- Reports over one row for each ticket.

-- name: handling time
-- Handling time by elapsed time and by effort.
with handled as (
    select *, :period, case when open then 'open_again' end as left_out,
        extract(epoch from last_resolved_at - received_at)::float8 as elapsed,
        talk_seconds + hold_seconds + after_contact_seconds as effort
    from :"schema".tickets where :covers and not :uncounted
    union all
    select *, :left_period, outcome, null, null from :"schema".tickets where :left and :uncounted
)
select :names, count(*) filter (where left_out is null) as resolved, :left_out,
    count(*) filter (where left_out is null and told_late) as told_late,
    count(*) filter (where left_out = 'open_again') as open_again,
    avg(elapsed) filter (where left_out is null) as mean,
    percentile_cont(0.5) within group (order by elapsed) filter (where left_out is null) as median,
    percentile_cont(0.9) within group (order by elapsed) filter (where left_out is null) as p90,
    count(*) filter (where left_out is null and effort > 0) as handled,
    coalesce(sum(effort) filter (where left_out is null), 0)::bigint as effort
from handled group by :keys order by :keys

-- name: satisfaction
-- Ratings by their instant, and resolutions with their rating.
with counted as (
    select ticket, team, agent, priority, category, channel, folded, told_late, score, :rated_period,
        'rating' as counts_as, null as left_out
    from :"schema".ticket_resolutions where :rated
    union all
    select ticket, team, agent, priority, category, channel, folded, told_late, score, :period, 'resolution', null
    from :"schema".ticket_resolutions where :covers and not :uncounted
    union all
    select ticket, team, agent, priority, category, channel, folded, told_late, null, :left_period, null, outcome
    from :"schema".tickets where :left and :uncounted
)
select :names, count(*) filter (where counts_as = 'rating' and score >= 4) as satisfied,
    count(*) filter (where counts_as = 'rating') as ratings,
    count(*) filter (where counts_as = 'resolution' and score is not null) as answered,
    count(*) filter (where counts_as = 'resolution') as resolutions, :left_out,
    count(distinct ticket) filter (where left_out is null) as tickets,
    count(distinct ticket) filter (where left_out is null and told_late) as told_late
from counted group by :keys order by :keys

-- name: reopenings
-- The tickets that were resolved, each at its last resolution in a period, and those of them that were reopened.
with resolved as (
    select distinct on (ticket, period) *, :period from :"schema".ticket_resolutions
    where :resolved and not :uncounted order by ticket, period, number desc
), counted as (
    select ticket, team, agent, priority, category, channel, folded, told_late, reopenings, period, null as left_out
    from resolved where :where
    union all
    select ticket, team, agent, priority, category, channel, folded, told_late, reopenings, :left_period, outcome
    from :"schema".tickets where :left and :uncounted
)
select :names, count(*) filter (where left_out is null and reopenings > 0) as reopened,
    count(*) filter (where left_out is null) as resolved, :left_out,
    count(*) filter (where left_out is null and told_late) as told_late
from counted group by :keys order by :keys
