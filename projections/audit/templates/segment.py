"""The sentences of memberships in tracked segments."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

SEGMENT: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "segment.entered": {
            "en": "{actor} recorded that customer {customer_id} entered the segment {segment}"
            " (version {definition_version})",
            "vi": "{actor} ghi nhận khách hàng {customer_id} vào nhóm {segment} (phiên bản {definition_version})",
        },
        "segment.left": {
            "en": "{actor} recorded that customer {customer_id} left the segment {segment}"
            " (version {definition_version})",
            "vi": "{actor} ghi nhận khách hàng {customer_id} rời nhóm {segment} (phiên bản {definition_version})",
        },
    }
)
