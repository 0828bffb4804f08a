-- name: move head
-- The log ends at a position.
update :"schema".log_head set position = :head, recorded_at = :recorded_at;

-- name: versions
-- The number of events of each stream.
select stream, max(version) from :"schema".events group by stream;
