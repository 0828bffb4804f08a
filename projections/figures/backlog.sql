-- The backlog at instants, and its flow.

-- name: open
-- The tickets that are open at the instant of each period.
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    :dimensions, state, :organisation, spans.at - t.received_at as age,
    spans.at - coalesce(t.reopened_at, t.received_at) as age_since_reopening
from :open_segments left join :customers using (ticket)

-- name: open at each
-- The segments that are open at each of several instants.
unnest(:instants) as spans (at), lateral (select * from :"schema".backlog_segments where :open_at offset 0) t

-- name: open at once
-- The segments that are open at any of several instants that lie close together, read once for all of them.
(with read as materialized (select * from :"schema".backlog_segments where :open_between) select * from read) t
join unnest(:instants) as spans (at) on t.began_at <= spans.at and (t.ended_at > spans.at or t.ended_at is null)

-- name: crossed
-- The ways into the backlog and out of it.
select t.ticket as subject, version::text as fact, customer, at, true as final, null as left_out,
    :dimensions, :organisation, kind
from (select * from :"schema".backlog_crossings where :within) t left join :customers using (ticket)
