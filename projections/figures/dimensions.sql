-- The dimensions of customers, joined to facts f.

-- name: belongs to
-- The main or only organisation that each customer belongs to now; a survivor.
select customer, coalesce(
    min(organisation) filter (where main), case when count(distinct organisation) = 1 then min(organisation) end
) as organisation
from (
    select m.customer, coalesce(s.survivor, m.organisation)::text as organisation, main
    from :"schema".customer_memberships m left join survivors s on s.customer = m.organisation
) memberships group by customer

-- name: join tier
-- The tier that counted for the customer at the instant of the fact.
left join :"schema".customer_tiers of_tier on of_tier.customer = f.customer
    and of_tier.since <= f.:instant and (of_tier.until is null or of_tier.until > f.:instant)

-- name: join segment
-- A row for each tracked segment that the customer or its survivor was in at the instant of the fact.
left join lateral (
    select coalesce(m.segment_key, m.segment) as folded_segment, min(m.segment) as segment,
        min(m.segment_key) as segment_key
    from :"schema".segment_members m where m.customer in (f.person, f.customer)
        and m.since <= f.:instant and (m.until is null or m.until > f.:instant)
    group by 1
) of_segment on true

-- name: join organisation of the ticket
-- The organisation of the ticket; a survivor.
left join (
    select ticket, coalesce(s.survivor, o.organisation) as organisation
    from :"schema".tickets o left join survivors s on s.customer = o.organisation
) of_ticket on of_ticket.ticket = f.subject

-- name: join organisation of the person
-- Whether the person is an organisation, and which one it belongs to.
left join :"schema".customers party on party.customer = f.person
left join (:membership) membership on membership.customer = f.person
