-- How many of the surveys that reached a customer were answered.

-- name: surveys
-- The surveys about tickets that have ended as notifications, each with the resolution that it asks about, and who held
-- the ticket then. The first one that reached the customer counts for the resolution; later ones ask again.
select about as subject, notification::text as fact, t.customer, ended_at as at,
    coalesce(first_rated_at between ended_at and ended_at + :window, false) or ended_at + :window < :now as final,
    case
        when s.state = 'failed' then 'undeliverable'
        when s.state in ('suppressed', 'uncertain') then s.state
        when number is null then 'unresolved'
        when asked > 1 then 'asked_again'
        when first_rated_at < ended_at then 'rated_before'
        when :uncounted then t.outcome
    end as left_out,
    held.team, held.agent, held.priority, held.category, held.channel, held.folded,
    coalesce(first_rated_at between ended_at and ended_at + :window, false) as answered,
    s.state = 'delivered' as confirmed, t.told_late
from (
    select n.notification, n.about, n.state, n.ended_at, r.*, row_number() over (
        partition by n.about, number, n.state in ('handed_over', 'delivered') order by n.ended_at, n.notification
    ) as asked
    from :"schema".notifications n left join lateral (
        select * from :"schema".ticket_resolutions r
        where r.ticket = n.about and r.resolved_at <= n.requested_at order by number desc limit 1
    ) r on true
    where n.purpose = 'survey' and n.about_kind = 'ticket' and n.to_kind = 'customer' and n.ended_at < :end
) s join :"schema".tickets t on t.ticket = s.about
cross join lateral (
    select s.team, s.agent, s.priority, s.category, s.channel, s.folded where number is not null
    union all
    select t.team, t.agent, t.priority, t.category, t.channel, t.folded where number is null
) held
where :within
