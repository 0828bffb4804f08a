"""The views of work besides tickets: procedures, their steps, tasks and notifications.

Titles and results may hold personal data.
"""

from projections.reporting.columns import ViewColumn, customer, instant, view

_WHO = (
    ViewColumn("team", "t.team", "The team that has to do it; null: none."),
    ViewColumn("agent", "t.agent", "The agent who has to do it; null: none."),
)
_IS_OVERDUE = ViewColumn(
    "is_overdue",
    "coalesce(t.ended_at, now()) > t.due_at",
    "Whether it ended, or is open, after its due time; null: it has none.",
)

PROCEDURE = view(
    "procedure",
    "One row a procedure that was started.",
    ViewColumn("procedure_stream_id", "p.procedure_stream", "The procedure that runs or ran."),
    ViewColumn("procedure", "p.procedure", "The name of its definition."),
    ViewColumn("definition_version", "p.definition_version", "The version of the definition that it goes by."),
    ViewColumn("subject_id", "p.subject", "The ticket, customer or contract that it is about."),
    ViewColumn("subject_kind", "p.subject_kind", "ticket, customer or contract."),
    customer("p.customer"),
    ViewColumn("state", "p.state", "running, completed or abandoned."),
    ViewColumn("outcome", "p.outcome", "The outcome of its completion; null: none, or it is not completed."),
    instant("started", "p.started_at", "When it was started."),
    instant("ended", "p.ended_at", "When it was completed or abandoned; null: it runs."),
    source='from :"schema".procedures p left join survivors s on s.customer = p.customer',
)
PROCEDURE_STEP = view(
    "procedure_step",
    "One row a step of a procedure that was opened.",
    ViewColumn("procedure_stream_id", "t.procedure_stream", "The procedure that it is a step of."),
    ViewColumn("step", "t.step", "Its id in the definition."),
    ViewColumn("procedure", "t.procedure", "The name of the definition."),
    ViewColumn("kind", "t.kind", "task, notify, wait, decide or survey."),
    customer("t.customer"),
    _WHO,
    instant("opened", "t.opened_at", "When it was opened."),
    instant("due", "t.due_at", "When it is due; null: at no time."),
    instant("ended", "t.ended_at", "When it ended; null: it is open."),
    ViewColumn(
        "ended_as", "t.ended_as", "done, skipped, or left when the procedure ended before it; null: it is open."
    ),
    _IS_OVERDUE,
    source='from :"schema".procedure_steps t left join survivors s on s.customer = t.customer',
)
TASK = view(
    "task",
    "One row a task.",
    ViewColumn("task_id", "t.task", "The task."),
    ViewColumn("about_id", "t.about", "What it is about; null: nothing is named."),
    ViewColumn("about_kind", "t.about_kind", "The kind of what it is about, such as ticket."),
    customer("t.customer"),
    _WHO,
    ViewColumn("state", "t.state", "open, done or cancelled."),
    ViewColumn("source", "t.source", "person, routing, rule:NAME or procedure:NAME: what opened it."),
    instant("opened", "t.opened_at", "When it was opened."),
    instant("due", "t.due_at", "When it is due; null: at no time."),
    instant("ended", "t.ended_at", "When it was done or cancelled; null: it is open."),
    _IS_OVERDUE,
    source='from :"schema".tasks t left join survivors s on s.customer = t.customer',
)
NOTIFICATION = view(
    "notification",
    "One row a notification that was requested.",
    ViewColumn("notification_id", "n.notification", "The notification."),
    ViewColumn("purpose", "n.purpose", "What it is for, such as survey."),
    ViewColumn("channel", "n.channel", "The channel by which it is sent."),
    ViewColumn("template", "n.template", "The name of its text."),
    ViewColumn("recipient_kind", "n.to_kind", "customer, agent, team or endpoint."),
    customer("n.customer", "The customer to whom it is sent, as it was recorded; null: it is sent to another."),
    ViewColumn("about_id", "n.about", "What it is about; null: nothing is named."),
    ViewColumn("about_kind", "n.about_kind", "The kind of what it is about, such as ticket."),
    ViewColumn("rule", "n.rule", "The rule that requested it; null: none did."),
    ViewColumn("state", "n.state", "waiting, attempting, handed_over, delivered, uncertain, failed or suppressed."),
    ViewColumn("attempts", "n.attempt", "How often it was tried."),
    ViewColumn("why", "n.why", "The code of the last failure, postponement or suppression; null: none."),
    instant("requested", "n.requested_at", "When it was requested."),
    instant("ended", "n.ended_at", "When its outcome was known; null: it is not."),
    source='from :"schema".notifications n left join survivors s on s.customer = n.customer',
)
