"""The sentences of claims: what only one customer or one procedure may have."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

CLAIMS: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "address.claimed": {
            "en": "{actor} gave the address {channel}: {key} (scope: {scope}) to customer {customer_id}"
            " ({shared:shared|not shared}, {verified:verified|not verified})",
            "vi": "{actor} gán địa chỉ {channel}: {key} (phạm vi: {scope}) cho khách hàng {customer_id}"
            " ({shared:dùng chung|không dùng chung}, {verified:đã|chưa} xác minh)",
        },
        "address.released": {
            "en": "{actor} took the address {channel}: {key} (scope: {scope}) from customer {customer_id}",
            "vi": "{actor} gỡ địa chỉ {channel}: {key} (phạm vi: {scope}) khỏi khách hàng {customer_id}",
        },
        "activity.claimed": {
            "en": "{actor} gave an activity of another system to customer {customer_id}",
            "vi": "{actor} gán một hoạt động của hệ thống khác cho khách hàng {customer_id}",
        },
        "procedure_claim.taken": {
            "en": "{actor} reserved {subject} for the run {instance} of the procedure {procedure}",
            "vi": "{actor} dành {subject} cho lần chạy {instance} của quy trình {procedure}",
        },
        "procedure_claim.released": {
            "en": "{actor} ended the reservation by the procedure run {instance}",
            "vi": "{actor} kết thúc việc dành chỗ của lần chạy quy trình {instance}",
        },
    }
)
