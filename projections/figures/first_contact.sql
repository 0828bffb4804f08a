-- First contact resolution in every variant, and repeat contacts.

-- name: repeated
-- The tickets received in the period. Whether one is repeated is read from an index alone, over the tickets of the 7
-- days behind the period too.
with recursive :families, contacts as (
    select ticket, count(*) over later as contacts
    from :"schema".first_contact f :joined
    where received_at >= :start and received_at < :end + :window and folded_category is not null and not :no_contact
    window later as (
        partition by :survivor, folded_category order by received_at range between current row and :window following
    )
)
select ticket as subject, null as fact, customer, received_at as at, case when :no_contact then outcome end as left_out,
    :dimensions, :organisation, ticket in (select ticket from contacts where contacts > 1) as repeated,
    told_late, received_at + :window < :now as final
from :"schema".first_contact t where :within

-- name: judged
-- The resolved tickets, and whether they keep a variant of first contact resolution.
select ticket as subject, null as fact, customer, counts_at as at, :final as final, :reason,
    :dimensions, :organisation, :variant as kept, told_late
from (:judged) t
