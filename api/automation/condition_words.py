"""A condition that failed, for people: its field and its values in words."""

from collections.abc import Mapping
from types import MappingProxyType

from api.automation.explanation import ExplainedCondition
from domain.readable import ByLanguage, Language, exact
from projections.audit.changed_words import code_in_words, field_in_words
from projections.audit.words import word, word_of

_OF: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "ticket": {"en": "{} of the ticket", "vi": "{} của phiếu"},
        "contract": {"en": "{} of the contract", "vi": "{} của hợp đồng"},
        "customer": {"en": "{} of the customer", "vi": "{} của khách hàng"},
        "event": {"en": "{} of the event", "vi": "{} của sự kiện"},
        "actor": {"en": "{} of the actor", "vi": "{} của người thực hiện"},
    }
)
_NAMES: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "ticket.open": {"en": "the ticket is open", "vi": "phiếu đang mở"},
        "ticket.held": {"en": "an agent holds the ticket", "vi": "phiếu có người phụ trách"},
        "ticket.of_organisation": {"en": "the ticket belongs to an organisation", "vi": "phiếu thuộc về một tổ chức"},
        "ticket.reopenings": {"en": "how often the ticket was reopened", "vi": "số lần phiếu mở lại"},
        "contract.number": {"en": "number of the contract", "vi": "số hợp đồng"},
        "contract.days_left": {"en": "days left of the contract", "vi": "số ngày còn lại của hợp đồng"},
        "customer.registered_days": {"en": "days since the registration", "vi": "số ngày từ khi đăng ký"},
        "customer.band": {"en": "health band of the customer", "vi": "mức sức khỏe của khách hàng"},
        "customer.health": {"en": "health score of the customer", "vi": "điểm sức khỏe của khách hàng"},
        "customer.open_tickets": {"en": "open tickets of the customer", "vi": "số phiếu đang mở của khách hàng"},
        "customer.tickets": {"en": "tickets of the customer", "vi": "số phiếu của khách hàng"},
        "customer.purchases": {"en": "purchases of the customer", "vi": "số lần mua của khách hàng"},
        "customer.purchased": {"en": "amount of the customer's purchases", "vi": "số tiền khách hàng đã mua"},
        "customer.contract_in_force": {"en": "a contract is in force", "vi": "có hợp đồng đang hiệu lực"},
        "customer.contract_days_left": {"en": "days left of the contract", "vi": "số ngày còn lại của hợp đồng"},
        "customer.usage": {"en": "usage of the customer", "vi": "mức sử dụng của khách hàng"},
        "customer.nps": {"en": "NPS score of the customer", "vi": "điểm NPS của khách hàng"},
        "customer.consent": {"en": "the customer consents", "vi": "khách hàng đồng ý"},
        "customer.days_since_contact": {"en": "days since the last contact", "vi": "số ngày từ lần liên hệ cuối"},
        "actor.kind": {"en": "kind of the actor", "vi": "loại người thực hiện"},
        "actor.id": {"en": "the actor", "vi": "người thực hiện"},
        "calendar.open": {"en": "it is opening time", "vi": "đang trong giờ làm việc"},
        "due.identity": {"en": "what is due", "vi": "lần đến hạn"},
        "due.number": {"en": "number of the reminder", "vi": "số thứ tự lần nhắc"},
    }
)
"""The fields whose names alone say too little."""
_VOCABULARIES = {"actor.kind": "kind of an actor", "customer.band": "band"}
_COMPARISONS: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "is": {"en": "", "vi": ""},
        "at_least": {"en": "at least", "vi": "ít nhất"},
        "at_most": {"en": "at most", "vi": "nhiều nhất"},
        "above": {"en": "above", "vi": "lớn hơn"},
        "below": {"en": "below", "vi": "nhỏ hơn"},
    }
)
_WANTED: ByLanguage = MappingProxyType({"en": "wanted", "vi": "cần"})
_NOT: ByLanguage = MappingProxyType({"en": "not", "vi": "không phải"})
_NOTHING: ByLanguage = MappingProxyType({"en": "nothing", "vi": "không có"})


def condition_text(condition: ExplainedCondition, language: Language) -> str:
    """A condition that failed, with the value that stood in its field."""
    field = condition.field
    comparison = _COMPARISONS[condition.comparison][language]
    negation = _NOT[language] if condition.negated else ""
    wanted = " ".join(filter(None, (negation, comparison, _value(field, condition.wanted, language))))
    has = _value(field, condition.has, language)
    return f"{condition_field(field, language)}: {has} ({_WANTED[language]}: {wanted})"


def condition_field(field: str, language: Language) -> str:
    """The name of a field of conditions; a field of an event without words is its own name."""
    if field in _NAMES:
        return _NAMES[field][language]
    of, _, name = field.partition(".")
    words = field_in_words(name, language)
    return _OF[of][language].format(words) if of in _OF else words


def _value(field: str, value: bool | float | str | list[str] | None, language: Language) -> str:
    """A value of a condition in words. It is nothing where there is none."""
    match value:
        case None:
            return _NOTHING[language]
        case bool():
            return word(value, language)
        case int() | float():
            return exact(value, language)
        case list():
            return " | ".join(_value(field, each, language) for each in value)
        case _ if field in _VOCABULARIES:
            return word_of(_VOCABULARIES[field], value, language)
        case _:
            kind, _, name = field.partition(".")
            return code_in_words(kind, name, value, language)
