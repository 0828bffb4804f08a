-- The timeline of some customers, read from the audit history.

-- name: keys
-- The keys of a page; the last column says whether a correction gave the ticket to somebody else. The index of each
-- customer gives a page in order, and so does that of each ticket that a correction gave them.
select page.occurred_at, page.position, page.stream <> all(:corrected_in::uuid[]) and exists (
    select from :"schema".audit_history c
    where c.stream = page.stream and c.topic = 'ticket.customer_corrected'
        and (:known_at::timestamptz is null or c.recorded_at <= :known_at)
        and (:as_of::timestamptz is null or c.occurred_at <= :as_of)
        and c.customer <> all(:customers)
)
from (
    select own.* from unnest(:customers::uuid[]) as member (customer) cross join lateral (
        select a.occurred_at, a.position, a.stream
        from :"schema".audit_history a
        where a.customer = member.customer
            and (a.occurred_at, a.position) :beyond (:occurred_at, :position)
            and (:topics::text[] is null or a.topic = any(:topics))
            and (:known_at::timestamptz is null or a.recorded_at <= :known_at)
            and (:as_of::timestamptz is null or a.occurred_at <= :as_of)
        order by a.occurred_at :direction, a.position :direction
        limit :limit
    ) own
    union all
    select given.* from unnest(:corrected_in::uuid[]) as ticket (stream) cross join lateral (
        select a.occurred_at, a.position, a.stream
        from :"schema".audit_history a
        where a.stream = ticket.stream and a.customer <> all(:customers)
            and (a.occurred_at, a.position) :beyond (:occurred_at, :position)
            and (:topics::text[] is null or a.topic = any(:topics))
            and (:known_at::timestamptz is null or a.recorded_at <= :known_at)
            and (:as_of::timestamptz is null or a.occurred_at <= :as_of)
        order by a.occurred_at :direction, a.position :direction
        limit :limit
    ) given
    order by occurred_at :direction, position :direction limit :limit
) page
order by occurred_at :direction, position :direction;

-- name: entries
-- The entries at some positions, in this order.
select :columns
from unnest(:positions::bigint[]) with ordinality as page (position, number)
join :"schema".audit_history entry using (position)
order by number;
