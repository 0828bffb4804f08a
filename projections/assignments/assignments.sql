-- What assignment asks about the rows of tickets and of agents' absences.

-- name: held
-- The open tickets of each agent by channel; those on hold take no capacity.
select coalesce(folded[2], agent), channel, count(*)
from :"schema".tickets
where open and agent is not null and state <> 'waiting'
group by 1, 2;

-- name: absences
-- Who is absent at an instant, why, and until when. A call counts before anything else.
select agent_key, why, ended_at
from :"schema".agent_absences
where coalesce(ended_at, 'infinity') > :now and began_at <= :now
order by why = 'in_call';

-- name: routed
-- When each of some agents got a ticket by routing last.
select agent.key, (select max(r.at) from :"schema".routed_tickets r where r.agent_key = agent.key)
from unnest(:agents::text[]) agent(key);

-- name: waits since
-- Since when a ticket waits for an agent.
greatest(t.received_at, t.last_reopened_at, case when not t.routed then t.assignment_at end)

-- name: columns
-- A ticket of the queue, but for the instant at which it is due.
t.ticket, t.version, t.team, t.agent, t.channel, t.category, t.priority, t.customer, t.received_at,
:waits_since

-- name: queued
-- The condition that a ticket stands in the queue. A ticket on hold waits for somebody else, and not for an agent.
t.open and t.agent is null and t.state <> 'waiting' and (:imported or not t.imported)

-- name: of groups
-- The condition that a ticket belongs to some groups.
(coalesce(t.team, ''), t.channel, coalesce(t.category, ''), coalesce(t.priority, '')) in (
    select * from unnest(:teams::text[], :channels::text[], :categories::text[], :priorities::text[])
)

-- name: queue groups
-- The tickets that wait for an agent, by what rules look at, with the one that has waited longest.
select t.team, t.channel, t.category, t.priority, min(:waits_since)
from :"schema".tickets t
where :queued
group by 1, 2, 3, 4;

-- name: due queue
-- Open tickets without an agent that have a running clock, those that are due first in front, of some groups. A ticket
-- comes once for each of its clocks.
select :columns, c.due_at
from :"schema".sla_clocks c
join :"schema".tickets t on t.ticket = c.ticket
where c.state = 'running' and c.due_at is not null
    and :queued and :of_groups
order by c.due_at, t.received_at, t.ticket;

-- name: other queue
-- The others of them: nothing that is promised for them is running.
select :columns, null::timestamptz
from :"schema".tickets t
where :queued and :of_groups
    and not exists (
        select from :"schema".sla_clocks c where c.ticket = t.ticket and c.state = 'running' and c.due_at is not null
    )
order by t.received_at, t.ticket;

-- name: untold
-- Tickets in the queue of a team since an instant or longer, of which its lead was not told since then.
select :columns, null::timestamptz
from :"schema".tickets t
cross join lateral (select :waits_since as since) w
where :queued and t.team is not null and w.since <= :since
    and not exists (
        select from :"schema".tasks k where k.about = t.ticket and k.source = 'routing' and k.opened_at >= w.since
    )
order by w.since, t.ticket
limit :limit;

-- name: one ticket
-- An open ticket as the queue shows it.
select :columns, null::timestamptz
from :"schema".tickets t
where t.ticket = :ticket and t.open;

-- name: returned
-- Open tickets whose agent has left since they were assigned, and tickets that were reopened since then whose agent is
-- absent now and was absent then by what was said; the last column says whether that is so.
select :columns, null::timestamptz, coalesce(t.folded[2], t.agent), t.last_reopened_at,
    exists (
        select from :"schema".agent_absences a
        where a.agent_key = coalesce(t.folded[2], t.agent) and a.began_at <= t.last_reopened_at
            and coalesce(a.ended_at, 'infinity') > t.last_reopened_at
    )
from :"schema".tickets t
where t.open and t.reopened_since and coalesce(t.folded[2], t.agent) = any(:absent)
    and t.state <> 'waiting' and (:imported or not t.imported)
union all
select :columns, null::timestamptz, leaver.key, null::timestamptz, true
from unnest(:leavers::text[], :left_at::timestamptz[]) leaver(key, left_at)
join :"schema".tickets t on t.open and coalesce(t.folded[2], t.agent) = leaver.key and t.assignment_at < leaver.left_at
where t.state <> 'waiting' and (:imported or not t.imported)
order by 9, 1;

-- name: last holders
-- Who held the last ticket of a ticket's customer before it, and until when.
select wanted.ticket, last.key, last.until
from unnest(:tickets::uuid[], :customers::uuid[], :received::timestamptz[]) wanted(ticket, customer, received_at)
join lateral (
    select coalesce(t.folded[2], t.agent) as key, coalesce(t.left_at, :now) as until
    from :"schema".tickets t
    where t.customer = wanted.customer and (t.received_at, t.ticket) < (wanted.received_at, wanted.ticket)
        and t.agent is not null
    order by t.received_at desc, t.ticket desc
    limit 1
) last on true;

-- name: customers
-- What rules look at of some customers: the tier, the language among the further fields, and the tracked segments.
with recursive survivors (customer, survivor, depth) as (
    select wanted.customer, wanted.customer, 0 from unnest(:customers::uuid[]) wanted(customer)
    union all
    select s.customer, c.merged_into, s.depth + 1
    from survivors s join :"schema".customers c on c.customer = s.survivor
    where c.merged_into is not null and s.depth < 50
), last as (
    select distinct on (customer) customer, survivor from survivors order by customer, depth desc
)
select last.customer, c.tier, c.details ->> 'language',
    array(select m.segment from :"schema".segment_members m where m.customer = last.survivor and m.until is null)
from last join :"schema".customers c on c.customer = last.survivor;
