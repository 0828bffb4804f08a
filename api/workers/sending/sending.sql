-- What the sender asks about the rows of notifications, beside the log.

-- name: due in a channel
-- The next notifications of a channel that may be sent at an instant, the one that waits longest first.
select notification, to_kind, recipient, position
from :"schema".notifications
where channel = :channel and channel <> 'webhook' and next_at is not null and next_at <= :now
    and notification <> all(:settled::uuid[])
order by next_at, position
limit :limit;

-- name: due at an endpoint
-- The same of the webhooks to one endpoint.
select notification, to_kind, recipient, position
from :"schema".notifications
where recipient = :recipient and channel = 'webhook' and next_at is not null and next_at <= :now
    and notification <> all(:settled::uuid[])
order by next_at, position
limit :limit;

-- name: next due
-- When the next notification of a channel may be sent after an instant.
select min(next_at)
from :"schema".notifications
where channel = any(:channels) and next_at is not null and next_at > :now;

-- name: open attempts
-- The notifications with an attempt that has no outcome, and began before an instant or, by a clock that was put back
-- since, after another.
select notification
from :"schema".notifications
where state = 'attempting' and (attempt_at <= :before or attempt_at >= :after) and notification <> all(:settled::uuid[])
order by attempt_at
limit :limit;

-- name: misdated
-- The notifications that wait beyond an instant, by an event that happened after it. There are some only while the log
-- is ahead of this instant.
select waiting.notification, waiting.version
from :"schema".notifications waiting
join :"schema".events last on last.stream = waiting.notification and last.version = waiting.version
where exists (select from :"schema".log_head where recorded_at > :ahead)
    and waiting.next_at > :ahead and (last.state::json ->> 'occurred_at')::timestamptz > :ahead
    and waiting.notification <> all(:settled::uuid[])
limit :limit;

-- name: of customers
-- The notifications to customers that were attempted since an instant, or that wait.
select notification
from :"schema".notifications
where customer = any(:customers::uuid[]) and (attempt_at > :since or next_at is not null);

-- name: bounced
-- When a message to an address came back last.
select address, max(ended_at)
from :"schema".notifications
where why = 'bounced' and address = any(:addresses)
group by address;

-- name: said since
-- The last position at which each of some topics stands on each of some streams.
select stream, topic, max(position)
from :"schema".events
where stream = any(:streams::uuid[]) and topic = any(:topics)
group by stream, topic;

-- name: last words
-- When each customer last wrote on each channel in a span. A ticket counts for the customer it was received of,
-- and a message that names no channel for the channel of its ticket.
select said.customer, coalesce(said.facts ->> 'channel', receipt.facts ->> 'channel'), max(said.occurred_at)
from :"schema".audit_history said
left join :"schema".audit_history receipt
    on receipt.stream = said.stream and receipt.topic = 'ticket.received' and said.facts ->> 'channel' is null
where said.customer = any(:customers::uuid[]) and said.occurred_at between :since and :until
    and said.topic in ('ticket.received', 'ticket.message_received')
group by 1, 2;
