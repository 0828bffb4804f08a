"""The sentences of who a customer is."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

CUSTOMER: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "customer.registered": {
            "en": "{actor} registered the customer {name} ({party}), tier {tier}[; {details}]",
            "vi": "{actor} đăng ký khách hàng {name} ({party}), hạng {tier}[; {details}]",
        },
        "customer.details_changed": {
            "en": "{actor} changed the customer's details: name {name}[; {details}]",
            "vi": "{actor} sửa thông tin khách hàng: tên {name}[; {details}]",
        },
        "customer.address_added": {
            "en": "{actor} added the address {channel}: {handle}"
            " ({shared:shared|not shared}[, scope: {scope}][, trust: {trust}])",
            "vi": "{actor} thêm địa chỉ {channel}: {handle}"
            " ({shared:dùng chung|không dùng chung}[, phạm vi: {scope}][, mức tin cậy: {trust}])",
        },
        "customer.address_removed": {
            "en": "{actor} removed the address {channel}: {handle}[ (scope: {scope})]",
            "vi": "{actor} xóa địa chỉ {channel}: {handle}[ (phạm vi: {scope})]",
        },
        "customer.address_trust_changed": {
            "en": "{actor} recorded that the address {channel}: {handle}[ (scope: {scope})] is {trust}"
            "[; method: {method}]",
            "vi": "{actor} ghi nhận địa chỉ {channel}: {handle}[ (phạm vi: {scope})] có mức tin cậy {trust}"
            "[; cách xác định: {method}]",
        },
        "customer.address_rekeyed": {
            "en": "{actor} gave the address {channel}: {handle}[ (scope: {scope})] the key {key}"
            " of version {key_version} instead of {old_key}",
            "vi": "{actor} đổi khóa của địa chỉ {channel}: {handle}[ (phạm vi: {scope})] từ {old_key} thành {key},"
            " phiên bản {key_version}",
        },
        "customer.joined": {
            "en": "{actor} recorded the {main:main |}membership in {organisation}[; role: {role}]",
            "vi": "{actor} ghi nhận khách hàng thuộc tổ chức {main:chính |}{organisation}[; vai trò: {role}]",
        },
        "customer.left": {
            "en": "{actor} recorded that the customer left {organisation}",
            "vi": "{actor} ghi nhận khách hàng rời tổ chức {organisation}",
        },
        "customer.match_proposed": {
            "en": "{actor} proposed that the customer is the same as {other}: {because}; alike: {alike}",
            "vi": "{actor} đề xuất khách hàng này trùng với {other}: {because}; giống nhau: {alike}",
        },
        "customer.match_accepted": {
            "en": "{actor} accepted that the customer is the same as {other}",
            "vi": "{actor} xác nhận khách hàng này trùng với {other}",
        },
        "customer.match_refused": {
            "en": "{actor} recorded that the customer is not the same as {other}",
            "vi": "{actor} ghi nhận khách hàng này không trùng với {other}",
        },
        "customer.merged": {
            "en": "{actor} merged this customer into {into}",
            "vi": "{actor} gộp khách hàng này vào {into}",
        },
        "customer.absorbed": {
            "en": "{actor} merged customer {customer_id} into this one",
            "vi": "{actor} gộp khách hàng {customer_id} vào khách hàng này",
        },
        "customer.merge_undone": {
            "en": "{actor} took this customer out of {into} again",
            "vi": "{actor} tách khách hàng này khỏi {into}",
        },
        "customer.absorption_undone": {
            "en": "{actor} took customer {customer_id} out of this one again",
            "vi": "{actor} tách khách hàng {customer_id} khỏi khách hàng này",
        },
        "customer.tier_changed": {
            "en": "{actor} changed the customer's tier to {tier}",
            "vi": "{actor} đổi hạng khách hàng thành {tier}",
        },
    }
)
