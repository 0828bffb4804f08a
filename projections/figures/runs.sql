-- Facts that count in runs of periods. :instants are those at which they count, by the number of the period.

-- name: in each period
-- A row for each period in which a fact counts.
select f.*, (:instants)[number] as at, (:ends)[number] <= :now as final
from (:facts) f cross join lateral generate_series(first, last) as number

-- name: changes
-- A fact counts from the period `first` on, and no longer behind `last`. Each change is of the groups in which the fact
-- is at its instant: of the one from which on it counts, or of the last one at which it does.
select f.*, changes_at, times, (:instants)[judged] as at, true as final
from (:facts) f cross join lateral (values (first, first, 1), (last + 1, last, -1)) changes (changes_at, judged, times)
where changes_at <= :last

-- name: changes with turns
-- The same where customers turn from one group to another: within a run, the fact leaves the old groups and comes to the
-- new ones.
with in_runs as materialized (:facts), turns as materialized (
    select distinct customer, number from (:turns) turned cross join lateral (
        select width_bucket(turned.at - interval '1 microsecond', :instants) + 1 as number
    ) numbered where number between 2 and :last
)
select f.*, (:instants)[judged] as at, true as final
from (
    select f.*, changes_at, judged, times
    from in_runs f
    cross join lateral (values (first, first, 1), (last + 1, last, -1)) changes (changes_at, judged, times)
    union all
    select f.*, number, number + (times - 1) / 2, times
    from in_runs f join turns using (customer) cross join (values (1), (-1)) changes (times)
    where number > first and number <= last
) f where changes_at <= :last

-- name: turns of tier
-- When the tier of a customer changed.
select customer, at from :"schema".customer_tiers cross join lateral (values (since), (until)) turn (at)

-- name: turns of segment
-- When a customer entered or left a segment.
select customer, at from :"schema".segment_members cross join lateral (values (since), (until)) turn (at)

-- name: placed
-- How many facts that are alike count in each period: the sum of the changes up to it.
, placed as (
    select changed.*, (:labels::date[])[number] as period, (:ends)[number] <= :now as final
    from (
        select :columns, changes_at, lead(changes_at, 1, :last + 1) over changes as changes_again,
            (sum(sum(times)) over changes)::int as times
        from changed group by :columns, changes_at
        window changes as (partition by :columns order by changes_at)
    ) changed cross join lateral generate_series(changes_at, changes_again - 1) as number
    where times > 0
)
