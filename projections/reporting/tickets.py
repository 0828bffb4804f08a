"""The views of tickets: one row a ticket, a resolution, a target instance, and the backlog of each day."""

from projections.reporting.columns import ViewColumn, customer, instant, view, words
from projections.reporting.local_days import local_day_in_view
from projections.reporting.sources import piece
from projections.scope.exclusions import NO_CONTACT, NOT_AS_RESOLVED
from projections.scope.folded_words import WORDS


def _is_one_of(outcomes: tuple[str, ...]) -> str:
    return "coalesce(t.outcome in ('" + "', '".join(outcomes) + "'), false)"


_NOT_RESOLVED = _is_one_of(tuple(NOT_AS_RESOLVED))
_COUNTS = (
    ViewColumn(
        "counts_as_resolved",
        f"not {_NOT_RESOLVED}",
        "Whether the ticket counts in first contact, handling time, reopenings and response to surveys, by its"
        " resolutions.",
    ),
    ViewColumn(
        "left_out_reason",
        f"case when {_NOT_RESOLVED} then t.outcome end",
        "Why it does not: merged, duplicate, spam or cancelled; null: it counts.",
    ),
)
_HANDLED = f"t.last_resolved_at is not null and not t.open and not {_NOT_RESOLVED}"

TICKET = view(
    "ticket",
    "One row a ticket that was received, as it is now.",
    ViewColumn("ticket_id", "t.ticket", "The ticket."),
    customer("t.customer"),
    ViewColumn(
        "organisation_id",
        "t.organisation",
        "The organisation that the customer belonged to at the receipt; null: none.",
    ),
    words("t", *WORDS),
    ViewColumn("state", "t.state", "received, assigned, in_progress, waiting, resolved, closed, merged or cancelled."),
    ViewColumn("is_open", "t.open", "Whether the ticket is in the backlog now."),
    ViewColumn(
        "outcome",
        "t.outcome",
        "How it left the backlog last: resolved, merged, duplicate, spam or cancelled; null while it is open.",
    ),
    _COUNTS,
    ViewColumn("counts_as_contact", f"not {_is_one_of(tuple(NO_CONTACT))}", "Whether it counts in repeat contacts."),
    instant("left_backlog", "t.left_at", "When it left the backlog last; null while it is open."),
    instant("received", "t.received_at", "When it was received."),
    instant("first_response", "t.first_response_at", "The first public reply by a person."),
    instant("first_resolved", "t.first_resolved_at", "The first resolution, or closing of the open ticket."),
    instant("last_resolved", "t.last_resolved_at", "The last one of these."),
    instant("last_reopened", "t.last_reopened_at", "The last return from resolved, closed or cancelled."),
    instant("closed", "t.closed_at", "When it was closed; null unless it is closed now."),
    instant("last_event", "t.last_event_at", "When the last thing happened to it."),
    ViewColumn("waiting_for", "t.waiting_for", "Whom an open ticket on hold waits for."),
    ViewColumn("escalated_to", "t.escalated_to", "To whom it is escalated; null: to nobody."),
    ViewColumn("escalation_level", "t.escalation_level", "The level of that escalation."),
    ViewColumn("merged_into_ticket_id", "t.merged_into", "The ticket that it is merged into."),
    ViewColumn("resolution_code", "t.resolution_code", "The code of the last resolution; null: it had none."),
    ViewColumn("last_score", "t.last_score", "The last rating, from 1 to 5."),
    instant("last_rated", "t.last_rated_at", "When that rating was given."),
    ViewColumn("reopenings", "t.reopenings", "How often it returned from resolved, closed or cancelled."),
    ViewColumn("team_changes", "t.team_changes", "How often the team changed after the receipt."),
    ViewColumn("agent_changes", "t.agent_changes", "How often the agent changed after the receipt."),
    ViewColumn("customer_messages", "t.customer_messages", "Messages of the customer after the receipt."),
    ViewColumn("replies", "t.replies", "Public replies by persons."),
    ViewColumn("automated_replies", "t.automated_replies", "Replies that a program sent."),
    ViewColumn("notes", "t.notes", "Internal notes."),
    ViewColumn("holds", "t.holds", "How often it was put on hold."),
    ViewColumn(
        "first_response_seconds",
        "extract(epoch from t.first_response_at - t.received_at)::float8",
        "Seconds on the wall clock from the receipt to the first response. Promises stand in sla_instance.",
    ),
    ViewColumn(
        "handling_seconds",
        f"case when {_HANDLED} then extract(epoch from t.last_resolved_at - t.received_at)::float8 end",
        "Seconds from the receipt to the last resolution; null when the figure handling-time leaves the ticket out.",
    ),
    ViewColumn(
        "handling_left_out_reason",
        piece("handling left out", not_resolved=_NOT_RESOLVED),
        "Why handling_seconds is null: an outcome, open_again or not_resolved.",
    ),
    ViewColumn(
        "effort_seconds",
        "t.talk_seconds + t.hold_seconds + t.after_contact_seconds",
        "Talk, hold and after-contact time of all agents.",
    ),
    ViewColumn("talk_seconds", "t.talk_seconds", "Talk time of all agents."),
    ViewColumn("hold_seconds", "t.hold_seconds", "Hold time of all agents."),
    ViewColumn("after_contact_seconds", "t.after_contact_seconds", "After-contact time of all agents."),
    ViewColumn("other_seconds", "t.other_seconds", "Effort of any other kind."),
    ViewColumn("told_late", "t.told_late", "Whether a fact of it was recorded more than 7 days after it happened."),
    source='from :"schema".tickets t left join survivors s on s.customer = t.customer',
)
TICKET_RESOLUTION = view(
    "ticket_resolution",
    "One row a resolution of a ticket, with the last rating given to it.",
    ViewColumn("ticket_id", "r.ticket", "The ticket."),
    ViewColumn(
        "number", "r.number", "1, 2, 3 in the order of what happened; 0 is a rating before any resolution (imports)."
    ),
    customer("t.customer"),
    ViewColumn("organisation_id", "t.organisation", "The organisation of the customer at the receipt; null: none."),
    words("r", *WORDS),
    _COUNTS,
    instant("resolved", "r.resolved_at", "When it was resolved, or closed while open; null for number 0."),
    ViewColumn("code", "r.code", "The code of the resolution; null when it was closed without one."),
    ViewColumn("score", "r.score", "The last rating of this resolution, from 1 to 5; null: none."),
    ViewColumn("is_satisfied", "r.score >= 4", "Whether the rating is 4 or 5; null: there is none."),
    instant("rated", "r.rated_at", "When that rating was given: satisfaction counts it then."),
    ViewColumn(
        "is_answered",
        "coalesce(r.first_rated_at <= r.resolved_at + interval '168 hours', false)",
        "Whether it was first rated within 7 days.",
    ),
    ViewColumn(
        "is_final",
        "r.score is not null or r.resolved_at + interval '168 hours' < now()",
        "Whether is_answered can no longer change.",
    ),
    ViewColumn("is_reopened", "t.reopenings > 0", "Whether the ticket was reopened at least once in its life."),
    source=piece("ticket_resolution"),
)
CONTACT = view(
    "contact",
    "One row a message on a ticket: its receipt, a message of the customer, or a reply.",
    ViewColumn("ticket_id", "m.ticket", "The ticket."),
    ViewColumn("version", "m.version", "The version of the ticket's event that recorded it."),
    customer("t.customer"),
    ViewColumn("organisation_id", "t.organisation", "The organisation of the customer at the receipt; null: none."),
    words("t", *(name for name in WORDS if name != "channel")),
    ViewColumn(
        "channel",
        "coalesce(m.channel_key, m.channel, t.folded[5], t.channel)",
        "The channel of the message; that of the ticket when the message names none.",
    ),
    ViewColumn("direction", "m.direction", "in (from the customer) or out (a reply)."),
    ViewColumn("is_automated", "m.automated", "Whether no person wrote the reply."),
    instant("sent", "m.at", "When it was sent or came in."),
    source=piece("contact"),
)
SLA_INSTANCE = view(
    "sla_instance",
    "One row a target instance: one promise for a ticket, from its activation to its end.",
    ViewColumn("ticket_id", "c.ticket", "The ticket."),
    ViewColumn("target", "c.target", "first_response, next_response, periodic_update or resolution."),
    ViewColumn("activated_by", "c.activated_by", "The version of the ticket's event that began it: its identity."),
    ViewColumn("number", "c.instance", "1, 2, 3 of the target; a late fact may change it."),
    customer("c.customer"),
    words("c", *WORDS),
    ViewColumn("policy", "c.policy", "The policy that promises it."),
    ViewColumn("policy_version", "c.policy_version", "The version of the policy."),
    ViewColumn("calendar", "c.calendar", "The calendar that it counts by."),
    ViewColumn("calendar_version", "c.calendar_version", "The version of the calendar."),
    ViewColumn("target_seconds", "c.target_seconds", "The promised seconds of the calendar."),
    ViewColumn("state", "c.state", "running, paused, fulfilled or cancelled."),
    ViewColumn(
        "verdict",
        "case when c.finished_at is not null then coalesce(c.corrected_verdict, c.verdict) end",
        "met or breached, as compliance counts it: a correction instead of the clock's; null: open, or left out.",
    ),
    ViewColumn("clock_verdict", "c.verdict", "What the clock says, whatever was corrected."),
    ViewColumn("is_corrected", "coalesce(c.corrected_verdict <> c.verdict, false)", "Whether the two differ."),
    ViewColumn(
        "left_out_reason",
        "case when c.finished_at is not null and coalesce(c.corrected_verdict, c.verdict) is null then 'cancelled' end",
        "cancelled: it ended in time without a verdict and counts for neither; null: it counts, or is open.",
    ),
    ViewColumn("is_final", "c.finished_at is not null", "Whether it has ended."),
    ViewColumn(
        "is_late",
        "c.finished_at is null and (c.breached_at is not null or coalesce(c.late_after < now(), false))",
        "Whether it has not ended and is over its target now.",
    ),
    instant("activated", "c.activated_at", "When it began."),
    instant("due", "c.due_at", "When it is due; null while it is paused."),
    instant("breached", "c.breached_at", "When it went over its target; null: it did not."),
    instant("finished", "c.finished_at", "When it ended: compliance counts it then."),
    ViewColumn(
        "elapsed_seconds",
        "case when c.finished_at is not null then c.elapsed_us / 1e6::float8 end",
        "Seconds of the calendar that it took; null while it is open.",
    ),
    ViewColumn(
        "paused_seconds",
        "case when c.finished_at is not null then c.paused_us / 1e6::float8 end",
        "Seconds of real time that it was paused; null while it is open.",
    ),
    ViewColumn(
        "told_late", "c.told_late", "Whether a fact before its end was recorded more than 7 days after it happened."
    ),
    source='from :"schema".sla_clocks c left join survivors s on s.customer = c.customer',
)


def _backlog_source() -> str:
    dimensions = [name for name in WORDS if name != "agent"]
    return piece(
        "backlog_daily",
        names=", ".join(dimensions),
        keys=", ".join(f"coalesce(folded[{WORDS.index(name) + 1}], {name}) as {name}" for name in dimensions),
        day_began=local_day_in_view("began_at"),
        day_ended=local_day_in_view("ended_at"),
        today=local_day_in_view("now()"),
    )


BACKLOG_DAILY = view(
    "backlog_daily",
    "One row a local day, team, priority, category and channel with tickets that are open at the end of the day.",
    ViewColumn("local_date", "b.day + later", "The day in the tenant's zone."),
    *(
        ViewColumn(name, f"b.{name}", f"The {name} at the end of the day; null: none.")
        for name in WORDS
        if name != "agent"
    ),
    ViewColumn("tickets", "b.tickets::bigint", "Tickets open at the end of the day, or now on the present day."),
    ViewColumn("is_final", "b.day + later < n.today", "False on the present day."),
    source=_backlog_source(),
)
