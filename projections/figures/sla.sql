-- Promises kept and promises that are late.

-- name: clocks
-- Some clocks, by one of their instants.
select ticket as subject, target || '/' || instance as fact, customer, :at as at, true as final, :left_out,
    :dimensions, :more
from :"schema".sla_clocks t where :which
