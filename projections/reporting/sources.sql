-- What the views read. A source follows the columns of its view.

-- name: in effect
-- The settings whose offsets hold now.
effective_from = (select max(effective_from) from :"schema".local_offsets where effective_from <= now())

-- name: local day
-- The local day of an instant: the offsets of published settings are rows, those of the built-in settings stand in the
-- statement.
(:instant at time zone 'UTC' + make_interval(secs => coalesce(
    (
        select seconds from :"schema".local_offsets
        where :in_effect and begins_at <= :instant order by begins_at desc limit 1
    ),
    (:seconds::int[])[width_bucket(:instant, :begins::timestamptz[])]
)))::date

-- name: zone
-- The name of the zone that is in effect.
coalesce((select min(zone) from :"schema".local_offsets where :in_effect), ':built_in')

-- name: as_of
-- The slowest table.
from (
    select position, projected_at from :"schema".projection_positions
    where name in (:names) order by position, projected_at limit 1
) p left join :"schema".events e on e.position = p.position

-- name: contract_term
-- A term, its contract and the next term.
from :"schema".contract_terms t
left join :"schema".contracts c using (contract)
left join :"schema".contract_terms r on r.contract = t.contract and r.term = t.term + 1
left join survivors s on s.customer = t.customer
cross join (select :today as today) n
cross join lateral (select :day_signed as signed_on) d

-- name: nps_answer
-- An answer, and the survivors of its customer and its organisation.
from :"schema".nps_answers a
left join survivors s on s.customer = a.customer
left join survivors g on g.customer = a.organisation

-- name: usage
-- Of each day of a metric the value recorded last.
from (
    select distinct on (usage, product, metric, day) * from :"schema".usage_days
    order by usage, product, metric, day, version desc
) u left join survivors s on s.customer = u.customer

-- name: with names
-- The survivor, with its name.
left join survivors s on s.customer = x.customer
left join :"schema".customers p on p.customer = coalesce(s.survivor, x.customer)

-- name: ticket_resolution
-- A resolution with its ticket.
from :"schema".ticket_resolutions r join :"schema".tickets t using (ticket)
left join survivors s on s.customer = t.customer

-- name: contact
-- A message with its ticket.
from :"schema".ticket_messages m left join :"schema".tickets t using (ticket)
left join survivors s on s.customer = t.customer

-- name: backlog_daily
-- The sum of what came and went, by day and dimensions, carried on to the next day with a change.
from (
    select :names, day, lead(day) over same as next_day, sum(change) over same as tickets from (
        select :names, day, sum(change) as change from (
            select :keys, :day_began as day, 1 as change
            from :"schema".backlog_segments where began_at <= now()
            union all
            select :keys, :day_ended, -1
            from :"schema".backlog_segments where ended_at <= now()
        ) changes group by :names, day
    ) daily window same as (partition by :names order by day)
) b cross join (select :today as today) n
cross join lateral generate_series(0, least(coalesce(b.next_day - 1, n.today), n.today) - b.day) as later
where b.tickets > 0

-- name: renewed when
-- When a term was renewed.
case
    when t.ended_as is distinct from 'renewed' then null
    when r.late then 'late'
    when d.signed_on < t.ends_on - :early_days then 'early'
    else 'on_time'
end

-- name: customer
-- A customer, its survivor and the organisation that it belongs to.
from :"schema".customers c
left join survivors s on s.customer = c.customer
left join (:belongs_to) m on m.customer = c.customer

-- name: handling left out
-- Why a ticket has no handling time.
case
    when :not_resolved then t.outcome
    when t.open and t.last_resolved_at is not null then 'open_again'
    when t.last_resolved_at is null then 'not_resolved'
end
