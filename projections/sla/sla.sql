-- The SLA clocks: figures over them, pages of them, and the tickets whose clocks depend on customers.

-- name: tickets of changed customers
-- The tickets of customers whose tier or survivor changed, and of all that were ever merged into them.
with recursive :changed
select ticket from :"schema".sla_tickets where customer in (select customer from changed);

-- name: due instants
-- When each clock of some tickets is or was due.
select ticket, target || '/' || instance, coalesce(due_at, breached_at, late_after)
from :"schema".sla_clocks
where ticket = any(:tickets);

-- name: late and due
-- The clocks that are late, the longest first, then as many running ones that are due next. They are chosen by few
-- columns, since there are many, and then read whole.
select :columns, late, at from (
    (
        select ticket, target, activated_by, true as late, coalesce(late_after, breached_at) as at
        from :"schema".sla_clocks where :late and :where
        order by at, ticket, target, activated_by limit :limit
    )
    union all
    (
        select ticket, target, activated_by, false, due_at
        from :"schema".sla_clocks where state = 'running' and due_at >= :now and not :late and :where
        order by due_at, ticket, target, activated_by limit :limit
    )
) chosen join :"schema".sla_clocks using (ticket, target, activated_by)
order by late desc, at, ticket, target, activated_by;

-- name: compliance
-- Met, breached and cancelled by target and group.
select target, :names, count(*) filter (where :met) as met, count(*) filter (where :breached) as breached,
    count(*) filter (where (:met or :breached) and told_late) as told_late,
    count(*) filter (where :corrected) as corrected, count(*) filter (where :cancelled) as cancelled,
    percentile_cont(0.5) within group (order by elapsed_us) filter (where state = 'fulfilled') as median,
    percentile_cont(0.9) within group (order by elapsed_us) filter (where state = 'fulfilled') as p90
from (select *, :period from :"schema".sla_clocks where :of_any_target and :covers) ended
group by target, :keys
order by target, :keys

-- name: kept promises
-- The same by target and day, without anything else. Each count is read from a stretch of the index.
select each_target, day, counted.*
from unnest(:targets::text[]) each_target
cross join (
    select day, begins, lead(begins, 1, :end) over (order by begins) as ends
    from unnest(:days, :begins) as of_days (day, begins)
) days
cross join lateral (
    select count(*) filter (where :met), count(*) filter (where :breached), count(*) filter (where :cancelled)
    from :"schema".sla_clocks where target = each_target and finished_at >= begins and finished_at < ends and :where
) counted;

-- name: open clocks
-- The clocks that have not ended, by group.
select :names, count(*) as open, count(*) filter (where state = 'paused') as paused,
    count(*) filter (where :late) as late
from :"schema".sla_clocks
where finished_at is null and :where
group by :keys
order by :keys

-- name: running clocks
-- The clocks that run.
select ticket, target, activated_by, running_since, calendar, calendar_version
from :"schema".sla_clocks
where running_since is not null;
