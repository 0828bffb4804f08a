-- Which customers that were active when a period began are still active when it ends.

-- name: active
-- The persons who are active when a period begins or when it ends, by the ranges of the edges at which they are active: one
-- is won in the period in which a range begins, stays in those within it, and is lost in the one behind it. Each kind of
-- facts is grouped by itself: the server expects as many persons as the tables have customers, and hashes.
select person as subject, null as fact, person as customer, null as left_out, first, least(last, :last) as last,
    at_start, at_end
from (
    select person, lower(range) as begins, upper(range) as ends
    from :contracts contracts full join :bought bought using (person) full join :used used using (person)
    cross join lateral unnest(
        coalesce(contracts.edges, '{}') + coalesce(bought.edges, '{}') + coalesce(used.edges, '{}')
    ) as range
) persons
cross join lateral (
    values (begins, begins, false, true), (begins + 1, ends - 1, true, true), (ends, ends, true, false)
) runs (first, last, at_start, at_end)
where first between 1 and least(last, :last)

-- name: edges of persons
-- The edges at which facts make a person active: each fact from the edge of number first_edge up to but not including
-- until_edge.
(
    select coalesce(survivor, customer) as person, range_agg(int4range(first_edge, until_edge)) as edges
    from (:facts) facts left join :survivors on merged_customer = customer
    where first_edge < until_edge group by person
)

-- name: runs
-- The edges in runs in which days and instants rise, with the number of edges before each.
(values :runs) as runs (earlier, days, first_days, last_days, since, until)

-- name: contracts
-- The edges that the terms of contracts cover.
select customer, earlier + width_bucket(starts_on - 1, days) as first_edge,
    earlier + width_bucket(coalesce(ended_on, ends_on), days) as until_edge
from :"schema".contract_terms cross join :runs

-- name: bought
-- The edges at which a purchase still counts.
select customer, earlier + width_bucket(at, until) as first_edge, earlier + width_bucket(at, since) as until_edge
from :"schema".purchases cross join :runs where at >= :since and at < :until and not whole

-- name: used
-- The edges at which a day with usage still counts. The last value of a day counts, so a later one of 0 takes the
-- earlier ones back.
select used.customer, earlier + width_bucket(used.day - 1, last_days) as first_edge,
    earlier + width_bucket(used.day, first_days) as until_edge
from :"schema".usage_days used left join :"schema".usage_days taken_back
    on taken_back.value <= 0 and taken_back.version > used.version
    and (taken_back.usage, taken_back.metric, taken_back.day) = (used.usage, used.metric, used.day)
cross join :runs
where used.value > 0 and taken_back.usage is null and used.day between :first and :last
