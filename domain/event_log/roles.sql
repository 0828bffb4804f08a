-- What the database roles may do with a tenant's log.

-- name: writer
-- Lets a role read the log and call the functions that write it: all that recording commands needs.
grant usage on schema :"schema" to :"role";
grant select on :"schema".log_head, :"schema".events, :"schema".commands, :"schema".snapshots,
    :"schema".projection_positions, :"schema".migrations to :"role";
grant execute on function :"schema".append, :"schema".keep_snapshots to :"role";

-- name: readers
-- Lets the follower and the reader read the log, and the follower move its checkpoints. Nobody else calls the functions.
revoke all on function :"schema".append, :"schema".keep_snapshots from public;
grant usage on schema :"schema" to ticketledger_follower, ticketledger_reader;
grant select on :"schema".log_head, :"schema".events, :"schema".projection_positions, :"schema".migrations
    to ticketledger_follower, ticketledger_reader;
grant update on :"schema".projection_positions to ticketledger_follower;
