-- A what-if reads the log in stretches.

-- name: stretches
-- The ids that divide the tickets of the log up to :up_to into parts.
select percentile_disc(:edges::float8[]) within group (order by stream)
from :"schema".events
where topic = 'ticket.received' and position <= :up_to;

-- name: how many
-- The tickets of the log after :after and up to :up_to, but no more than :most (null: all).
select count(*) from (
    select from :"schema".events
    where topic = 'ticket.received' and position > :after and position <= :up_to limit :most::bigint
) counted;
