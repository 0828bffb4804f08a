-- What the facts of rules need beside the log.

-- name: firings
-- How often a rule fired since an instant: its newest `most` firings in the rows of the audit history, and those that
-- only the log has, which the rows follow closely.
select count(*) filter (where recorded_at > :since)
from (
    (
        select recorded_at from :"schema".audit_history
        where coalesce(actor_key, actor) = :actor and topic = 'automation.fired'
        order by position desc
        limit :most
    )
    union all
    select recorded_at from :"schema".events
    where position > coalesce((
        select position from :"schema".projection_positions where name = 'audit_history'
    ), 0)
        and topic = 'automation.fired' and state::json -> 'actor' ->> 'id' = :written
) newest;
