-- The tables beside a log that the eventsourcing library needs, and the statements of its recorders.

-- name: library
-- The application whose events the log holds; stored events that stand in no log, which are snapshots; and the
-- positions that projections and process applications have read of other applications' logs.
create table :"schema".library_owner (
    only_row boolean primary key default true check (only_row),
    application text not null
);

create table :"schema".library_stored_events (
    purpose text not null,
    stream uuid not null,
    version integer not null,
    topic text not null,
    state text not null,
    primary key (purpose, stream, version)
);

create table :"schema".library_tracking (
    tracker text not null,
    application text not null,
    position bigint not null,
    primary key (tracker, application)
) with (fillfactor = 10);

-- name: tables exist
-- Whether the schema holds a log, and whether it holds the tables of the library.
select to_regclass(:'schema' || '.log_head') is not null, to_regclass(:'schema' || '.library_owner') is not null;

-- name: owner
-- The application whose events the log holds; no row before the first.
select application from :"schema".library_owner;

-- name: claim
-- Notes the application, unless another one is noted.
insert into :"schema".library_owner (application) values (:application) on conflict do nothing;

-- name: insert stored events
-- Adds stored events of one purpose.
insert into :"schema".library_stored_events (purpose, stream, version, topic, state)
select :purpose, * from unnest(:streams::uuid[], :versions::integer[], :topics::text[], :states::text[]);

-- name: stored events
-- The stored events of a stream, the oldest first.
select version, topic, state
from :"schema".library_stored_events
where purpose = :purpose and stream = :stream and version > :gt and version <= :lte
order by version
limit :limit;

-- name: stored events, newest first
-- The same, the newest first.
select version, topic, state
from :"schema".library_stored_events
where purpose = :purpose and stream = :stream and version > :gt and version <= :lte
order by version desc
limit :limit;

-- name: track
-- Notes a position. No row says that this position or a later one is noted already.
insert into :"schema".library_tracking as noted (tracker, application, position)
values (:tracker, :application, :position)
on conflict (tracker, application) do update set position = excluded.position where noted.position < excluded.position
returning 1;

-- name: tracked
-- The position that is noted; null before the first.
select max(position) from :"schema".library_tracking where tracker = :tracker and application = :application;
