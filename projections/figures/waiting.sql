-- The tickets that wait for somebody, and those that have waited too long.

-- name: waiting
-- The tickets on hold.
select ticket as subject, null as fact, customer, :now as at, true as final, null as left_out,
    :dimensions, waiting_for, coalesce(hold_until < :now, false) as over_due,
    last_event_at < :since as quiet
from :"schema".tickets t where open and state = 'waiting'
