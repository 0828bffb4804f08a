-- What the facts of rules need beside the log.

-- name: firings
-- How often each actor fired a rule in a span: the newest `most` rows of the audit history of one actor, and the
-- firings of all actors that only the log has. The rows hold every event up to their last position. Of the log behind
-- it the newest `behind` positions are read. A firing that lies beyond the span is from before the clock was put back.
select actor, count(*) from (
    (
        select actor, occurred_at from :"schema".audit_history
        where coalesce(actor_key, actor) = :actor and topic = 'automation.fired'
        order by position desc
        limit :most
    )
    union all
    select state::json -> 'actor' ->> 'id', (state::json ->> 'occurred_at')::timestamptz from :"schema".events
    where position > greatest(
            (select max(position) from :"schema".audit_history),
            (select position from :"schema".log_head) - :behind
        )
        and topic = 'automation.fired'
) newest
where occurred_at > :since and occurred_at < :until and actor is not null
group by actor;
