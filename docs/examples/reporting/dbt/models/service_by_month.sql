-- Resolutions in time and ratings, by month and team. The verdicts and ratings are those of the reports.
with resolutions as (
    select date_trunc('month', finished_local_date)::date as month, team,
        count(*) filter (where verdict = 'met') as met, count(*) as judged
    from {{ source('desk', 'sla_instance') }} where target = 'resolution' and verdict is not null and is_final
    group by 1, 2
), ratings as (
    select date_trunc('month', rated_local_date)::date as month, team,
        count(*) filter (where is_satisfied) as satisfied, count(*) as rated
    from {{ source('desk', 'ticket_resolution') }} where score is not null group by 1, 2
)
select coalesce(r.month, s.month) as month, coalesce(r.team, s.team) as team, coalesce(r.met, 0) as met,
    coalesce(r.judged, 0) as judged, coalesce(s.satisfied, 0) as satisfied, coalesce(s.rated, 0) as rated
from resolutions r full join ratings s on s.month = r.month and coalesce(s.team, '') = coalesce(r.team, '')
