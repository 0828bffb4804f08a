-- The persons who were in a segment at an instant, judged from the log.

-- name: families
-- The customers of each person.
with recursive :survivors select person, array_agg(customer) from :customers customers
where :everybody or person = any(:persons::uuid[]) group by person order by person
