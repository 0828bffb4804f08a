-- The open tickets that are late, at instants.

-- name: open and late
-- The tickets that are open at the instant of each period, and whether a clock of theirs is late then.
select t.ticket as subject, null as fact, customer, spans.at, true as final, null as left_out,
    :dimensions, state, coalesce(late.numbers @> spans.number::int, false) as late
from :open_segments left join :customers using (ticket) left join (:late) late on late.ticket = t.ticket

-- name: late
-- The numbers of the instants at which a clock of a ticket was late, as ranges: it was over its target before, and ended
-- later or not at all. In a gap it had no target.
select ticket, range_agg(case when gaps_began is null then late else late - (:gaps) end) as numbers
from (
    select ticket, int4multirange(int4range(before, last, '(]')) as late, gaps_began, gaps_ended
    from (
        select ticket, gaps_began, gaps_ended, width_bucket(late_after, :instants) as before,
            coalesce(width_bucket(finished_at - interval '1 microsecond', :instants), cardinality(:instants)) as last
        from :"schema".sla_clocks where late_after < (:instants)[cardinality(:instants)]
    ) clocks where before < last
) clocks group by ticket

-- name: gaps
-- The numbers of the instants in the gaps of a clock.
select range_agg(int4range(
    width_bucket(began_at - interval '1 microsecond', :instants),
    width_bucket(ended_at - interval '1 microsecond', :instants), '(]'
))
from unnest(gaps_began, gaps_ended) as gaps (began_at, ended_at)
