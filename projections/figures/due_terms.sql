-- The contract terms that are due in a period, and what became of each.

-- name: due terms
-- The terms whose last day lies between two days, with what became of them.
select contract, term, customer, at, ends_on, value, currency, new_value, new_currency, late,
    case when not renewed then null when late then 'late'
        when signed_at < :early_before then 'early' else 'on_time' end as renewed_when,
    case when renewed then 'renewed' when ended_as is not null then ended_as
        when ends_on < :grace_began then 'lapsed' else 'open' end as became
from (
    select t.contract, t.term, t.customer, :due_at as at, t.ends_on, t.value, t.currency, t.ended_as,
        n.signed_value as new_value, n.signed_currency as new_currency, n.late, n.signed_at,
        coalesce(t.ended_as = 'renewed', false) as renewed
    from :"schema".contract_terms t
    left join lateral (
        select * from :"schema".contract_terms later where later.contract = t.contract and later.term > t.term
        order by later.term limit 1
    ) n on true
    where t.ends_on between :first and :last
) terms
