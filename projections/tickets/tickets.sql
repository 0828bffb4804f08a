-- Lists of tickets, and words and counts over them.

-- name: late first: open
-- Open tickets by their due time, behind :at and :ticket.
select :columns, s.due_for, s.due_at, s.late_after
from (select * from :"schema".tickets where :where) t join :"schema".sla_tickets s on s.ticket = t.ticket
where s.late_after is not null and :narrowed
    and (:ticket::uuid is null or (s.late_after, t.ticket) > (:at, :ticket))
order by s.late_after, t.ticket limit :limit;

-- name: late first: ended
-- Tickets that are not open, the newest first, behind :at and :ticket.
select :columns, null as due_for, null::timestamptz as due_at, null::timestamptz as late_after
from :"schema".tickets t
where :where and not open and :narrowed
    and (:ticket::uuid is null or (received_at, ticket) < (:at, :ticket))
order by received_at desc, ticket desc limit :limit;

-- name: late first: counted
-- How many there are, up to :most, and how many of them are late.
select count(*), count(*) filter (where late_after < :now) from (
    select s.late_after from (select * from :"schema".tickets where :where) t
        left join :"schema".sla_tickets s on s.ticket = t.ticket
    where :narrowed limit :most
) counted;

-- name: names in use
-- The teams, agents and categories of open tickets, :most of each.
select (array_agg(distinct team) filter (where team is not null))[: :most],
    (array_agg(distinct agent) filter (where agent is not null))[: :most],
    (array_agg(distinct category) filter (where category is not null))[: :most]
from :"schema".tickets where open;

-- name: counts of customers
-- The tickets of some customers, by number.
select count(*), count(*) filter (where open), count(*) filter (where reopenings > 0), max(received_at)
from :"schema".tickets
where customer = any(:of);

-- name: newest of customers
-- The tickets of some customers that were received last.
select :columns
from :"schema".tickets
where customer = any(:of)
order by received_at desc, ticket desc
limit :limit;

-- name: ids of customers
-- The tickets that some customers have now, or that were theirs before a correction.
select ticket
from :"schema".tickets
where customer = any(:of)
union
select distinct stream
from :"schema".audit_history
where customer = any(:of) and topic = 'ticket.received';

-- name: last tickets
-- When the last ticket of each customer, or of a customer merged into it, was received.
with recursive family (survivor, customer) as (
    select customer, customer from unnest(:customers::uuid[]) customer
    union
    select family.survivor, c.customer
    from family join :"schema".customers c on c.merged_into = family.customer
)
select family.survivor, max(last.received_at)
from family cross join lateral (
    select received_at from :"schema".tickets t
    where t.customer = family.customer order by received_at desc limit 1
) last
group by family.survivor;

-- name: page
-- Tickets that meet the conditions, the newest first, behind :received_at and :ticket.
select :columns
from :"schema".tickets
where :where
    and (:states::text[] is null or state = any(:states))
    and (:ticket::uuid is null or (received_at, ticket) < (:received_at, :ticket))
order by received_at desc, ticket desc
limit :limit;

-- name: teams
-- The teams that hold or held tickets, those of open ones first. The keys of tickets that are not open are found one
-- after the other in their index.
with recursive held as (
    select min(team collate "C") as team from :"schema".tickets
    where open and team is not null group by coalesce(folded[1], team)
), left_behind (key) as (
    (
        select coalesce(folded[1], team) from :"schema".tickets
        where not open and coalesce(folded[1], team) is not null order by 1 limit 1
    )
    union all
    select (
        select coalesce(folded[1], team) from :"schema".tickets
        where not open and coalesce(folded[1], team) > key order by 1 limit 1
    )
    from left_behind where key is not null
)
select team from held
union all
select (select team from :"schema".tickets where not open and coalesce(folded[1], team) = key limit 1)
from left_behind where key is not null;
