-- What the what-if of rules asks beside the log.

-- name: subjects
-- The streams of some kinds, those that began last first.
select stream
from :"schema".audit_history
where version = 1 and split_part(topic, '.', 1) = any(:kinds)
order by position desc
limit :limit;
