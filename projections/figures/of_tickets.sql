-- The parts that statements over tickets share.

-- name: left out
-- The tickets that do not count, by the instant at which they left the backlog.
select ticket as subject, null as fact, customer, left_at as at, true as final, outcome as left_out,
    :dimensions, :further
from :"schema".tickets where :within and :uncounted
