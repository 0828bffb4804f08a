-- What people ask of automation, by the rows of the audit history.

-- name: suspended
-- The subjects for which a rule is suspended and not resumed since, the newest first. The partial index over what
-- suspends and resumes answers it.
select stream, rule, why, version, recorded_at, position
from (
    select distinct on (stream, facts ->> 'rule')
        stream, facts ->> 'rule' as rule, facts ->> 'why' as why, (facts ->> 'version')::integer as version,
        recorded_at, position, topic
    from :"schema".audit_history
    where topic in ('automation.suspended', 'automation.resumed') and position <= :up_to
    order by stream, facts ->> 'rule', position desc
) newest
where topic = 'automation.suspended' and position < :before
order by position desc
limit :limit;

-- name: suspended by rule
-- The rules that are suspended for a subject and not resumed since, with the number of subjects, by rule: of what was
-- recorded up to a position, and happened by an instant.
select rule, count(*)
from (
    select distinct on (stream, facts ->> 'rule') facts ->> 'rule' as rule, topic
    from :"schema".audit_history
    where topic in ('automation.suspended', 'automation.resumed') and position <= :up_to
        and (:as_of::timestamptz is null or occurred_at <= :as_of)
    order by stream, facts ->> 'rule', position desc
) newest
where topic = 'automation.suspended'
group by rule
order by rule;

-- name: counts
-- How often each of some rules was recorded behind a position and up to another, by what was recorded.
select coalesce(actor_key, actor), topic, count(*)
from :"schema".audit_history
where coalesce(actor_key, actor) = any(:actors) and position > :after and position <= :up_to
    and topic in ('automation.fired', 'automation.shadowed', 'automation.passed_over', 'automation.suspended')
group by 1, 2;
