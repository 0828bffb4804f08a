-- The net promoter score: of persons and of organisations, over a period, in a wave, and by the ticket.

-- name: by period
-- The relationship answers of a period. The vote of a person is the last one.
select customer, version, at, score, wave, person,
    coalesce(survivor, answers.organisation) as organisation,
    :ends[:number] <= :now as final,
    case when row_number() over (
        partition by person, :number order by at desc, version desc, customer
    ) > 1 then 'answered_again' end as left_out
from :answers answers left join :survivors on merged_customer = answers.organisation
where ticket is null and :within

-- name: persons
-- A fact for each answer.
select customer as subject, version::text as fact, customer, at, final, left_out, organisation, score :further
from (:votes) votes

-- name: organisations
-- A fact for each organisation, with the mean of its persons.
with votes as (:votes)
select organisation as subject, null as fact, organisation as customer, max(at) as at, final, null as left_out,
    organisation, avg(score)::float8 as score :further
from votes where left_out is null and organisation is not null group by organisation, final :group
union all
select customer, version::text, customer, at, final, coalesce(left_out, 'no_organisation'), organisation, score :further
from votes where left_out is not null or organisation is null

-- name: of tickets
-- The answers that name a ticket. The last one of each ticket counts.
select ticket as subject, a.version::text as fact, a.customer, at, true as final,
    case when number > 1 then 'answered_again' end as left_out, :dimensions, score
from (
    select *, row_number() over (partition by ticket order by at desc, version desc, customer) as number
    from (select customer, version, at, score, ticket from :"schema".nps_answers where ticket is not null) answers
) a left join (select ticket, :dimensions from :"schema".tickets) t using (ticket)
