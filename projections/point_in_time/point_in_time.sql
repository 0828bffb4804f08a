-- Rows as they were: which streams are folded again, and where their rows stand.

-- name: changed streams
-- The streams whose rows differ from those at the position :up_to, and whether they had events by then. The live rows
-- are those at :live. An index made at the end takes half the time of one that each row is put in.
create table :changed as select stream, bool_or(kept) as had_events from (
    select stream, position <= :up_to and :happened as kept from :"schema".audit_history where position <= :live
) events group by stream having not bool_and(kept);
create unique index on :changed (stream);
insert into :changed select distinct stream, true from :"schema".events where position > :live
    on conflict (stream) do update set had_events = true;
analyze :changed;

-- name: changed streams without
-- The same, without the events at the positions :without, while the live rows are those at :live.
create table :changed as select stream, bool_or(position <= :up_to and position <> all(:without)) as had_events
    from :"schema".audit_history where position <= :live and stream in (
        select stream from :"schema".audit_history
        where position = any(:without) or (position > :up_to and position <= :live)
    ) group by stream;
create unique index on :changed (stream);
insert into :changed select distinct stream, true from :"schema".events where position > :live
    on conflict (stream) do update set had_events = true;
analyze :changed;

-- name: related streams
-- Those of the streams that differ on whose events rows of others depend. What was published by the position :common is
-- known both to the live rows and at the instant.
select distinct stream from :"schema".events join :changed using (stream)
where :read and (topic <> all(:published) or position > :common);

-- name: is folded
-- Whether a stream differs, had events by then, and is of a kind that is read, which its first event names. The streams
-- are an array, so that the server looks each of them up: beside a table it would rather read the whole log.
stream = any(array(
    select stream from :changed join :"schema".events using (stream) where had_events and version = 1 and :of_kinds
))

-- name: beside live rows
-- The rows of the streams that are folded again, and the live rows of all others, as one view.
alter table :table rename to :folded;
analyze pg_temp.:folded;
create temporary view :name as
    select * from :live where not exists (select from :changed where stream = :live.:stream)
    union all select * from pg_temp.:folded;

-- name: seen tables
-- How many of the tables :names are the same ones in this snapshot. A name means the table of now, pg_class is read as it
-- was when the snapshot was taken.
select count(*) from pg_class
where oid = any(:names::text[]::regclass[]) and format('%s.%s', relnamespace::regnamespace, relname) = any(:names::text[]);
