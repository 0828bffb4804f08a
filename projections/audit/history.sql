-- The audit history. A source finds positions by an index, in order, at most :looked of them; a page has the rows at
-- these positions that meet the conditions. A condition whose parameter is null holds.

-- name: of tickets
-- Of some tickets.
select a.position
from unnest(:tickets::uuid[]) k (ticket) cross join lateral (
    select position from :"schema".audit_history
    where stream = k.ticket and stream_kind = 'ticket' and position > :after and position <= :up_to
    order by position limit :looked
) a
order by position limit :looked;

-- name: of customers
-- Of some customers and of the tickets that a correction gave to them.
select a.position
from (
    select o.position from unnest(:customers::uuid[]) k (customer) cross join lateral (
        select position from :"schema".audit_history
        where customer = k.customer and position > :after and position <= :up_to
        order by position limit :looked
    ) o
    union all
    select g.position from unnest(:given::uuid[]) k (ticket) cross join lateral (
        select position from :"schema".audit_history
        where stream = k.ticket and position > :after and position <= :up_to
        and (customer is null or customer <> all(:customers))
        order by position limit :looked
    ) g
) a
order by position limit :looked;

-- name: of an actor
-- What an actor did, and what others did on behalf of the actor.
select a.position
from (
    (
        select position from :"schema".audit_history
        where coalesce(actor_key, actor) = :actor and position > :after and position <= :up_to
        order by position limit :looked
    )
    union all
    (
        select position from :"schema".audit_history
        where coalesce(on_behalf_of_key, on_behalf_of) = :actor and on_behalf_of is not null
        and coalesce(actor_key, actor) <> :actor and position > :after and position <= :up_to
        order by position limit :looked
    )
) a
order by position limit :looked;

-- name: of administration
-- Of keys, rules and what else people administer the desk by. The partial index has the same condition.
select position
from :"schema".audit_history
where :of_administration
and position > :after and position <= :up_to
order by position limit :looked;

-- name: of the log
-- Of everything.
select position
from :"schema".audit_history
where position > :after and position <= :up_to
order by position limit :looked;

-- name: page
-- The rows at some positions that meet all conditions, in order.
select
    a.stream, a.position, a.version, a.stream_kind, a.topic, a.customer, a.ticket, a.occurred_at, a.recorded_at, a.late,
    a.actor, a.actor_kind, a.on_behalf_of, a.channel, a.client, a.reason, a.command_id, a.correlation_id, a.causation_id,
    a.changes, a.facts
from unnest(:positions::bigint[]) looked (position)
cross join lateral (
    select * from :"schema".audit_history a
    where a.position = looked.position
    offset 0 -- keeps the planner from reading the whole table
) a
where (:customers::uuid[] is null or a.customer = any(:customers) or a.stream = any(:given))
and (:taken::uuid[] is null or a.stream <> all(:taken))
and (:actor::text is null or coalesce(a.actor_key, a.actor) = :actor
    or coalesce(a.on_behalf_of_key, a.on_behalf_of) = :actor)
and (:topics::text[] is null or a.topic = any(:topics))
and (:channels::text[] is null or a.channel = any(:channels))
and (:pattern::text is null or a.facts::text ~* :pattern or a.reason ~* :pattern)
and (:occurred_from::timestamptz is null or a.occurred_at >= :occurred_from)
and (:occurred_before::timestamptz is null or a.occurred_at < :occurred_before)
and (:known_at::timestamptz is null or a.recorded_at <= :known_at)
and (:as_of::timestamptz is null or a.occurred_at <= :as_of)
order by a.position limit :limit;

-- name: absorbed
-- The tickets that had been merged into one by then, directly or through another, and not taken out again.
with recursive family (ticket) as (
    select :ticket::uuid
    union
    select (a.facts ->> 'ticket_id')::uuid
    from family f join :"schema".audit_history a on a.stream = f.ticket and a.topic = 'ticket.absorbed'
    where (:known_at::timestamptz is null or a.recorded_at <= :known_at)
    and (:as_of::timestamptz is null or a.occurred_at <= :as_of)
    and not exists (
        select from :"schema".audit_history u
        where u.stream = a.stream and u.topic = 'ticket.absorption_undone'
        and u.facts ->> 'ticket_id' = a.facts ->> 'ticket_id'
        and (:known_at::timestamptz is null or u.recorded_at <= :known_at)
        and (:as_of::timestamptz is null or u.occurred_at <= :as_of)
        and case
            when :as_of::timestamptz is null then u.version > a.version
            else (u.occurred_at, u.version) > (a.occurred_at, a.version)
        end
    )
)
select ticket from family where ticket <> :ticket;

-- name: receipts
-- The first events of some tickets.
select k.ticket, first.facts
from unnest(:tickets::uuid[]) k (ticket) cross join lateral (
    select facts from :"schema".audit_history where stream = k.ticket order by position limit 1
) first;

-- name: next recorded
-- The first position from one on, and when it was recorded.
select position, recorded_at
from :"schema".audit_history
where position >= :position
order by position limit 1;

-- name: last position
-- The last position.
select max(position) from :"schema".audit_history;
