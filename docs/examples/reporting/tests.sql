-- Tests of the reporting views, as dbt writes them: each statement gives the rows that break a rule, and none when all
-- is well. Run it with the schema in the search path:
--   psql "options=-csearch_path=reporting_of_default" -f tests.sql

-- name: tickets are unique
select ticket_id, count(*) from ticket group by ticket_id having count(*) > 1;

-- name: resolutions are unique
select ticket_id, number, count(*) from ticket_resolution group by ticket_id, number having count(*) > 1;

-- name: contacts are unique
select ticket_id, version, count(*) from contact group by ticket_id, version having count(*) > 1;

-- name: directions are known
select ticket_id, direction from contact where direction not in ('in', 'out');

-- name: target instances are unique
select ticket_id, target, activated_by, count(*) from sla_instance
group by ticket_id, target, activated_by having count(*) > 1;

-- name: customers are unique
select customer_id, count(*) from customer group by customer_id having count(*) > 1;

-- name: terms are unique
select contract_id, term, count(*) from contract_term group by contract_id, term having count(*) > 1;

-- name: notifications are unique
select notification_id, count(*) from notification group by notification_id having count(*) > 1;

-- name: states of notifications are known
select notification_id, state from notification
where state not in ('waiting', 'attempting', 'handed_over', 'delivered', 'uncertain', 'failed', 'suppressed');

-- name: purchases are unique
select customer_id, purchase_id, count(*) from purchase group by customer_id, purchase_id having count(*) > 1;

-- name: offers are unique
select customer_id, offer_id, count(*) from offer group by customer_id, offer_id having count(*) > 1;

-- name: days of usage are unique
select customer_id, product, metric, used_on, count(*) from usage
group by customer_id, product, metric, used_on having count(*) > 1;

-- name: days of the backlog are unique
select local_date, team, priority, category, channel, count(*) from backlog_daily
group by local_date, team, priority, category, channel having count(*) > 1;

-- name: there is one row as of
select count(*) from as_of having count(*) <> 1;

-- name: target instances belong to tickets
select i.ticket_id from sla_instance i left join ticket t using (ticket_id) where t.ticket_id is null;

-- name: survivors are customers that are not merged
select c.customer_id, c.survivor_id from customer c left join customer s on s.customer_id = c.survivor_id
where s.is_survivor is distinct from true;

-- name: purchases belong to customers
select p.customer_id from purchase p left join customer c using (customer_id) where c.customer_id is null;

-- name: states of tickets are known
select ticket_id, state from ticket
where state not in ('received', 'assigned', 'in_progress', 'waiting', 'resolved', 'closed', 'merged', 'cancelled');

-- name: outcomes are known
select ticket_id, outcome from ticket
where outcome not in ('resolved', 'merged', 'duplicate', 'spam', 'cancelled') or is_open <> (outcome is null);

-- name: targets and verdicts are known
select ticket_id, target, verdict from sla_instance
where target not in ('first_response', 'next_response', 'periodic_update', 'resolution')
    or verdict not in ('met', 'breached')
    or is_final and verdict is null and left_out_reason is null;

-- name: scores are between their bounds
select ticket_id, score from ticket_resolution where score not between 1 and 5;

-- name: answers of the net promoter score are between their bounds
select customer_id, score from nps_answer
where score not between 0 and 10 or nps_group not in ('promoter', 'passive', 'detractor');

-- name: answers to offers and states of purchases are known
select customer_id, answer from offer where answer not in ('accepted', 'declined')
union all
select customer_id, state from purchase where state not in ('recorded', 'partly_returned', 'returned');

-- name: terms became what is known
select contract_id, became from contract_term
where became not in ('renewed', 'lapsed', 'terminated', 'open') or is_final <> (became <> 'open');

-- name: polarities are known
select feedback_id, polarity from feedback where polarity not in ('positive', 'neutral', 'negative');

-- name: a time ends after it began
select customer_id, since_at from customer_tier where until_at <= since_at
union all
select customer_id, since_at from segment_member where until_at <= since_at;
