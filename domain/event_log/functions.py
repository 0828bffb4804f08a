"""The functions through which a tenant's log is written: the only way in for a role that may write it.

They run with the rights of the schema's owner and a search path that nobody can change, and check what they are given.
"""

from typing import LiteralString

APPEND: LiteralString = """
-- Records a batch whole, or nothing of it. The answer says what stands in the way, null when nothing does: command ids
-- that are known already, streams that are not at the version that they were judged at; or the head -1 when the log
-- itself is not as it must be (soundness.py) and when the batch contradicts itself.
--
-- Unique keys, and the checks after the inserts, guard what is recorded: a caller leaves it out of what is looked up
-- first. When one of them refuses, the inner block is undone, and it is looked up what stood in the way. Each statement
-- sees what was committed before the function had the lock, which is the head's row. Lists are read by number, and
-- statements and expressions are few: each of these, and each list that is unnested, costs as much as a look-up.
create or replace function {schema}.append(
    seen text[],
    judged_stream uuid[], judged_version integer[],
    event_stream uuid[], event_version integer[], event_topic text[], event_state text[],
    command_id text[], command_fingerprint text[], command_stream uuid[], command_version integer[],
    command_last integer[], command_events integer[],
    out head bigint, out at timestamptz, out known text[], out stale uuid[]
) language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off -- plans that were made while the tables were small
set plan_cache_mode = force_generic_plan -- making a plan costs more than following it
as $$
begin
    begin
        if cardinality(event_stream) > 0 then
            update {schema}.log_head h
            set position = h.position + cardinality(event_stream),
                recorded_at = greatest(clock_timestamp(), h.recorded_at)
            returning h.position - cardinality(event_stream), h.recorded_at into strict head, at;
            if clock_timestamp() > at + interval '1 ms' then -- whoever had the lock kept it for a while
                at := clock_timestamp();
                update {schema}.log_head set recorded_at = at;
            end if;
        elsif cardinality(seen) + cardinality(judged_stream) > 0 then
            select h.position, h.recorded_at into strict head, at from {schema}.log_head h for update;
            at := greatest(clock_timestamp(), at);
        end if;
        if cardinality(seen) + cardinality(judged_stream) > 0 then
            if exists (select from {schema}.commands c where c.command_id = any(seen))
                or exists (
                    select from unnest(judged_stream, judged_version) j(stream, version)
                    where j.version <> coalesce(
                        (select e.version from {schema}.events e where e.stream = j.stream
                         order by e.version desc limit 1),
                        0)
                )
            then
                raise sqlstate 'TL001';
            end if;
        end if;
        if cardinality(event_stream) > 0 then
            insert into {schema}.events (position, stream, version, topic, recorded_at, state)
            select head + n, event_stream[n], event_version[n], event_topic[n], at, event_state[n]
            from generate_series(1, cardinality(event_stream)) n;
            if exists ( -- a version without the one before it
                    select from generate_series(1, cardinality(event_stream)) n
                    where event_version[n] > 1 and
                        (select e.position from {schema}.events e
                         where e.stream = event_stream[n] and e.version = event_version[n] - 1) is null
                )
                or at = 'infinity'
                or head > 0 and not exists (
                    select from {schema}.events e where e.position = head and e.recorded_at <= append.at
                        and coalesce((select b.recorded_at <= e.recorded_at from {schema}.events b
                                      where b.position = append.head - 1), true))
                or exists (select from {schema}.projection_positions p where p.position > head)
            then
                raise sqlstate 'TL001';
            end if;
            perform pg_notify('{schema_name}', (head + cardinality(event_stream))::text);
        end if;
        insert into {schema}.commands (command_id, fingerprint, stream, version, position, events)
        select command_id[n], command_fingerprint[n], command_stream[n], command_version[n],
            head + least(greatest(command_last[n], 0), cardinality(event_stream)), command_events[n]
        from generate_series(1, cardinality(append.command_id)) n;
        return;
    exception when unique_violation or no_data_found or too_many_rows or sqlstate 'TL001' then
        at := clock_timestamp(); -- nothing of it is recorded
    end;
    known := array(select c.command_id from {schema}.commands c where c.command_id = any(seen || append.command_id));
    stale := array(
        select j.stream from (
            select u.stream, u.version from unnest(judged_stream, judged_version) u(stream, version)
            union
            select u.stream, min(u.version) - 1 from unnest(event_stream, event_version) u(stream, version)
            group by u.stream
        ) j
        where j.version <> coalesce(
            (select e.version from {schema}.events e where e.stream = j.stream order by e.version desc limit 1), 0)
    );
    if cardinality(known) + cardinality(stale) = 0 then
        head := -1;
    end if;
end
$$;
revoke all on function {schema}.append from public;
"""

KEEP_SNAPSHOTS: LiteralString = """
-- Keeps what streams have come to, newer in place of older, never beyond what the log holds of them.
create or replace function {schema}.keep_snapshots(streams uuid[], versions integer[], folds text[], states text[])
returns void language sql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
    insert into {schema}.snapshots as kept (stream, version, fold, state)
    select s, v, f, x from unnest(streams, versions, folds, states) u(s, v, f, x)
    where exists (select from {schema}.events e where e.stream = s and e.version = v)
    on conflict (stream) do update set version = excluded.version, fold = excluded.fold, state = excluded.state
    where kept.version < excluded.version or kept.fold <> excluded.fold
$$;
revoke all on function {schema}.keep_snapshots from public;
"""
