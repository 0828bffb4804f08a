-- First contact resolution in every variant, and repeat contacts.

-- name: repeated
-- The tickets received in the period. Whether one is repeated is read from an index alone.
with recursive :families
select ticket as subject, null as fact, customer, received_at as at, case when :no_contact then outcome end as left_out,
    :dimensions, ticket in (:repeated) as repeated,
    told_late, received_at + :window < :now as final
from :"schema".first_contact t where :within

-- name: judged
-- The resolved tickets, and whether they keep a variant of first contact resolution.
select ticket as subject, null as fact, customer, counts_at as at, :final as final, :reason,
    :dimensions, :variant as kept, told_late
from (:judged) t
