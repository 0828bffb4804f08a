-- The reports of record, and what was recorded after them.

-- name: late facts
-- What was recorded behind :position and concerns a period from :start up to :end, by relation. An event afterwards
-- counts when its stream or a customer of the same person has an event in the period, or when it is of a contract with
-- a term that ends from :first to :last.
with recursive :survivors, later as (
    select *, case
        when topic = any(:definitions) then 'definition'
        when occurred_at >= :start and occurred_at < :end then 'within'
        when occurred_at < :start then 'before'
        else 'afterwards'
    end as relation
    from :"schema".audit_history where position > :position and topic <> 'report.issued'
        and (topic <> all(:definitions) or coalesce(facts ->> 'kind', topic) = any(:published))
), persons as (
    select c.customer, coalesce(s.survivor, c.customer) as person
    from :"schema".customers c left join survivors s using (customer)
), asked as (
    select distinct person from later join persons using (customer) where relation = 'afterwards'
), held as (
    select c.customer from asked join persons c using (person) where exists (
        select from persons o join :"schema".audit_history a on a.customer = o.customer
        where o.person = c.person and a.position <= :position
            and a.occurred_at >= :start and a.occurred_at < :end
    )
), due as (
    select contract from :"schema".contract_terms where ends_on between :first and :last
), concerned as (
    select * from later l where relation <> 'afterwards' or exists (
        select from :"schema".audit_history a
        where a.stream = l.stream and a.position <= :position
            and a.occurred_at >= :start and a.occurred_at < :end
    ) or customer in (select customer from held) or stream in (select contract from due)
)
select :columns, facts, relation, count(*) over () as total from concerned
order by array_position(array['definition', 'within', 'before', 'afterwards'], relation), position limit :most;

-- name: reports of days
-- The reports with an issue of :firsts to :lasts whose year begins in :months, each once.
select distinct report, name, first, last, zone
from :"schema".issued_reports
where (first, last, year_begins) in (select * from unnest(:firsts::date[], :lasts::date[], :months::int[]))
order by first, zone, report;

-- name: issues
-- The issues of all packs or of :name, the newest first, behind :at, :report and :version.
select :columns
from :"schema".issued_reports
where (:name::text is null or name = :name)
    and (:at::timestamptz is null or (issued_at, report, version) < (:at, :report::uuid, :version::int))
order by issued_at desc, report desc, version desc
limit :most;
