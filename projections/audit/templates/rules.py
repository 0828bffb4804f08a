"""The sentences of published policies, calendars and definitions."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

RULES: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "policy.published": {
            "en": "{actor} published version {version} of the policy, {policy}, effective from {effective_from}",
            "vi": "{actor} ban hành phiên bản {version} của chính sách, {policy}, hiệu lực từ {effective_from}",
        },
        "calendar.published": {
            "en": "{actor} published version {version} of the calendar {calendar}, effective from {effective_from}",
            "vi": "{actor} ban hành phiên bản {version} của lịch {calendar}, hiệu lực từ {effective_from}",
        },
        "definition.published": {
            "en": "{actor} published version {version} of the {kind} {name}, effective from {effective_from}",
            "vi": "{actor} ban hành phiên bản {version} của {kind} {name}, hiệu lực từ {effective_from}",
        },
    }
)
