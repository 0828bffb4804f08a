-- How procedures run: the time of their steps, what is skipped or overdue, how they end, and how many run.

-- name: steps
-- The steps of procedures by one of their instants.
select procedure_stream as subject, step as fact, customer, :at as at, :final as final, null as left_out,
    procedure, step, kind as step_kind, team_key as assigned_team, agent_key as assigned_agent, ended_as,
    extract(epoch from ended_at - opened_at)::float8 as elapsed, coalesce(ended_at, :now) > due_at as overdue
from :"schema".procedure_steps where :within and :counts

-- name: ended
-- The procedures that ended in the period.
select procedure_stream as subject, null as fact, customer, ended_at as at, true as final, null as left_out,
    procedure, outcome, state, extract(epoch from ended_at - started_at)::float8 as elapsed
from :"schema".procedures where :within

-- name: running
-- The procedures that run at the instant of each period.
select procedure_stream as subject, null as fact, customer, spans.at, true as final, null as left_out,
    procedure, null::text as outcome, spans.at - started_at as age
from unnest(:instants) as spans (at), lateral (
    select * from :"schema".procedures
    where started_at <= spans.at and (ended_at is null or ended_at > spans.at) offset 0
) p
