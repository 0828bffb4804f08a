-- The backlog at instants, and its flow.

-- name: open
-- The tickets that are open at the instant of each period.
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    :dimensions, state, spans.at - t.received_at as age,
    spans.at - coalesce(t.reopened_at, t.received_at) as age_since_reopening
from :open_segments left join :customers using (ticket)

-- name: open at each
-- The segments that are open at each of several instants. The server expects one instant: where it would read all tickets
-- again for each, the segments are materialized.
(
    with read as :materialized (
        select spans.*, ticket, received_at, reopened_at, state, :dimensions
        from unnest(:instants) with ordinality as spans (at, number)
        cross join lateral (select * from :"schema".backlog_segments where :open_at offset 0) segments
    )
    select * from read
) t cross join lateral (select t.at, t.number) spans

-- name: open at once
-- The segments that are open at any of several instants that lie close together, read once for all of them.
(with read as materialized (select * from :"schema".backlog_segments where :open_between) select * from read) t
cross join lateral (
    select (:instants)[number] as at, number from generate_series(
        width_bucket(t.began_at - interval '1 microsecond', :instants) + 1,
        coalesce(width_bucket(t.ended_at - interval '1 microsecond', :instants), cardinality(:instants))
    ) as number
) spans

-- name: open alike
-- The same without the tickets. Segments with as many instants up to each of six others are open at the same ones and
-- of the same age group there: they are one row, which is as old as any of them. Most of those read lie between two of
-- the instants, and are left out before anything else is computed.
select null::uuid as subject, null as fact, null::uuid as customer, spans.at, true as final, null as left_out, times,
    :names, spans.at - t.received_at as age, spans.at - coalesce(t.reopened_at, t.received_at) as age_since_reopening
from (
    with read as materialized (
        select :grouped min(received_at) as received_at, min(reopened_at) as reopened_at, min(began_at) as began_at,
            min(ended_at) as ended_at, count(*)::int as times
        from (
            select *, width_bucket(began_at - interval '1 microsecond', :instants) as begins,
                coalesce(width_bucket(ended_at - interval '1 microsecond', :instants), cardinality(:instants)) as ends
            from :"schema".backlog_segments where :open_between and :where offset 0
        ) at_some_instant
        where begins < ends
        group by :keys begins, ends,
            width_bucket(received_at + interval '240 hours' - interval '1 microsecond', :instants),
            width_bucket(received_at + interval '720 hours', :instants),
            width_bucket(coalesce(reopened_at, received_at) + interval '240 hours' - interval '1 microsecond', :instants),
            width_bucket(coalesce(reopened_at, received_at) + interval '720 hours', :instants)
    )
    select * from read
) t join unnest(:instants) as spans (at) on t.began_at <= spans.at and (t.ended_at > spans.at or t.ended_at is null)

-- name: crossed
-- The ways into the backlog and out of it.
select t.ticket as subject, version::text as fact, customer, at, true as final, null as left_out,
    :dimensions, kind
from (select * from :"schema".backlog_crossings where :within) t left join :customers using (ticket)
