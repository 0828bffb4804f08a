-- Notifications that failed or are uncertain.

-- name: dead
-- By channel, how many wait for a person's decision.
select channel, count(*) filter (where state = 'failed'), count(*) filter (where state = 'uncertain')
from :"schema".notifications
where :dead
group by channel
order by channel;

-- name: endpoints
-- The endpoints of webhooks to which notifications were requested.
select distinct recipient
from :"schema".notifications
where to_kind = 'endpoint'
order by recipient;
