-- The open tickets that are late, at instants.

-- name: open and late
-- The tickets that are open at the instant of each period, and whether a clock of theirs is late then.
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    :dimensions, state, late.ticket is not null as late
from :open_segments left join :customers using (ticket)
left join (:late) late on late.ticket = t.ticket and late.at = spans.at

-- name: late
-- The tickets with a clock that was late at an instant: it was over its target before, and ended later or not at all.
select distinct ticket, (:instants)[number] as at
from :"schema".sla_clocks, generate_series(
    width_bucket(late_after, :instants) + 1,
    coalesce(width_bucket(finished_at - interval '1 microsecond', :instants), cardinality(:instants))
) as number
where late_after < (:instants)[cardinality(:instants)] and (finished_at is null or finished_at > (:instants)[1])
