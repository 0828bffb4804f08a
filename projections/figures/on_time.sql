-- On time and cycles late, as COPC names them, over the clocks of the targets.

-- name: finished
-- The clocks of resolutions that ended in the period.
select ticket as subject, target || '/' || instance as fact, customer, finished_at as at, true as final,
    case when state <> 'fulfilled' then 'cancelled' end as left_out, :dimensions,
    coalesce(corrected_verdict, verdict) as verdict, told_late
from :"schema".sla_clocks t where target = 'resolution' and :within

-- name: late
-- The clocks that are late, with how many targets they are over.
select ticket as subject, target || '/' || instance as fact, customer, :now as at, true as final, null as left_out,
    :dimensions, target,
    greatest((elapsed_us / 1e6::float8 + coalesce(:running, 0) - target_seconds) / target_seconds, 0) as cycles
from :"schema".sla_clocks t where :is_late
