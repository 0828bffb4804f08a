-- The events and the objects of a log for process mining.

-- name: of objects
-- The events that are about an object: a ticket, a contract or a customer.
from (:events) e
left join :"schema".tickets t on t.ticket = e.stream
left join :"schema".contracts c on c.contract = e.stream
where case split_part(e.topic, '.', 1)
    when 'ticket' then t.ticket is not null
    when 'contract' then c.contract is not null
    when 'customer' then true
    else e.payload::json ->> 'customer_id' is not null
end

-- name: events
-- These events, with the instances of targets that they activated.
select e.*, activated.targets as activated, alerted.ticket is not null as has_instance
from (select e.*, coalesce(t.customer, c.customer) as customer, t.organisation :of_objects) e
left join (
    select ticket, activated_by, array_agg(target order by target) as targets
    from :"schema".sla_clocks group by ticket, activated_by
) activated on activated.ticket = e.stream and activated.activated_by = e.version
left join :"schema".sla_clocks alerted on starts_with(e.topic, 'ticket.sla_') and alerted.ticket = e.stream
    and alerted.target = e.payload::json ->> 'target'
    and alerted.activated_by = (e.payload::json ->> 'activated_by')::integer
order by e.position;

-- name: topics
-- The topics of these events.
select distinct e.topic :of_objects order by topic;

-- name: merged into
-- The tickets that others are merged into.
select distinct into_ticket.ticket
from :"schema".tickets merged join :"schema".tickets into_ticket on into_ticket.ticket = merged.merged_into;

-- name: not registered
-- The customers that others name and that were never registered.
select distinct named from (
    select customer as named from :"schema".tickets
    union all select organisation from :"schema".tickets
    union all select customer from :"schema".contracts
    union all select customer from :"schema".feedback
    union all select customer from :"schema".usage_days
    union all select customer from :"schema".files
    union all select merged_into from :"schema".customers
    union all select organisation from :"schema".customer_memberships
) named_somewhere
where named is not null and not exists (select from :"schema".customers where customer = named)
order by named;

-- name: instances
-- The instances of targets.
select ticket, target, activated_by, target_seconds, activated_at, state, finished_at
from :"schema".sla_clocks order by ticket, target, activated_by;

-- name: ocel tables
-- The tables of an OCEL file of SQLite.
create table event_map_type (ocel_type text primary key, ocel_type_map text);
create table object_map_type (ocel_type text primary key, ocel_type_map text);
create table event (ocel_id text primary key, ocel_type text references event_map_type);
create table object (ocel_id text primary key, ocel_type text references object_map_type);
create table event_object (
    ocel_event_id text references event, ocel_object_id text references object, ocel_qualifier text,
    primary key (ocel_event_id, ocel_object_id, ocel_qualifier)
);
create table object_object (
    ocel_source_id text references object, ocel_target_id text references object, ocel_qualifier text,
    primary key (ocel_source_id, ocel_target_id, ocel_qualifier)
);
