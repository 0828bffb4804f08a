-- What the facts of rules need beside the log.

-- name: firings
-- How often each actor fired a rule since an instant: the newest `most` rows of the audit history of one actor, and the
-- firings of all actors that only the log has. The rows hold every event up to their last position. Of the log behind
-- it the newest `behind` positions are read.
select actor, count(*) from (
    (
        select actor, recorded_at from :"schema".audit_history
        where coalesce(actor_key, actor) = :actor and topic = 'automation.fired'
        order by position desc
        limit :most
    )
    union all
    select state::json -> 'actor' ->> 'id', recorded_at from :"schema".events
    where position > greatest(
            (select max(position) from :"schema".audit_history),
            (select position from :"schema".log_head) - :behind
        )
        and topic = 'automation.fired'
) newest
where recorded_at > :since and actor is not null
group by actor;
