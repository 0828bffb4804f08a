-- Time by team: how long teams held tickets, the share within their targets, and what they hold too long.

-- name: spans
-- The spans for which teams held tickets.
select ticket as subject, version::text as fact, customer, :at as at, true as final, :left_out as left_out,
    :dimensions, verdict, target_seconds, elapsed_us / 1e6::float8 as elapsed,
    coalesce(late_after < :at, false) as late
from :"schema".team_spans t where :which
