-- Satisfaction, handling time and reopenings, over tickets and their resolutions.

-- name: resolutions
-- The resolutions of tickets with their ratings, and who held the ticket then.
select ticket as subject, number::text as fact, customer, :at as at, :final as final, null as left_out,
    :dimensions, score, first_rated_at, resolved_at, reopenings, told_late
from :"schema".ticket_resolutions r where :within and :counts

-- name: last of its period
-- The condition that a resolution is the last one of its ticket in its period.
(
    reopenings = 0 or not exists (
        select from :"schema".ticket_resolutions later
        where later.ticket = r.ticket and later.number > r.number and later.resolved_at < :end
            and width_bucket(later.resolved_at, :starts::timestamptz[])
                = width_bucket(r.resolved_at, :starts::timestamptz[])
    )
)

-- name: handled
-- The tickets by their last resolution, with the time from the receipt to it.
select ticket as subject, null as fact, customer, last_resolved_at as at, true as final,
    case when open then 'open_again' end as left_out, :dimensions,
    (date_part('epoch', last_resolved_at - received_at) * 1e6)::bigint as elapsed_us,
    date_part('epoch', last_resolved_at - received_at) as elapsed,
    talk_seconds, hold_seconds, after_contact_seconds,
    talk_seconds + hold_seconds + after_contact_seconds as effort, told_late
from :"schema".tickets t where :within and :counts

-- name: told a date
-- The tickets by their last resolution, and whether it kept the date that the customer was told.
select ticket as subject, null as fact, customer, last_resolved_at as at, true as final,
    case when open then 'open_again' when expected_by_kept is null then 'no_date' end as left_out,
    :dimensions, expected_by_kept as kept, told_late
from :"schema".tickets t where :within and :counts
