-- Contacts: messages in and out, the time spent on them, and what is not recorded yet.

-- name: messages
-- The messages of a period, by their own channel where they name one.
select ticket as subject, m.version::text as fact, t.customer, at, true as final, null as left_out,
    team, agent, priority, category, coalesce(m.channel, t.channel) as channel,
    case when m.channel is null then folded
        when folded is not null or channel_key is not null then array[
            coalesce(folded[1], team), coalesce(folded[2], agent), coalesce(folded[3], priority),
            coalesce(folded[4], category), coalesce(channel_key, m.channel)
        ]
    end as folded,
    direction, automated
from (select * from :"schema".ticket_messages where :within) m left join :"schema".tickets t using (ticket)

-- name: efforts
-- The time that was logged in a period, by the agent who spent it.
select ticket as subject, e.version::text as fact, t.customer, at, true as final,
    case when kind not in ('talk', 'hold', 'after_contact') then 'other_kind' end as left_out,
    team, e.agent, priority, category, t.channel,
    case when folded is not null or agent_key is not null then array[
        coalesce(folded[1], team), coalesce(agent_key, e.agent), coalesce(folded[3], priority),
        coalesce(folded[4], category), coalesce(folded[5], t.channel)
    ] end as folded,
    kind, seconds
from (select * from :"schema".logged_efforts where :within) e left join :"schema".tickets t using (ticket)
