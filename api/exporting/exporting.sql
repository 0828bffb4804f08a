-- What is exported beyond the rows of tables.

-- name: tables of changes
-- The streams and the customers whose rows may differ from those at the earlier position.
create temporary table streams_after (stream uuid primary key) on commit drop;
create temporary table customers_after (customer uuid primary key) on commit drop;

-- name: changed streams
-- The streams with events after one position up to another.
insert into pg_temp.streams_after
    select distinct stream from :"schema".events where position > :after and position <= :up_to;

-- name: related
-- The streams with events between the positions of some topics, or of :all.
select distinct stream
from :"schema".events
where position > :after and position <= :up_to and (topic = any(:topics) or :all);

-- name: changed customers
-- The customers of these streams, and those whose survivor is reached by way of one.
insert into pg_temp.customers_after
    with recursive :survivors
    select stream as customer from pg_temp.streams_after
    union
    select customer from merges
    where exists (select from unnest(path) passed join pg_temp.streams_after on stream = passed);

-- name: readable events
-- The events that read otherwise than they are stored.
create temporary table if not exists readable_events (position bigint primary key, state text) on commit drop;
truncate pg_temp.readable_events;

-- name: events
-- The events after one position up to another.
select :columns
from :"schema".events e
left join pg_temp.readable_events readable on readable.position = e.position
cross join json_to_record(coalesce(readable.state, e.state)::json) recorded (:fields)
where e.position > :after and e.position <= :up_to
    and (:as_of::timestamptz is null or recorded.occurred_at <= :as_of::timestamptz)
order by e.position

-- name: customer of a row
-- The survivor of a row's customer, and its name.
left join survivors customer_survivor on customer_survivor.customer = t.customer
left join :"schema".customers of_customer
    on of_customer.customer = coalesce(customer_survivor.survivor, t.customer)

-- name: organisation of a row
-- The name of a row's organisation.
left join :"schema".customers of_organisation on of_organisation.customer = t.organisation

-- name: running clocks
-- The time that running clocks have run, by their calendars.
create temporary table if not exists running_clocks (ticket uuid, target text, activated_by integer, ran_us bigint)
    on commit drop;
truncate pg_temp.running_clocks;

-- name: last instance
-- How the last instance of a target of each ticket stands.
left join (
    select distinct on (ticket) ticket, state, due_at, corrected_verdict,
        case when :late then 'breached' else verdict end as verdict_then,
        elapsed_us + coalesce(running.ran_us, 0) as elapsed_then
    from :"schema".sla_clocks
    left join pg_temp.running_clocks running using (ticket, target, activated_by)
    where target = :target
    order by ticket, instance desc
) :name on :name.ticket = t.ticket

-- name: newest usage
-- Of each day of a metric the value recorded last.
(
    select distinct on (usage, product, metric, day) * from :"schema".usage_days
    order by usage, product, metric, day, version desc
)

-- name: parquet
-- What DuckDB copies from the pipe to the file.
copy (
    select :values from read_csv(
        :pipe, header = false, auto_detect = false, delim = ',', quote = '"', escape = '"',
        new_line = '\n', nullstr = '', allow_quoted_nulls = false,
        parallel = false, max_line_size = :longest_line, columns = :columns
    )
) to :file (format parquet, compression zstd, row_group_size :rows_of_a_group)
