-- What the due watch asks about the rows of contracts, beside the log.

-- name: lapsing contracts
-- The next contracts whose grace is over on a day, the oldest first.
select lapses_on, contract
from :"schema".contracts
where lapses_on <= :today and (lapses_on, contract) > (:day, :after)
order by lapses_on, contract
limit :limit;

-- name: next lapse
-- The first later day on which a contract lapses.
select min(lapses_on) from :"schema".contracts where lapses_on > :today;
