-- The open tickets of each agent in each team, with the effort that is expected of them.

-- name: open tickets
-- The open tickets with what is expected of them: the median effort of the team for the category over the tickets
-- resolved after :since, else over all. ``:counts`` are the tickets with an effort.
with held as (
    select t.ticket, t.customer, t.team, t.agent, coalesce(t.folded[1], t.team, '') as team_key,
        coalesce(t.folded[2], t.agent, '') as agent_key, coalesce(t.folded[4], t.category, '') as category_key
    from :"schema".tickets t where open
), recent as (
    select coalesce(t.folded[1], t.team, '') as team, coalesce(t.folded[4], t.category, '') as category,
        percentile_cont(0.5) within group (
            order by t.talk_seconds + t.hold_seconds + t.after_contact_seconds
        ) as expected
    from :"schema".tickets t
    where :counts and t.last_resolved_at <= :now and last_resolved_at > :since
    group by 1, 2
), wanting as (
    select distinct team_key, category_key from held
    except select team, category from recent
), ever as (
    select team_key as team, category_key as category,
        percentile_cont(0.5) within group (
            order by t.talk_seconds + t.hold_seconds + t.after_contact_seconds
        ) as expected
    from :"schema".tickets t
        join wanting on team_key = coalesce(t.folded[1], t.team, '')
            and category_key = coalesce(t.folded[4], t.category, '')
    where :counts and t.last_resolved_at <= :now
    group by 1, 2
), medians as (
    select * from recent union all select * from ever
), promised as (
    select ticket, bool_or(:is_over) as late,
        bool_or(state = 'running' and due_at >= :now and due_at < :day_ends) as due_today
    from :"schema".sla_clocks where finished_at is null group by ticket
), open_tickets as (
    select ticket, customer, held.team, agent, nullif(team_key, '') as team_key, nullif(agent_key, '') as agent_key,
        coalesce(late, false) as late, coalesce(due_today, false) as due_today, expected
    from held left join promised using (ticket)
        left join medians m on m.team = team_key and m.category = category_key
)
:shown

-- name: by agent
-- The work of each agent in each team.
select team_key, agent_key, min(team collate "C") as team, min(agent collate "C") as agent,
    count(*) as tickets, count(*) filter (where late) as late, count(*) filter (where due_today) as due_today,
    coalesce(sum(expected), 0)::float8 as expected_effort, count(*) filter (where expected is null) as unexpected
from open_tickets group by 1, 2

-- name: each
-- Each ticket.
select :columns from open_tickets order by ticket
