-- The tables of one tenant's log. Each statement is executed once in the tenant's life, in this order.
-- psql -v schema=tenant_default -f schema.sql makes them in an existing schema.

-- name: migrations
-- What was made once in the tenant's life.
create table if not exists :"schema".migrations (name text primary key, made_at timestamptz default now());

-- name: log
-- The head, which is one row, the events, the answers of commands, and the snapshots. A snapshot is the state of a long
-- stream; when it is lost, it is made again.
create table :"schema".log_head (
    only_row boolean primary key default true check (only_row),
    position bigint not null,
    recorded_at timestamptz not null
) with (fillfactor = 10);
insert into :"schema".log_head values (true, 0, '-infinity');

create table :"schema".events (
    position bigint primary key,
    stream uuid not null,
    version integer not null check (version > 0),
    topic text not null,
    recorded_at timestamptz not null,
    state text not null,
    unique (stream, version)
);
create index on :"schema".events (position) where topic in ('policy.published', 'calendar.published');

create table :"schema".commands (
    command_id text primary key,
    fingerprint text not null,
    stream uuid not null,
    version integer not null,
    position bigint not null,
    events integer not null
);

create table :"schema".snapshots (
    stream uuid primary key,
    version integer not null,
    fold text not null,
    state text not null
);

-- name: projection positions
-- The checkpoints of the projections. The log must never end before any of them.
create table :"schema".projection_positions (
    name text primary key,
    position bigint not null,
    stopped_at bigint,
    error text,
    tried_at timestamptz
) with (fillfactor = 10);

-- name: projection positions say which definition the rows follow
-- A checkpoint counts for the version of the projection that made its rows.
alter table :"schema".projection_positions add column definition text;

-- name: projection positions say when the rows were written
-- The instant of the last batch; null for rows of an earlier release.
alter table :"schema".projection_positions add column projected_at timestamptz;

-- name: published definitions have an index
-- They are read as they are in effect, without the rest of the log.
create index on :"schema".events (position) where topic = 'definition.published';

-- name: worker positions
-- How far each worker that reacts to events has read, such as the reactor.
create table :"schema".worker_positions (
    worker text primary key,
    position bigint not null
) with (fillfactor = 10);

-- name: started procedures have an index
-- The reactor looks for those that the rows of procedures do not hold yet.
create index on :"schema".events (position) where topic = 'procedure.started';

-- name: erased streams have an index
-- An erasure finds the streams that it has closed.
create index on :"schema".events (position) where topic = 'personal_data.erased';

-- name: positions of events begin with 1
-- Rows of an older log are not read for it; `doctor` names those that lie outside.
alter table :"schema".events add constraint events_position_check check (position > 0) not valid;

-- name: encryption
-- Whose key store holds the tenant's keys, and the last position before its personal data was encrypted; null without.
alter table :"schema".log_head add column key_store uuid, add column encrypted_since bigint;

-- name: events of some topics have one index
-- Rules, definitions, started procedures and erasures are looked up by their topics; each partial index costs every
-- append, whatever its topic, about 2 microseconds. One check costs half of two.
create index events_topic_idx on :"schema".events (topic, position) where topic in (
    'policy.published', 'calendar.published', 'definition.published', 'procedure.started', 'personal_data.erased'
);
drop index if exists :"schema".events_position_idx, :"schema".events_position_idx1, :"schema".events_position_idx2,
    :"schema".events_position_idx3;
alter table :"schema".events
    drop constraint if exists events_version_check,
    drop constraint if exists events_position_check,
    add constraint events_begin_check check (version > 0 and position > 0) not valid;
