"""Conditions of rules in words: their fields, their values, their comparisons."""

from collections.abc import Collection, Mapping
from typing import get_args

from api.automation.condition_words import condition_field, condition_text
from api.automation.explanation import ExplainedCondition
from domain.automation.fields import ACTOR_FIELDS, CONTRACT_FIELDS, DUE_FIELDS, TICKET_FIELDS
from domain.predicate import Comparison
from domain.segment.fields import FIELDS


def test_a_condition_that_failed_has_its_field_its_comparison_and_numbers_in_words() -> None:
    failed = ExplainedCondition(field="ticket.reopenings", comparison="at_least", wanted=2.5, has=1.0, negated=False)
    assert condition_text(failed, "vi") == "số lần phiếu mở lại: 1 (cần: ít nhất 2,5)"
    assert condition_text(failed, "en") == "how often the ticket was reopened: 1 (wanted: at least 2.5)"
    absent = ExplainedCondition(field="event.tags", comparison="is", wanted=["a", "b"], has=None, negated=True)
    assert condition_text(absent, "vi") == "tags của sự kiện: không có (cần: không phải a | b)"
    flag = ExplainedCondition(field="customer.consent", comparison="is", wanted=True, has=False, negated=False)
    assert condition_text(flag, "en") == "the customer consents: no (wanted: yes)"


def test_the_codes_of_a_condition_are_words_and_what_people_wrote_stays() -> None:
    def text(field: str, has: str, wanted: str) -> str:
        return condition_text(
            ExplainedCondition(field=field, comparison="is", wanted=[wanted], has=has, negated=False), "vi"
        )

    assert text("ticket.state", "assigned", "in_progress") == "trạng thái của phiếu: đã phân công (cần: đang xử lý)"
    assert text("customer.band", "red", "green") == "mức sức khỏe của khách hàng: đỏ (cần: xanh)"
    assert text("event.channel", "phone", "sms") == "kênh của sự kiện: điện thoại (cần: tin nhắn SMS)"
    assert text("ticket.subject", "red", "sms") == "tiêu đề của phiếu: red (cần: sms)"


def test_every_field_and_comparison_of_conditions_has_words() -> None:
    groups: Mapping[str, Collection[str]] = {
        "ticket": TICKET_FIELDS, "contract": CONTRACT_FIELDS, "customer": FIELDS, "actor": ACTOR_FIELDS,
        "due": DUE_FIELDS, "calendar": ("open",),
    }  # fmt: skip
    fields = [f"{of}.{name}" for of, names in groups.items() for name in names]
    without = [field for field in fields if field.partition(".")[2] in condition_field(field, "vi").split()]
    assert without == []
    for comparison in get_args(Comparison):
        condition = ExplainedCondition(field="due.number", comparison=comparison, wanted=2, has=1, negated=False)
        assert comparison not in condition_text(condition, "vi")
