-- What the readers of the stop switches ask.

-- name: version
-- The version of the stream of the switches; null without events.
select max(version) from :"schema".events where stream = :stream;
