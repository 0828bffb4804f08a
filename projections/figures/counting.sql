-- Counts the facts of a figure: the rows of its groups, and the subjects behind a part.

-- name: subjects
-- The facts behind a part, in order.
:facts select at, subject, fact, :customer, final from placed
where :counts and :behind order by :order limit :limit

-- name: facts
-- The facts of a question with their dimensions and periods. The server expects as many groups as rows of what it
-- computes from an instant, and would sort them. Behind an offset, written so that it may still share the work among
-- processes, it expects fewer, and counts them as they come.
with recursive :survivors, facts as (
    select counted.*, :person where :within
), :name as (
    select *, :once as once from (select f.* :columns, :period from facts f :joins offset '0') f where :where
)

-- name: person
-- The survivor of the customer of each fact.
coalesce(survivor, counted.customer) as person
from (:counted) counted left join survivors on survivors.customer = counted.customer

-- name: customer
-- The same where nobody is merged: an empty join is made for each fact, too.
counted.customer as person from (:counted) counted

-- name: no person
-- The same for a question in which nothing reads the person: the server then leaves out joins that only find the
-- customer.
null::uuid as person from (:counted) counted
