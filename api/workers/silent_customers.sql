-- What the due watch asks about the last words with customers, beside the log.

-- name: silent customers
-- The next customers whose last word in their own tickets lies in a span, by their ids.
select customer
from :"schema".last_words
where customer > :after
group by customer
having max(at) between :since and :until
order by customer
limit :limit;
