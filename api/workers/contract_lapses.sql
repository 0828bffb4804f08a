-- What the due watch asks about the rows of contracts, beside the log.

-- name: lapsing contracts
-- The next contracts whose grace is over on a day, by their ids.
select contract
from :"schema".contracts
where lapses_on <= :today and contract > :after
order by contract
limit :limit;

-- name: next lapse
-- The first later day on which a contract lapses.
select min(lapses_on) from :"schema".contracts where lapses_on > :today;
