"""The sentences of who a customer is."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.sla.clock.explain_text import Language

CUSTOMER: Mapping[str, Mapping[Language, str]] = MappingProxyType(
    {
        "customer.registered": {
            "en": "{actor} registered the customer {name}, tier {tier}",
            "vi": "{actor} đăng ký khách hàng {name}, hạng {tier}",
        },
        "customer.details_changed": {
            "en": "{actor} changed the customer's name to {name}",
            "vi": "{actor} đổi tên khách hàng thành {name}",
        },
        "customer.address_added": {
            "en": "{actor} added the address {channel}: {handle} (shared: {shared})",
            "vi": "{actor} thêm địa chỉ {channel}: {handle} (dùng chung: {shared})",
        },
        "customer.address_removed": {
            "en": "{actor} removed the address {channel}: {handle}",
            "vi": "{actor} xóa địa chỉ {channel}: {handle}",
        },
        "customer.tier_changed": {
            "en": "{actor} changed the customer's tier to {tier}",
            "vi": "{actor} đổi hạng khách hàng thành {tier}",
        },
    }
)
