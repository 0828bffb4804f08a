-- Rows that belong to customers, in the order of their instants.

-- name: newest rows
-- A page of each owner by its index, and of these the page of all.
select page.* from unnest(:owners::uuid[]) as owners (id), lateral (
    select * from :table where :owner = owners.id and :behind
    order by at desc, :stream desc, version desc limit :limit
) page order by at desc, :stream desc, version desc limit :limit;
