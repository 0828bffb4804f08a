-- What a search asks. No statement reads more rows than its limits, whatever the text.

-- name: customers by beginning
-- Customers with a term that begins with one of some prefixes and holds all the words, by term. Each prefix reads at
-- most :scanned terms. A prefix ends before its successor in the order of bytes.
select distinct on (hit.customer) hit.customer, hit.kind, hit.term, hit.rank
from unnest(:kinds::text[], :lows::text[], :highs::text[]) with ordinality as prefix (kind, low, high, rank)
cross join lateral (
    select scanned.customer, prefix.kind, scanned.term, prefix.rank
    from (
        select s.customer, s.term
        from :"schema".search_terms s
        where s.kind = prefix.kind and s.term ~>=~ prefix.low and s.term ~<~ prefix.high
        order by s.term using ~<~, s.customer
        limit :scanned
    ) scanned
    where prefix.kind <> 'name' or ' ' || scanned.term like all(:words::text[])
    limit :limit
) hit
order by hit.customer, hit.rank;

-- name: survivors
-- The rows of some customers, each with the survivor of its merges.
with recursive chain (found, customer, steps) as (
    select customer, customer, 0 from unnest(:customers::uuid[]) as found (customer)
    union all
    select chain.found, c.merged_into, steps + 1
    from chain
    join :"schema".customers c using (customer)
    where c.merged_into is not null and steps < 1000
)
select distinct on (chain.found) chain.found, c.customer, c.name, c.tier, c.party, f.name
from chain
join :"schema".customers c using (customer)
join :"schema".customers f on f.customer = chain.found
order by chain.found, chain.steps desc;

-- name: tickets by subject
-- The newest of the first :scanned tickets whose present subject holds all the words, the last by its beginning.
select t.ticket, t.customer, t.subject, t.state, t.received_at
from (
    select s.ticket, s.version
    from :"schema".ticket_subjects s
    where to_tsvector('simple', s.words) @@ to_tsquery('simple', :query)
    limit :scanned
) hit
join :"schema".tickets t using (ticket)
where not exists (
    select from :"schema".ticket_subjects later where later.ticket = hit.ticket and later.version > hit.version
)
order by t.received_at desc, t.ticket
limit :limit;

-- name: tickets by reference
-- The tickets with an external reference or an id, in their compared form.
select ticket, customer, subject, state, received_at
from :"schema".tickets
where coalesce(external_reference_key, external_reference) = :reference or ticket = :id
order by received_at desc, ticket
limit :limit;
