"""The figures that a second calculation over exported events compares, and the groups in which each is asked."""

from tests.support.exported_questions import OF_CUSTOMERS, OF_TICKETS, PATHS

VARIANTS = {
    "fcr": "headline",
    "fcr-gross": "gross",
    "fcr-one-touch": "one_touch",
    "fcr-no-recontact": "no_recontact",
    "fcr-one-owner": "one_owner",
    "fcr-customer-confirmed": "customer_confirmed",
}
TARGETS = ("first_response", "next_response", "periodic_update", "resolution")
_OF_TICKETS_ALONE = {
    "open-tickets": ("state",),
    "late-tickets": ("state",),
    "sla-late": ("target",),
    "cycles-late": ("target",),
    "journey": PATHS,
    "journey-steps": ("state", "step"),
    "journey-losses": ("state",),
}
_FIGURES_OF_TICKETS = (
    "csat", "response-rate", "reopen-rate", "handling-time", "effort", "expected-by", *VARIANTS, "open-tickets",
    "late-tickets", "flow", "waiting", "contacts", "contact-time", "journey", "journey-steps", "journey-losses",
    "time-by-team", "team-on-time", "team-late", *(f"sla-{target.replace('_', '-')}" for target in TARGETS),
    "on-time", "sla-late", "cycles-late", "nps-ticket", "voice-of-customers",
)  # fmt: skip
GROUPS_OF_TICKETS = {figure: (*OF_TICKETS, *_OF_TICKETS_ALONE.get(figure, ())) for figure in _FIGURES_OF_TICKETS}
_FIGURES_OF_FACTS = (
    "nps", "nps-organisations", "nps-wave", "nps-wave-organisations", "repeat-purchase", "returning-buyers",
    "retention", "upsell", "upsell-customers", "upsell-value", "renewal", "renewal-value",
    "voice-of-customers", "procedure-step-time", "procedure-steps-skipped",
    "procedure-steps-overdue", "procedure-outcome", "procedures-running",
)  # fmt: skip
_OF_WAVES = ("wave", "channel")
_OF_STEPS = ("procedure", "step", "step_kind", "assigned_team", "assigned_agent")
_OF_FACTS_ALONE = {
    "nps-wave": _OF_WAVES,
    "nps-wave-organisations": _OF_WAVES,
    "voice-of-customers": ("theme",),
    "procedure-step-time": _OF_STEPS,
    "procedure-steps-skipped": _OF_STEPS,
    "procedure-steps-overdue": _OF_STEPS,
    "procedure-outcome": ("procedure", "outcome"),
    "procedures-running": ("procedure",),
}
GROUPS_OF_FACTS = {figure: (*OF_CUSTOMERS, *_OF_FACTS_ALONE.get(figure, ())) for figure in _FIGURES_OF_FACTS}
GROUPS_OF_HEALTH = {
    "renewal-chance": (*OF_CUSTOMERS, "band"),
    "upsell-eligible": OF_CUSTOMERS,
    "delivered-response-rate": OF_TICKETS,
}
