-- The answers to the published waves of the relationship survey: which count, and why the others do not.

-- name: in waves
-- The relationship answers with their wave, and why they do not count.
select customer, version, at, score, person, coalesce(survivor, answers.organisation) as organisation,
    coalesce(name, answers.wave) as wave, coalesce(key, wave_key) as wave_key, channel, null::text[] as folded,
    coalesce(closes <= :now, true) as final,
    case when not taken then reason
        when row_number() over (
            partition by number, person, taken order by at desc, version desc, customer
        ) > 1 then 'answered_again'
    end as left_out
from (
    select *, reason is null as taken from (
        select answers.*, waves.*, case
            when wave is null then 'no_wave'
            when waves.number is null then 'unknown_wave'
            when at < opens then 'before_the_wave'
            when at >= closes then 'after_the_wave'
            when not everybody and not exists (
                select from unnest(:asked_in::int[], :asked::uuid[]) as asked (number, who)
                where asked.number = waves.number and who = person
            ) then 'not_asked'
        end as reason
        from :answers answers left join unnest(
            :numbers::int[], :names::text[], :keys::text[], :opens::timestamptz[], :closes::timestamptz[],
            :channels::text[], :everybody::boolean[]
        ) as waves (number, name, key, opens, closes, channel, everybody) on key = coalesce(wave_key, wave)
        where ticket is null
    ) judged
) answers left join :survivors on merged_customer = answers.organisation

-- name: answered
-- The persons who answered a wave in time.
with recursive :survivors select distinct person from :answers answers
where ticket is null and coalesce(wave_key, wave) = :key and at >= :opens and at < :closes
