-- What the facts of rules need beside the log.

-- name: firings
-- How often a rule fired since an instant, at most `most`, by the rows of the audit history, newest first.
select count(*) filter (where recorded_at > :since)
from (
    select recorded_at from :"schema".audit_history
    where coalesce(actor_key, actor) = :actor and topic = 'automation.fired'
    order by position desc
    limit :most
) newest;
