-- The statements that read a tenant's log. psql runs them with -v schema=tenant_default and -v for each parameter.

-- name: head
-- The position of the newest event; 0 in an empty log.
select position from :"schema".log_head;

-- name: page
-- Rows after a position, in order, at most `limit`.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where position > :after
order by position
limit :limit;

-- name: page_of_bytes
-- Rows after a position, in order, at most `limit`; the stored texts of all but the last are smaller than `bytes`.
select position, stream, version, topic, recorded_at, state
from (
    select *, sum(octet_length(state)) over (order by position) - octet_length(state) as before
    from :"schema".events
    where position > :after
    order by position
    limit :limit
) measured
where before < :bytes
order by position;

-- name: streams
-- All rows of some streams up to a position, each stream in its order.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where stream = any(:streams::uuid[]) and position <= :up_to
order by stream, version;

-- name: part_of_stream
-- At most :limit rows of a stream behind the version :after, up to a position.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where stream = :stream and version > :after and position <= :up_to
order by version
limit :limit;

-- name: streams_of_topics
-- All rows of some streams with some topics up to a position, each stream in its order.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where stream = any(:streams::uuid[]) and position <= :up_to and topic = any(:topics)
order by stream, version;

-- name: newest_of_topic
-- The newest row of a stream with a topic up to a position, of the versions :first to :last.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where stream = :stream and topic = :topic and version between :first and :last and position <= :up_to
order by version desc
limit 1;

-- name: versions
-- The version of each of some streams; a stream without events is absent.
select stream, max(version)
from :"schema".events
where stream = any(:streams::uuid[])
group by stream;

-- name: commands
-- The recorded answers of some commands, with their fingerprints.
select command_id, fingerprint, stream, version, position, events
from :"schema".commands
where command_id = any(:command_ids);

-- name: recorded_at
-- When the event at a position was recorded.
select recorded_at from :"schema".events where position = :position;

-- name: published_keys
-- What identifies the policies and calendars published up to a position, in order. The partial index `events_topic_idx`
-- answers it, and each query below that names topics.
select position, stream, version, recorded_at
from :"schema".events
where topic in ('policy.published', 'calendar.published') and position <= :up_to
order by position;

-- name: definition_keys
-- What identifies the definitions published up to a position, in order.
select position, stream, version, recorded_at
from :"schema".events
where topic = 'definition.published' and position <= :up_to
order by position;

-- name: events_at
-- The rows at some positions, in order.
select position, stream, version, topic, recorded_at, state
from :"schema".events
where position = any(:positions)
order by position;

-- name: calendars_besides
-- How many calendars were published, without the one whose stream is given.
select count(distinct stream)
from :"schema".events
where topic = 'calendar.published' and stream <> :stream;

-- name: since_snapshots
-- The rows of some streams, each from its snapshot on. A snapshot has the topic `snapshot`, position 0 and no time, and
-- comes first. Snapshots of another fold do not count.
with kept as (
    select stream, version, state from :"schema".snapshots where stream = any(:streams::uuid[]) and fold = :fold
)
select 0::bigint, stream, version, 'snapshot', null::timestamptz, state from kept
union all
select e.position, e.stream, e.version, e.topic, e.recorded_at, e.state
from unnest(:streams::uuid[]) wanted(stream)
left join kept using (stream)
join lateral (
    select * from :"schema".events later
    where later.stream = wanted.stream and later.version > coalesce(kept.version, 0)
    offset 0 -- keeps the planner from reading the whole log
) e on true
order by 2, 3;

-- name: encrypted_events
-- The newest event of each of some streams whose personal values are encrypted.
select wanted.stream, e.topic, e.state
from unnest(:streams::uuid[]) wanted(stream)
join lateral (
    select topic, state from :"schema".events encrypted
    where encrypted.stream = wanted.stream and starts_with(encrypted.state, '{"sealed":"')
    order by encrypted.version desc
    limit 1
) e on true;

-- name: ends
-- Where the head, the newest event and the projection that is furthest stand, by a few index look-ups: how many rows
-- log_head has, its position, the newest event's position, the furthest projection's, and whether times fall.
select
    (select count(*) from :"schema".log_head),
    h.position,
    e.position,
    (select max(position) from :"schema".projection_positions),
    h.recorded_at = 'infinity' or h.recorded_at < e.recorded_at or e.recorded_at < (
        select b.recorded_at from :"schema".events b where b.position < e.position order by b.position desc limit 1
    )
from (values (1)) only_row(n)
left join :"schema".log_head h on true
left join (select position, recorded_at from :"schema".events order by position desc limit 1) e on true;

-- name: events_up_to
-- How many events stand at the next `part` positions after one, and the last of these positions up to the head.
select part.last, (select count(*) from :"schema".events where position > :after and position <= part.last)
from (select least(max(position), :after::bigint + :part) as last from :"schema".log_head) part
where part.last is not null;

-- name: checkpoints
-- The head (its name is null) and the position of every projection.
select null, position from :"schema".log_head
union all
select name, position from :"schema".projection_positions;

-- name: stopped_checkpoints
-- The position of every projection, and the event that stops it with the reason.
select name, position, stopped_at, error from :"schema".projection_positions order by name;

-- name: largest_lag
-- The largest projection lag, and how many projections are stopped.
select coalesce(max(h.position - p.position), 0), count(p.stopped_at)
from :"schema".log_head h, :"schema".projection_positions p;

-- name: seconds ahead
-- How many seconds the time of the head is ahead of the database's clock, which was put back then.
select coalesce(max(greatest(extract(epoch from recorded_at - clock_timestamp()), 0)), 0)::bigint
from :"schema".log_head
where isfinite(recorded_at);

-- name: worker_position
-- How far a worker has read; no row before it began.
select position from :"schema".worker_positions where worker = :worker;

-- name: encryption
-- The last position before personal data was encrypted, and the id of the key store; no row without encryption.
select encrypted_since, key_store from :"schema".log_head where key_store is not null;

-- name: begin encryption
-- Encrypts personal data from the next event on, unless it is encrypted already.
update :"schema".log_head set encrypted_since = position, key_store = :key_store where key_store is null;

-- name: use another key store
-- Takes the keys of new events from another store.
update :"schema".log_head set key_store = :key_store where key_store <> :key_store;

-- name: notice a caller who is gone
-- Looks each second whether the caller still waits, unless something else is set.
select set_config(name, '1s', false) from pg_settings
where name = 'client_connection_check_interval' and setting = '0' and source <> 'client';

-- name: has table
-- Whether a tenant has a table and this role may use its schema.
select exists (
    select from pg_namespace n join pg_class c on c.relnamespace = n.oid
    where n.nspname = :tenant_schema and c.relname = :table and has_schema_privilege(n.oid, 'usage')
);

-- name: tenants
-- The schemas that have a table of the name and may be used by this role.
select n.nspname
from pg_namespace n join pg_class c on c.relnamespace = n.oid
where c.relname = :table and starts_with(n.nspname, :prefix) and has_schema_privilege(n.oid, 'usage')
order by 1;
