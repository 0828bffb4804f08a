-- The report of satisfaction, whose rows join what two figures count.

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
