-- The parts that statements over tickets share.

-- name: left out
-- The tickets that do not count, by the instant at which they left the backlog.
select ticket as subject, null as fact, customer, left_at as at, true as final, outcome as left_out,
    :dimensions, :organisation, :further
from :table t where :within and :uncounted

-- name: organisation
-- The organisation of a ticket t; a survivor.
(
    select coalesce(s.survivor, o.organisation)
    from :"schema".tickets o left join survivors s on s.customer = o.organisation
    where o.ticket = t.ticket
)
