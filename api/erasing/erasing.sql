-- What an erasure reads of the projections, which have caught up with the log before, and of the log itself.

-- name: owned streams
-- The streams whose customer, as known now, is one of some customers, with their kinds and this customer.
select s.stream, s.stream_kind, latest.customer
from (select distinct stream, stream_kind from :"schema".audit_history where customer = any(:customers)) s
cross join lateral (
    select customer from :"schema".audit_history where stream = s.stream order by position desc limit 1
) latest
where latest.customer = any(:customers);

-- name: tickets given away
-- The tickets of some customers that were given to another customer, who is not one of them.
select distinct s.stream
from :"schema".audit_history s
cross join lateral (
    select customer from :"schema".audit_history where stream = s.stream order by position desc limit 1
) latest
where s.customer = any(:customers) and s.stream_kind = 'ticket' and latest.customer <> all(:customers)
order by s.stream;

-- name: streams about
-- The tasks, notifications, files and procedures about some streams, with their kinds and what they are about.
select task, 'task', about from :"schema".tasks where about = any(:streams)
union all select notification, 'notification', about from :"schema".notifications where about = any(:streams)
union all select file, 'file', owner from :"schema".files where owner = any(:streams)
union all select procedure_stream, 'procedure', subject from :"schema".procedures where subject = any(:streams);

-- name: closed streams
-- Some erasures with the streams that each has closed since its start, and the kind of their first topic. The partial
-- index over the events that close streams answers it.
with started (erasure, position) as (
    select stream, max(position)
    from :"schema".events
    where stream = any(:erasures) and topic = 'erasure.started'
    group by stream
)
select started.erasure, e.stream, split_part(first.topic, '.', 1)
from :"schema".events e
join started on started.erasure = (e.state::json #>> '{payload,erasure}')::uuid and e.position > started.position
join :"schema".events first on first.stream = e.stream and first.version = 1
where e.topic = 'personal_data.erased' and e.position > (select min(position) from started);

-- name: erased events
-- The events of closed streams before their erasure.
select e.position, e.stream, e.version, e.topic, e.recorded_at, e.state
from :"schema".events e
where e.stream = any(:streams) and e.topic <> 'personal_data.erased'
order by e.position;

-- name: snapshots
-- The snapshots of some streams.
select state from :"schema".snapshots where stream = any(:streams);

-- name: encrypted texts
-- The beginnings of the encrypted events and snapshots of some streams, each with its stream.
select stream, left(state, 60)
from :"schema".events
where stream = any(:streams) and starts_with(state, '{"sealed":"')
union all select stream, left(state, 60) from :"schema".snapshots where stream = any(:streams);

-- name: closed for
-- The events that close some streams: each stream with the customer it was closed for.
select stream, state::json #>> '{payload,customer_id}'
from :"schema".events
where stream = any(:streams) and topic = 'personal_data.erased';

-- name: certified keys
-- The keys that erasures have destroyed, with their fingerprints. The partial index over closed streams finds the
-- erasures.
select fingerprints.key, fingerprints.value
from :"schema".events e
cross join lateral jsonb_each_text(e.state::jsonb #> '{payload,fingerprints}') fingerprints
where e.topic = 'erasure.keys_destroyed' and e.stream in (
    select (state::json #>> '{payload,erasure}')::uuid from :"schema".events where topic = 'personal_data.erased'
);

-- name: encrypted beginnings
-- The streams and the beginnings of the encrypted texts in a range of positions.
select stream, left(state, 60)
from :"schema".events
where position > :after and position <= :last and starts_with(state, '{"sealed":"');

-- name: newest encrypted
-- The streams and the beginnings of the encrypted texts among the newest events.
select stream, left(state, 60)
from (select stream, state from :"schema".events order by position desc limit :limit) newest
where starts_with(state, '{"sealed":"');

-- name: last days
-- The instant of the last fact of each kind of record that a retention rule may name.
select records, max(occurred_at)
from (
    select case when topic like 'customer.purchase%' then 'purchase' else split_part(topic, '.', 1) end as records,
        occurred_at
    from :"schema".audit_history
    where customer = any(:customers)
) facts
where records in ('contract', 'purchase', 'ticket', 'feedback')
group by records;

-- name: forget snapshots
-- Removes the snapshots of closed streams.
delete from :"schema".snapshots where stream = any(:streams);

-- name: erasures
-- The streams of erasures and legal holds, by the audit history and its index over what changes rules.
select distinct stream
from :"schema".audit_history
where stream_kind = 'erasure' and topic in ('erasure.requested', 'erasure.hold_placed');

-- name: events of a person
-- The events of a person's streams; of an address that others have too, only the claims of the person's customers.
select :columns
from :"schema".audit_history
where stream = any(:streams) and (stream_kind <> 'address' or (facts ->> 'customer_id')::uuid = any(:members))
order by position;

-- name: bytes of a person
-- The bytes of the payloads of a person's streams.
select coalesce(sum(octet_length(facts::text)), 0) from :"schema".audit_history where stream = any(:streams);
