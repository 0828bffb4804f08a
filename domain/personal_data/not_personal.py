"""The fields of events that hold words and no personal data, each with the reason.

`tests/domain/personal_data/test_declaration.py` refuses a field that is neither here nor marked as personal.
"""

from collections.abc import Mapping
from types import MappingProxyType

_STAFF = "names who works for the tenant; what staff does is evidence, and no customer's data"
_CODE = "a code or a name that the tenant chose for many customers"
_RULE = "names a published definition or a part of one"
_KEY = "identifies a thing in another system; it joins events, and is no name of a person"
_DEADLINE = "a day that figures and deadlines count from"

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        topic: reason
        for reason, topics in {
            "configuration of the tenant, written by staff": (
                "calendar.published",
                "definition.published",
                "policy.published",
                "switch.resumed",
                "switch.stopped",
            ),
            "says what automation did, by codes and names of published rules": (
                "automation.fired",
                "automation.passed_over",
                "automation.resumed",
                "automation.shadowed",
                "automation.suspended",
            ),
            "about staff, and no customer": (
                "agent.away",
                "agent.became_available",
                "agent.call_began",
                "agent.call_ended",
                "key.created",
                "key.revoked",
                "key.rotated",
            ),
            "the evidence of an erasure outlives it: law, staff and ids, and no name of the person": (
                "erasure.approved",
                "erasure.certified",
                "erasure.hold_placed",
                "erasure.hold_released",
                "erasure.keys_destroyed",
                "erasure.loss_confirmed",
                "erasure.loss_reported",
                "erasure.refused",
                "erasure.requested",
                "erasure.started",
                "erasure.verified",
                "erasure.withdrawn",
                "personal_data.erased",
            ),
            "public keys": ("sealing.key_made", "sealing.key_rotated"),
            "figures of many customers": ("report.issued",),
            "computed from facts, by names of published targets": (
                "ticket.sla_breached",
                "ticket.sla_corrected",
                "ticket.sla_warned",
            ),
        }.items()
        for topic in topics
    }
)
"""Topics without any personal data in the payload."""

FIELDS: Mapping[str, str] = MappingProxyType(
    {
        name: reason
        for reason, names in {
            _STAFF: ("agent", "team", "owner", "ticket.reply_proposed.proposed_by", "ticket.escalated.to"),
            _CODE: (
                "channel",
                "scope",
                "tier",
                "party",
                "trust",
                "method",
                "kind",
                "category",
                "priority",
                "code",
                "theme",
                "polarity",
                "currency",
                "purpose",
                "channels",
                "wave",
                "language",
                "importance",
                "verdict",
                "media_type",
                "metric",
                "product",
                "source",
                "scanner",
                "of",
                "why",
                "outcome",
                "ticket.put_on_hold.waiting_for",
                "ticket.closed.closed_by",
                "ticket.cancelled.cancelled_by",
                "ticket.cancelled.cancelled_as",
                "customer.note_added.about",
                "customer.match_proposed.alike",
                "customer.date_recorded.name",
                "customer.date_removed.name",
                "contract.progress_recorded.milestone",
                "about_kind",
                "subject_kind",
                "to_kind",
                "ticket.assigned.routing",
                "ticket.assignment_proposed.routing",
            ),
            _RULE: (
                "segment",
                "procedure",
                "step",
                "template",
                "rule",
                "due",
                "procedure.step_opened.title",
                "procedure.step_opened.title_en",
                "procedure.step_opened.role",
            ),
            _KEY: (
                "purchase_id",
                "offer_id",
                "customer.activity_recorded.external_id",
                "ticket.received.external_reference",
                "notification.requested.dedupe_key",
            ),
            "the id of a customer, or a name of staff or of a webhook": ("notification.requested.to",),
            "ids of customers, which mean nothing without their rows": ("earlier", "candidates"),
            _DEADLINE: (
                "starts_on",
                "ends_on",
                "on",
                "due_on",
                "valid_until",
                "warranty_until",
                "usage.recorded.day",
            ),
        }.items()
        for name in names
    }
)
"""Names of fields, or topics with a field."""
