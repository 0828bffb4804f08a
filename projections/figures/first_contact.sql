-- First contact resolution in every variant, and repeat contacts.

-- name: repeated
-- The tickets received in the period and in the 7 days behind it, which may be the repeated contact.
with recursive :families, received as (
    select f.*, :survivor as same_person, coalesce(folded[4], category) as same_category,
        case when :no_contact then outcome end as left_out
    from :"schema".first_contact f :joined where received_at >= :start and received_at < :end + :window
)
select ticket as subject, null as fact, customer, received_at as at, left_out, :dimensions, :organisation,
    same_category is not null
        and count(*) filter (where left_out is null) over later > (left_out is null)::int as repeated,
    told_late, received_at + :window < :now as final
from received t
window later as (
    partition by same_person, same_category order by received_at range between current row and :window following
)

-- name: judged
-- The resolved tickets, and whether they keep a variant of first contact resolution.
select ticket as subject, null as fact, customer, counts_at as at, :final as final, :reason,
    :dimensions, :organisation, :variant as kept, told_late
from (:judged) t
