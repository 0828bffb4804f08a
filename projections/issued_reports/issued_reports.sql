-- The reports of record, and what was recorded after them.

-- name: late facts
-- What was recorded behind :position and concerns a period from :start up to :end, by relation. An event afterwards
-- counts when its stream or a customer of the same person has an event in the period, when it is of a contract with a
-- term that ends from :first to :last, or when it speaks of days up to :last: a term that is amended, or begins or ends
-- then, usage, a purchase that is returned, customers who were there and are one now or are two again.
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
), begun as (
    select contract, bool_or(signed_at >= :end) as afterwards
    from :"schema".contract_terms where starts_on <= :last group by 1
), concerned as (
    select * from later l where relation <> 'afterwards' or exists (
        select from :"schema".audit_history a
        where a.stream = l.stream and a.position <= :position
            and a.occurred_at >= :start and a.occurred_at < :end
    ) or customer in (select customer from held) or stream in (select contract from due) or case topic
        when 'contract.amended' then stream in (select contract from begun)
        when 'contract.signed' then stream in (select contract from begun)
        when 'contract.renewed' then stream in (select contract from begun where afterwards)
        when 'contract.terminated' then (facts ->> 'on')::date <= :last
        when 'usage.recorded' then (facts ->> 'day')::date <= :last
        when 'customer.purchase_returned' then exists (
            select from :"schema".audit_history a
            where a.stream = l.stream and a.topic = 'customer.purchase_recorded' and a.occurred_at < :end
                and a.facts ->> 'purchase_id' = l.facts ->> 'purchase_id'
        )
        when 'customer.merged' then :was_there
        when 'customer.merge_undone' then :was_there
        else false
    end
)
select :columns, facts, relation, count(*) over () as total from concerned
order by array_position(array['definition', 'within', 'before', 'afterwards'], relation), position limit :most;

-- name: was there
-- The condition that a customer has an event from before the end of the period.
exists (select from :"schema".audit_history a where a.stream = l.stream and a.occurred_at < :end)

-- name: reports of days
-- The reports with an issue of :firsts to :lasts whose year begins in :months, each once.
select distinct report, name, first, last, zone
from :"schema".issued_reports
where (first, last, year_begins) in (select * from unnest(:firsts::date[], :lasts::date[], :months::int[]))
order by first, zone, report;

-- name: issues
-- At most :limit issues of all packs or of :name, the newest first, behind :at, :report and :version.
select :columns
from :"schema".issued_reports
where (:name::text is null or name = :name)
    and (:at::timestamptz is null or (issued_at, report, version) < (:at, :report::uuid, :version::int))
order by issued_at desc, report desc, version desc
limit :limit;
