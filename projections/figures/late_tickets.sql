-- The open tickets that are late, at instants.

-- name: open and late
-- The tickets that are open at the instant of each period, and whether a clock of theirs is late then.
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    :dimensions, state, coalesce(late.numbers @> spans.number::int, false) as late
from :open_segments left join :customers using (ticket) left join (:late) late on late.ticket = t.ticket

-- name: late
-- The numbers of the instants at which a clock of a ticket was late, as ranges: it was over its target before, and ended
-- later or not at all.
select ticket, range_agg(int4range(before, last, '(]')) as numbers
from (
    select ticket, width_bucket(late_after, :instants) as before,
        coalesce(width_bucket(finished_at - interval '1 microsecond', :instants), cardinality(:instants)) as last
    from :"schema".sla_clocks where late_after < (:instants)[cardinality(:instants)]
) clocks where before < last group by ticket
