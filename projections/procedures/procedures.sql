-- Procedures, and which ones.

-- name: page
-- The procedures that meet the conditions, those that started last first.
select *
from :"schema".procedures p
where :conditions
order by started_at desc, procedure_stream desc
limit :limit;

-- name: overdue
-- With an open step of people whose due time has passed.
p.state = 'running'
    and exists (
        select from :"schema".procedure_steps s
        where s.procedure_stream = p.procedure_stream and s.ended_at is null and s.kind <> 'wait' and s.due_at < :now
    )

-- name: running
-- The procedures that run for one of the streams as its subject or its customer.
select procedure_stream
from :"schema".procedures
where subject = any(:streams) and state = 'running'
union
select procedure_stream
from :"schema".procedures
where customer = any(:streams) and state = 'running';
