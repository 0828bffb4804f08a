"""The views of customers: who they are, and what they bought, were offered, answered, said and used."""

from domain.contract.term_days import GRACE_DAYS
from domain.customer_figures.nps import DETRACTOR_BELOW, PROMOTER_FROM
from projections.figures.dimensions import BELONGS_TO
from projections.figures.due_terms import EARLY_DAYS
from projections.reporting.columns import ViewColumn, customer, instant, minor_units, view
from projections.reporting.local_days import local_day_in_view
from projections.reporting.sources import piece

_CURRENCY = "The currency, such as VND. Amounts of different currencies are never added."

CUSTOMER = view(
    "customer",
    "One row a customer, a person or an organisation, merged or not, as it is now.",
    customer("c.customer", "The customer."),
    ViewColumn("merged_into_id", "c.merged_into", "The customer that it was merged into directly; null: none."),
    ViewColumn("is_survivor", "c.merged_into is null", "Whether it stands for itself: count these to count persons."),
    ViewColumn("party", "c.party", "person or organisation."),
    ViewColumn(
        "organisation_id",
        "case when c.party = 'organisation' then c.customer else m.organisation::uuid end",
        "The main or only organisation that it belongs to now, a survivor; its own id when it is one; null: none.",
    ),
    ViewColumn("tier", "c.tier", "The tier now; customer_tier has the earlier ones. null: none."),
    instant("registered", "c.registered_at", "When it was registered; null: it was not."),
    ViewColumn(
        "addresses",
        '(select count(*) from :"schema".customer_addresses a where a.customer = c.customer)',
        "Addresses by which it is reached. The addresses are personal data.",
    ),
    source=piece("customer", belongs_to=BELONGS_TO),
)
CUSTOMER_TIER = view(
    "customer_tier",
    "One row a time during which a customer has a tier.",
    customer("c.customer"),
    ViewColumn("tier", "c.tier", "The tier; null: none."),
    instant("since", "c.since", "When the customer got it."),
    instant("until", "c.until", "When it got another one; null: it still has it."),
    source='from :"schema".customer_tiers c left join survivors s on s.customer = c.customer',
)
SEGMENT_MEMBER = view(
    "segment_member",
    "One row a time during which a customer is in a tracked segment.",
    ViewColumn("membership_id", "m.membership", "The customer and the segment together; one may have several times."),
    customer("m.customer"),
    ViewColumn("segment", "coalesce(m.segment_key, m.segment)", "The name of the segment."),
    instant("since", "m.since", "When the customer came in."),
    instant("until", "m.until", "When it went out; null: it is still in."),
    source='from :"schema".segment_members m left join survivors s on s.customer = m.customer',
)
CONTRACT_TERM = view(
    "contract_term",
    "One row a term of a contract.",
    ViewColumn("contract_id", "t.contract", "The contract."),
    ViewColumn("term", "t.term", "1, 2, 3 in order."),
    customer("t.customer"),
    ViewColumn("starts_on", "t.starts_on", "The first day."),
    ViewColumn("ends_on", "t.ends_on", "The last day: the term is due on it."),
    minor_units("value", "t.value", "The value of the term."),
    ViewColumn("currency", "t.currency", _CURRENCY),
    instant("signed", "t.signed_at", "When it was signed, or renewed into."),
    ViewColumn("is_late", "t.late", "Whether it was renewed into after the end of the term before."),
    ViewColumn("auto_renews", "c.auto_renews", "Whether the contract renews itself."),
    ViewColumn(
        "became",
        f"coalesce(t.ended_as, case when t.ends_on < n.today - {GRACE_DAYS} then 'lapsed' else 'open' end)",
        f"renewed, lapsed (also when {GRACE_DAYS} days of grace are over and nobody has said so), terminated or open.",
    ),
    ViewColumn(
        "is_final",
        f"t.ended_as is not null or t.ends_on < n.today - {GRACE_DAYS}",
        "False while the term is open: it has not ended, or may still be renewed late.",
    ),
    ViewColumn(
        "renewed_when",
        piece("renewed when", early_days=str(EARLY_DAYS)),
        f"early (more than {EARLY_DAYS} days before the last one), on_time or late; null: it was not renewed.",
    ),
    ViewColumn("ended_on", "t.ended_on", "Its last day as it came; null: it is the newest term."),
    minor_units("renewed_value", "r.signed_value", "The value of the next term when it was signed; null: none."),
    ViewColumn("renewed_currency", "r.signed_currency", "The currency of the next term when it was signed."),
    source=piece("contract_term", today=local_day_in_view("now()"), day_signed=local_day_in_view("r.signed_at")),
)
PURCHASE = view(
    "purchase",
    "One row a purchase of a customer, as it is known now.",
    customer("p.customer"),
    ViewColumn("version", "p.version", "The version of the customer's event that recorded it."),
    ViewColumn("purchase_id", "p.purchase_id", "The number of the purchase, unique for its customer."),
    instant("bought", "p.at", "When it was bought."),
    minor_units("total", "p.total", "What was paid."),
    minor_units("returned", "p.returned", "What was given back."),
    minor_units("kept", "p.total - p.returned", "What was paid and not given back."),
    ViewColumn("currency", "p.currency", _CURRENCY),
    ViewColumn(
        "state",
        "case when p.whole then 'returned' when p.returned <> 0 then 'partly_returned' else 'recorded' end",
        "recorded, partly_returned or returned (nothing is kept).",
    ),
    ViewColumn("items", "json_array_length(p.items)", "The number of items."),
    ViewColumn("warranty_until", "p.warranty_until", "The last day of the warranty; null: none."),
    ViewColumn("service_every_months", "p.service_every", "The months between two services; null: no maintenance."),
    ViewColumn("services", "cardinality(p.serviced_on)", "The number of services."),
    ViewColumn(
        "last_serviced_on",
        "(select max(day) from unnest(p.serviced_on) day)",
        "The day of the last service; null: none.",
    ),
    ViewColumn("is_corrected", "p.corrected", "Whether it was changed after it was recorded."),
    source='from :"schema".purchases p left join survivors s on s.customer = p.customer',
)
OFFER = view(
    "offer",
    "One row an offer to a customer.",
    customer("o.customer"),
    ViewColumn("version", "o.version", "The version of the customer's event that recorded it."),
    ViewColumn("offer_id", "o.offer_id", "The number of the offer, unique for its customer."),
    instant("made", "o.at", "When it was made."),
    ViewColumn("product", "o.product", "What is offered."),
    minor_units("value", "o.value", "The value; null: none is named."),
    ViewColumn("currency", "o.currency", _CURRENCY),
    ViewColumn("is_recurring", "o.recurring", "Whether the value comes again each period."),
    ViewColumn(
        "valid_until",
        "o.valid_until",
        "The last day that was named; null: none. The published rules of upselling then say when the offer expires.",
    ),
    ViewColumn(
        "answer",
        "o.answer",
        "accepted or declined; null: it was not answered. The figures of upselling say which of these are expired.",
    ),
    ViewColumn("is_final", "o.answer is not null", "Whether it was answered."),
    instant("answered", "o.answered_at", "When it was accepted or declined; null: it was not."),
    minor_units("agreed", "o.agreed", "The value that was accepted."),
    source='from :"schema".offers o left join survivors s on s.customer = o.customer',
)
NPS_ANSWER = view(
    "nps_answer",
    "One row an answer to a survey of the net promoter score.",
    customer("a.customer"),
    ViewColumn("version", "a.version", "The version of the customer's event that recorded it."),
    instant("answered", "a.at", "When it was given."),
    ViewColumn("score", "a.score", "0 to 10."),
    ViewColumn(
        "nps_group",
        f"case when a.score >= {PROMOTER_FROM} then 'promoter'"
        f" when a.score >= {DETRACTOR_BELOW} then 'passive' else 'detractor' end",
        "promoter (9 and 10), passive (7 and 8) or detractor (0 to 6).",
    ),
    ViewColumn("wave", "coalesce(a.wave_key, a.wave)", "The wave of the survey; null: none is named."),
    ViewColumn("ticket_id", "a.ticket", "The ticket that it is about; null: it is about the relationship."),
    ViewColumn(
        "organisation_id",
        "coalesce(g.survivor, a.organisation)",
        "The main or only organisation of the person at the answer, or the organisation itself; null: none.",
    ),
    source=piece("nps_answer"),
)
FEEDBACK = view(
    "feedback",
    "One row a piece of feedback.",
    ViewColumn("feedback_id", "f.feedback", "The piece of feedback."),
    customer("f.customer"),
    instant("said", "f.at", "When it was said."),
    ViewColumn("theme", "coalesce(f.theme_key, f.theme)", "What it is about."),
    ViewColumn("polarity", "f.polarity", "positive, neutral or negative, as a person judged it."),
    ViewColumn("ticket_id", "f.ticket", "The ticket that it came with; null: none."),
    source='from :"schema".feedback f left join survivors s on s.customer = f.customer',
)
USAGE = view(
    "usage",
    "One row a product, metric and day of a customer, with the value that was recorded last.",
    ViewColumn("usage_id", "u.usage", "The customer's usage of the product, over all days."),
    customer("u.customer"),
    ViewColumn("product", "u.product", "The product."),
    ViewColumn("metric", "u.metric", "What is measured."),
    ViewColumn("used_on", "u.day", "The day, as it was recorded."),
    ViewColumn("value", "u.value", "The value of that day."),
    ViewColumn("value_limit", "u.limit", "What the customer may use; null: without limit."),
    instant("recorded", "u.at", "When the value was told."),
    source=piece("usage"),
)
