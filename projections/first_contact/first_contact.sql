-- First contact resolution and repeat contacts.

-- name: figures
-- The shares of each group.
select :names, count(*) filter (where left_out is null) as resolved,
    count(*) filter (where left_out is null and final) as final,
    count(*) filter (where left_out is null and told_late) as told_late,
    count(*) filter (where left_out is null and not messages_known) as unknown, :left_out, :shares
from (select *, :period from (:judged) judged) grouped group by :keys order by :keys

-- name: repeats
-- The customers with a ticket in the period, and those with another one of its category within the window.
with recursive :families, received as (
    select *, case when :no_contact then outcome end as left_out
    from :"schema".first_contact where received_at >= :start and received_at < :end
), customers as (
    select bool_or(ticket in (:repeated)) as repeated, bool_or(f.received_at + :window >= :now) as young
    from received f :joined where left_out is null
    group by :survivor
)
select * from
    (select count(*) filter (where repeated) as repeated, count(*) as customers,
        count(*) filter (where young and not repeated) as provisional from customers) counted,
    (select :left_out, count(*) filter (where left_out is null) as tickets,
        count(*) filter (where left_out is null and told_late) as told_late from received) uncounted

-- name: contacts
-- The contacts of an interval and the window behind it, each with the receipts beside its own of the same person and
-- category. They are read in the order of an index: a look-up for each of them takes three times as long.
select ticket, f.customer, folded_category, received_at, resolved_at,
    lag(received_at) over beside as earlier, lead(received_at) over beside as later
from :"schema".first_contact f :joined
where received_at >= :start and received_at < :end + :window and folded_category is not null and not :no_contact
window beside as (
    partition by :survivor, folded_category order by received_at rows between 1 preceding and 1 following
)

-- name: repeated
-- Those with another one in the window that begins with their receipt.
select ticket from (:contacts) contacts where earlier = received_at or later <= received_at + :window

-- name: followed by another
-- Those whose resolution another one came back behind. The next receipt decides, unless it lies before the resolution.
select ticket from (:contacts) f :joined
where later <= resolved_at + :window
    and (later > resolved_at or exists (select from :"schema".first_contact o where :came_back))

-- name: judged
-- A row for each ticket, with every variant. The messages of merged tickets count for each ticket that they lead to.
with recursive :families, merged (target, ticket, messages) as (
    select merged_into, ticket, messages from :"schema".first_contact where merged_into is not null
    union
    select next.merged_into, merged.ticket, merged.messages
    from merged join :"schema".first_contact next on next.ticket = merged.target and next.merged_into is not null
)
select f.*,
    until < :now as final,
    case when resolvable then
        counts_on_first_contact and coalesce(reopened_at > until, true)
        and not case when received_at < :start then exists (select from :"schema".first_contact o where :came_back)
            else ticket in (:followed_by_another) end
    end as headline,
    counts_on_first_contact as gross,
    case when messages_known then coalesce(second_answer_at > until, true) end as one_touch,
    case when messages_known then coalesce(least(wrote_again_at, wrote_elsewhere_at) > until, true) end as no_recontact,
    case when messages_known then
        counts_on_first_contact and coalesce(confirmed_at <= until, false)
    end as customer_confirmed,
    (
        select o.ticket from :"schema".first_contact o where :came_back order by o.received_at, o.ticket limit 1
    ) as came_back_as
from (
    select r.*, resolved_at + :window as until, wrote_elsewhere_at,
        on_first_contact and coalesce(wrote_elsewhere_at > resolved_at, true) as counts_on_first_contact
    from (:rows) r
    left join (
        select target, min(greatest(at, received_at)) as wrote_elsewhere_at
        from merged join :"schema".first_contact t on t.ticket = target cross join unnest(merged.messages) at
        group by target
    ) elsewhere on target = r.ticket
) f
:joined

-- name: came back
-- The condition that another ticket counts against one. A ticket is never resolved before its own receipt.
:same and o.folded_category = f.folded_category
and o.received_at > f.resolved_at and o.received_at <= f.resolved_at + :window and not :other_is_no_contact

-- name: tickets behind
-- The judged tickets that a share counts, the oldest resolution first, behind :at and :ticket.
select :columns
from (:judged) judged
where :part and (:at::timestamptz is null or (resolved_at, ticket) > (:at, :ticket::uuid))
order by resolved_at, ticket
limit :limit;
