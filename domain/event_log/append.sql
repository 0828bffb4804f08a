-- The functions through which a tenant's log is written, and the statements that call them. The functions are the only
-- way in for a role that may write. They run with the rights of the schema's owner, under a search path that no caller
-- can change, and check what they are given.

-- name: function append
-- Records a batch whole, or nothing of it. `head` is the position before the batch, `at` the time at which it is
-- recorded. When nothing is recorded, `known` names the command ids that are recorded already, `stale` the streams that
-- are not at the version that they were judged at; when both are empty, head is -1: the log is damaged (soundness.py),
-- or the batch contradicts itself.
--
-- Invariants:
-- 1. One writer at a time. Every append that records and checks something locks the row of log_head first. Each
--    statement of a function sees what was committed before it began, so all of them see the log as it is under the
--    lock. Two kinds of batches go without it: one of commands that check nothing, which their unique key guards; and
--    one that records nothing, whose refusals hold for the log as it was when it was looked at.
-- 2. Positions have no holes. A batch of n events takes head + 1 to head + n and moves the head by n in the same
--    transaction; a rollback gives both back.
-- 3. Times do not fall. `at` is the database's clock under the lock, but never before the head's time.
-- 4. A stream has every version once. The unique key (stream, version) refuses a version twice, and the look-up after
--    the insert refuses one whose predecessor is missing: the versions are 1 to n.
-- 5. A command id is recorded once, by its primary key. Its answer is recorded in the same transaction as its events.
--    Events without a command are not recorded.
-- 6. What a batch was judged on still holds. Streams that take events are guarded by 4 and recorded command ids by 5;
--    the caller passes only the others in `judged_stream` and `seen`, and they are looked up before the inserts.
-- 7. Nothing is appended to a damaged log: the head has one row, it is the position of the newest event, the last two
--    events and the head are in the order of time, and no projection has read further than the log.
-- 8. All or nothing. A violation raises inside the inner block, whose writes are undone; the answer is looked up
--    afterwards.
-- 9. Followers are notified of the new head when the transaction commits.
-- 10. Once the tenant's personal data is encrypted, a batch that is not `encrypted` is not recorded: its program read
--    the log's head before encryption began, or is one of an earlier release, which gives no such argument.
--
-- Cost: arrays are indexed by number, and statements and expressions are few, because each of them, and each array that
-- is unnested, costs as much as a look-up. So 4 and 7 are conditions of the last insert, which sees the events inserted
-- before it, and 9 is an assignment, which runs without a plan. The settings keep the plan that was made for large
-- tables.
create or replace function :"schema".append(
    seen text[],
    judged_stream uuid[], judged_version integer[],
    event_stream uuid[], event_version integer[], event_topic text[], event_state text[],
    command_id text[], command_fingerprint text[], command_stream uuid[], command_version integer[],
    command_last integer[], command_events integer[], encrypted boolean default false,
    out head bigint, out at timestamptz, out known text[], out stale uuid[]
) language plpgsql strict security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off -- plans that were made while the tables were small
set plan_cache_mode = force_generic_plan -- making a plan costs more than following it
as $$
declare
    notified text;
    must_encrypt boolean;
begin
    begin
        if cardinality(event_stream) > 0 then -- 1, 2, 3
            update :"schema".log_head h
            set position = h.position + cardinality(event_stream),
                recorded_at = greatest(clock_timestamp(), h.recorded_at)
            returning h.position - cardinality(event_stream), h.recorded_at, h.key_store is not null
            into strict head, at, must_encrypt;
            if must_encrypt and not encrypted then -- 10
                raise sqlstate 'TL002' using message = 'personal data of this tenant is encrypted';
            end if;
            if clock_timestamp() > at + interval '1 ms' then -- 3: another held the lock for a while
                at := clock_timestamp();
                update :"schema".log_head set recorded_at = at;
            end if;
        elsif cardinality(seen) + cardinality(judged_stream) > 0 then -- 1, 3
            if cardinality(append.command_id) > 0 then
                select h.position, h.recorded_at into strict head, at from :"schema".log_head h for update;
            else -- no lock: a row that is locked is written, and the answer would wait for the disk
                select h.position, h.recorded_at into strict head, at from :"schema".log_head h;
            end if;
            at := greatest(clock_timestamp(), at);
        end if;
        if cardinality(seen) + cardinality(judged_stream) > 0 then -- 6
            if exists (select from :"schema".commands c where c.command_id = any(seen))
                or exists (
                    select from unnest(judged_stream, judged_version) j(stream, version)
                    where j.version <> coalesce(
                        (select e.version from :"schema".events e where e.stream = j.stream
                         order by e.version desc limit 1),
                        0)
                )
            then
                raise sqlstate 'TL001';
            end if;
        end if;
        if cardinality(event_stream) > 0 then
            insert into :"schema".events (position, stream, version, topic, recorded_at, state) -- 2, 4
            select head + n, event_stream[n], event_version[n], event_topic[n], at, event_state[n]
            from generate_series(1, cardinality(event_stream)) n;
            notified := pg_notify(:'schema', (head + cardinality(event_stream))::text); -- 9
        end if;
        insert into :"schema".commands (command_id, fingerprint, stream, version, position, events) -- 5
        select command_id[n], command_fingerprint[n], command_stream[n], command_version[n],
            head + least(greatest(command_last[n], 0), cardinality(event_stream)), command_events[n]
        from generate_series(1, cardinality(append.command_id)) n
        where cardinality(event_stream) = 0
            or not exists ( -- 4: a version without the one before it
                    select from generate_series(1, cardinality(event_stream)) m
                    where event_version[m] > 1 and
                        (select e.position from :"schema".events e
                         where e.stream = event_stream[m] and e.version = event_version[m] - 1) is null
                )
                and at <> 'infinity' -- 7
                and (head = 0 or exists (
                    select from :"schema".events e where e.position = head and e.recorded_at <= append.at
                        and coalesce((select b.recorded_at <= e.recorded_at from :"schema".events b
                                      where b.position = append.head - 1), true)))
                and not exists (select from :"schema".projection_positions p where p.position > head);
        if not found and cardinality(event_stream) > 0 then
            raise sqlstate 'TL001';
        end if;
        return;
    exception when unique_violation or no_data_found or too_many_rows or sqlstate 'TL001' then -- 8
        at := clock_timestamp();
    end;
    known := array(select c.command_id from :"schema".commands c where c.command_id = any(seen || append.command_id));
    stale := array(
        select j.stream from (
            select u.stream, u.version from unnest(judged_stream, judged_version) u(stream, version)
            union
            select u.stream, min(u.version) - 1 from unnest(event_stream, event_version) u(stream, version)
            group by u.stream
        ) j
        where j.version <> coalesce(
            (select e.version from :"schema".events e where e.stream = j.stream order by e.version desc limit 1), 0)
    );
    if cardinality(known) + cardinality(stale) = 0 then
        head := -1;
    end if;
end
$$;
revoke all on function :"schema".append(
    text[], uuid[], integer[], uuid[], integer[], text[], text[], text[], text[], uuid[], integer[], integer[],
    integer[], boolean
) from public;

-- name: append of earlier releases
-- Takes away the function of earlier releases, without `encrypted`. Whoever could call it may call the new one, where
-- this argument has a default.
do $$
declare
    earlier oid := to_regprocedure(format(
        '%I.append(text[], uuid[], integer[], uuid[], integer[], text[], text[], text[], text[], uuid[], integer[],'
        ' integer[], integer[])', :'schema'));
    callers text[] := array(
        select acl.grantee::regrole from pg_proc p cross join aclexplode(p.proacl) acl
        where p.oid = earlier and acl.grantee not in (0, p.proowner)
    );
    caller text;
begin
    if earlier is not null then
        execute format('drop function %s', earlier::regprocedure);
    end if;
    foreach caller in array callers loop
        execute format('grant execute on function %I.append to %s', :'schema', caller);
    end loop;
end
$$;

-- name: function keep_snapshots
-- Keeps snapshots, a newer one in place of an older one, and none beyond what the log holds of its stream.
create or replace function :"schema".keep_snapshots(streams uuid[], versions integer[], folds text[], states text[])
returns void language sql security definer
set search_path = pg_catalog, pg_temp
set enable_seqscan = off
as $$
    insert into :"schema".snapshots as kept (stream, version, fold, state)
    select s, v, f, x from unnest(streams, versions, folds, states) u(s, v, f, x)
    where exists (select from :"schema".events e where e.stream = s and e.version = v)
    on conflict (stream) do update set version = excluded.version, fold = excluded.fold, state = excluded.state
    where kept.version < excluded.version or kept.fold <> excluded.fold
$$;
revoke all on function :"schema".keep_snapshots from public;

-- name: function keep_worker_position
-- Notes how far a worker has read; it never goes back, nor beyond the log. Only where `begins` a new worker is noted.
create or replace function :"schema".keep_worker_position(name text, reached bigint, begins boolean)
returns void language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if reached > (select h.position from :"schema".log_head h) then
        raise exception 'the log ends before position %', reached;
    end if;
    if begins then
        insert into :"schema".worker_positions (worker, position) values (name, reached) on conflict do nothing;
    else
        update :"schema".worker_positions set position = reached where worker = name and position < reached;
    end if;
end
$$;
revoke all on function :"schema".keep_worker_position from public;

-- name: append
-- Records a batch. Texts come joined by the record separator, so that the driver need not quote each of them.
-- `encrypted` is on when personal data in it is encrypted.
select appended.*, clock_timestamp()
from :"schema".append(
    string_to_array(:seen, U&'\001E'),
    :judged_stream::uuid[],
    :judged_version::integer[],
    :event_stream::uuid[],
    :event_version::integer[],
    :event_topic::text[],
    string_to_array(:event_state, U&'\001E'),
    string_to_array(:command_id, U&'\001E'),
    string_to_array(:command_fingerprint, U&'\001E'),
    :command_stream::uuid[],
    :command_version::integer[],
    :command_last::integer[],
    :command_events::integer[],
    :encrypted::boolean
) as appended;

-- name: keep_snapshots
-- Keeps snapshots, one element of each array for each.
select :"schema".keep_snapshots(:streams::uuid[], :versions::integer[], :folds::text[], :states::text[]);

-- name: keep_worker_position
-- Notes how far a worker has read. Only where it `begins` it waits for the disk: what a crash takes back is read again.
select :"schema".keep_worker_position(:worker, :position, :begins)
from set_config('synchronous_commit', case when :begins then current_setting('synchronous_commit') else 'off' end, true);
