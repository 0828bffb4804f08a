-- The journey of tickets: paths of states and of teams, the time between steps, and the points of loss.

-- name: tickets
-- The tickets that left the backlog in the period, and those that are open.
select ticket as subject, null as fact, customer, coalesce(left_at, :now) as at, true as final,
    case when left_at is null then 'open' end as left_out, :dimensions, outcome, closed_open,
    left_from as state, loops, team_loops, told_late, :state_path as state_path, :team_path as team_path
from :"schema".tickets t where :within or left_at is null

-- name: path
-- A path that is frequent among the tickets of the question; any other one is the group of the others.
case when :path in (
    select :path from (
        select f.* :columns from (
            select ticket as subject, customer, person, left_at as at, :dimensions, :path from :persons t where :within
        ) f :joins
    ) f where :where group by 1 order by count(*) desc, 1 limit :most
) then :path else :other end

-- name: steps
-- The steps of the tickets that left the backlog in the period. Many tickets have one path, so that each path is taken
-- apart once. Behind an offset of '0' the work can be shared among processes.
select ticket as subject, number::text as fact, customer, left_at as at, true as final, null as left_out,
    :dimensions, steps.state, step, state_seconds[number] as seconds, returns
from (select * from :"schema".tickets where :within offset '0') t
join (
    select state_path, number, states[number] as state, states[number] || :between || states[number + 1] as step,
        array_position(states, states[number + 1]) <= number as returns
    from (
        select state_path, string_to_array(state_path, :between) as states from :"schema".tickets where :within group by 1
    ) paths cross join lateral generate_series(1, cardinality(states) - 1) as number
    offset '0'
) steps using (state_path)
offset '0'

-- name: steps alike
-- The same without the tickets: those of a group with one path are one row for each step, with all their seconds. Their
-- arrays are equally long, and are collected as the rows of one.
select null::uuid as subject, null as fact, null::uuid as customer, at, true as final, null as left_out, times,
    :names, states[number] as state, states[number] || :between || states[number + 1] as step,
    seconds[:][number:number] as seconds, array_position(states, states[number + 1]) <= number as returns
from (
    select :grouped min(left_at) as at, string_to_array(state_path, :between) as states, count(*)::int as times,
        array_agg(state_seconds) as seconds
    from (
        select *, :period from :"schema".tickets where :within and cardinality(state_seconds) > 0 offset '0'
    ) t group by :keys period, state_path
) paths cross join lateral generate_series(1, cardinality(states) - 1) as number
