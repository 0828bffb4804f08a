-- The open tickets at an instant, and what entered and left.

-- name: flow
-- Per period: how many tickets crossed, by kind, and how many are open on each side of its bounds.
select width_bucket(at, :bounds::timestamptz[]), null, kind, count(*)
from :"schema".backlog_crossings where at >= :first and at < :last
group by 1, 3
union all
select width_bucket(began_at, :bounds::timestamptz[]), width_bucket(ended_at, :bounds::timestamptz[]),
    null, count(*)
from :"schema".backlog_segments
where :open_between
group by 1, 2;

-- name: crossings
-- The crossings between :start and :end, oldest first.
select :columns
from :"schema".backlog_crossings
where at >= :start and at < :end and kind = any(:kinds) and :where and :page
order by at, ticket, version
limit :limit;

-- name: open tickets
-- The tickets that are open, by id, behind :after.
select :columns
from :"schema".backlog_segments
where :open_at and :where and :of_age and (:after::uuid is null or ticket > :after)
order by ticket
limit :limit
