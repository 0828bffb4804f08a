-- Counts facts in groups.

-- name: of facts
-- A row for each group and each reason for which facts are left out. The groups are materialized: asked for them in
-- order, the server would sort all facts, and not count them as they come.
:facts, groups as materialized (
    select :names, :left_out as left_out, :counted as counted, :provisional as provisional :parts :collected
    from placed group by :keys
)
select :columns, left_out, counted, provisional :shown from groups :quantiles order by :keys_again, left_out

-- name: quantiles
-- Some quantiles of the collected values of a column, and their sum.
cross join lateral (
    select percentile_cont(:fractions::float8[]) within group (order by value) as quantiles, :total as total
    from :values
) :name

-- name: values
-- The collected values.
unnest(:collected) value

-- name: values alike
-- The same of facts that are alike.
unnest(:collected) as of_facts (all_of_them float8[]) cross join lateral unnest(all_of_them) value

-- name: of persons
-- The same, where each person counts once: the facts of a person in a group are put together first. What is left out are
-- facts: a person with one may count by another.
:facts, groups as materialized (
    select :names_again, left_out, case when left_out is null then count(*) else sum(facts)::bigint end as counted,
        count(*) filter (where provisional) as provisional :parts_again
    from (
        select :names, :left_out as left_out, count(*) as facts,
            bool_or(not final) and not bool_or(:settled) as provisional :parts
        from placed group by :keys, person offset '0'
    ) persons group by :keys_again, left_out
)
select * from groups order by :keys_again, left_out
