-- What the database roles may do with a tenant's log.

-- name: writer
-- Lets a role read the log and call the functions that write it: all that recording commands needs.
grant usage on schema :"schema" to :"role";
grant select on :"schema".log_head, :"schema".events, :"schema".commands, :"schema".snapshots,
    :"schema".projection_positions, :"schema".worker_positions, :"schema".migrations to :"role";
grant execute on function :"schema".append, :"schema".keep_snapshots, :"schema".keep_worker_position to :"role";

-- name: readers
-- Lets the follower and the reader read the log, and the follower move its checkpoints. Nobody else calls the functions.
revoke all on function :"schema".append, :"schema".keep_snapshots, :"schema".keep_worker_position from public;
grant usage on schema :"schema" to ticketledger_follower, ticketledger_reader;
grant select on :"schema".log_head, :"schema".events, :"schema".projection_positions, :"schema".worker_positions,
    :"schema".migrations
    to ticketledger_follower, ticketledger_reader;
grant update on :"schema".projection_positions to ticketledger_follower;

-- name: auditing
-- Lets the auditor read all of the log, and the sealer the events. A server may lack them until `migrate --roles` runs.
do $$
begin
    if to_regrole('ticketledger_auditor') is not null then
        grant usage on schema :"schema" to ticketledger_auditor;
        grant select on :"schema".log_head, :"schema".events, :"schema".commands, :"schema".snapshots,
            :"schema".projection_positions, :"schema".worker_positions, :"schema".migrations
            to ticketledger_auditor;
    end if;
    if to_regrole('ticketledger_sealer') is not null then
        grant usage on schema :"schema" to ticketledger_sealer;
        grant select on :"schema".log_head, :"schema".events, :"schema".migrations to ticketledger_sealer;
    end if;
end
$$;

-- name: only functions write
-- Roles of earlier releases could write the tables themselves: they may call the functions instead.
do $$
declare
    old record;
begin
    for old in
        select distinct c.relname, acl.grantee::regrole as role
        from pg_class c cross join aclexplode(c.relacl) acl
        where c.relnamespace = :'schema'::regnamespace and c.relname in ('events', 'commands', 'log_head')
            and acl.grantee not in (0, c.relowner) and acl.privilege_type in ('INSERT', 'UPDATE')
    loop
        execute format('revoke insert, update on %I.%I from %s', :'schema', old.relname, old.role);
        execute format('grant execute on function %1$I.append, %1$I.keep_snapshots to %2$s', :'schema', old.role);
    end loop;
end
$$;
