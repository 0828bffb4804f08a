-- The rows of a file in a temporary SQLite file.

-- name: sort
-- Sorts the rows. Only keys are sorted: the texts of a row are fetched when its turn comes.
drop table if exists sorted;
create table sorted as
    select id from (select rowid as id, sort_key, line, min(line) over (partition by ticket) as first from staging)
    order by first, sort_key, line;

-- name: in order
-- The rows in the order that was sorted.
select ticket, sort_key, line, text, cells, flaw
from sorted
cross
join staging on staging.rowid = sorted.id
order by sorted.rowid;
