"""The commands about what customers do and give."""

from api.http.command_table.endpoint import Collection, CommandEndpoint
from domain.customer.facts import commands as c
from domain.usage.commands import RecordUsage

_ITEM = {"name": "Máy lọc nước K9", "quantity": 1, "total": 5_490_000, "sku": "K9"}

CUSTOMER_FACTS = Collection(
    "customers",
    "customer_id",
    "customers:write",
    (
        CommandEndpoint(
            "record-purchase",
            c.RecordPurchase,
            "Record a purchase",
            {
                "purchase_id": "HD-2026-0412",
                "items": [_ITEM],
                "total": 5_490_000,
                "currency": "VND",
                "warranty_until": "2028-03-02",
                "service_every": 6,
            },
        ),
        CommandEndpoint(
            "correct-purchase",
            c.CorrectPurchase,
            "Correct a purchase",
            {
                "purchase_id": "HD-2026-0412",
                "items": [_ITEM | {"total": 4_990_000}],
                "total": 4_990_000,
                "currency": "VND",
                "reason": "the discount was missing",
            },
        ),
        CommandEndpoint(
            "return-purchase",
            c.ReturnPurchase,
            "Record the return of a part of a purchase, or of the whole",
            {"purchase_id": "HD-2026-0412", "total": 490_000, "whole": False},
        ),
        CommandEndpoint(
            "service-purchase",
            c.ServicePurchase,
            "Record that a service of a purchase was done",
            {"purchase_id": "HD-2026-0412", "on": "2026-09-02"},
        ),
        CommandEndpoint(
            "make-offer",
            c.MakeOffer,
            "Make an offer",
            {
                "offer_id": "BG-77",
                "product": "Gói chăm sóc vàng",
                "value": 12_000_000,
                "currency": "VND",
                "recurring": True,
                "valid_until": "2026-04-30",
            },
        ),
        CommandEndpoint("accept-offer", c.AcceptOffer, "Record that an offer was accepted", {"offer_id": "BG-77"}),
        CommandEndpoint("decline-offer", c.DeclineOffer, "Record that an offer was declined", {"offer_id": "BG-77"}),
        CommandEndpoint(
            "answer-nps", c.AnswerNps, "Record an answer to an NPS survey, 0 to 10", {"score": 9, "wave": "2026-Q1"}
        ),
        CommandEndpoint(
            "record-check-in",
            c.RecordCheckIn,
            "Record a contact that the team began",
            {"channel": "phone", "summary": "Hài lòng, muốn xem gói vàng"},
        ),
        CommandEndpoint(
            "add-note",
            c.AddCustomerNote,
            "Add an internal note about care, sales or the account",
            {"about": "care", "body": "Gọi sau 17 giờ"},
        ),
        CommandEndpoint(
            "give-consent",
            c.GiveConsent,
            "Record a consent",
            {
                "purpose": "marketing",
                "channels": ["email", "zalo"],
                "evidence": "form of 2 March 2026",
                "valid_until": "2027-03-02",
            },
        ),
        CommandEndpoint(
            "withdraw-consent", c.WithdrawConsent, "Record that a consent was withdrawn", {"purpose": "marketing"}
        ),
        CommandEndpoint(
            "record-date",
            c.RecordDate,
            "Record a birthday or another day of every year",
            {"name": "birthday", "day": 15, "month": 8, "year": 1990, "lunar": True},
        ),
        CommandEndpoint("remove-date", c.RemoveDate, "Remove a day of every year", {"name": "birthday"}),
        CommandEndpoint(
            "record-activity",
            c.RecordActivity,
            "Record something that another system saw, once",
            {
                "source": "webshop",
                "external_id": "visit-9041",
                "kind": "visit",
                "title": "Xem trang bảo hành",
                "data": {"page": "/bao-hanh"},
            },
        ),
        CommandEndpoint(
            "record-usage",
            RecordUsage,
            "Record the usage of a product on a day",
            {"product": "CRM", "metric": "active users", "day": "2026-03-02", "value": 14, "limit": 20},
        ),
    ),
)
