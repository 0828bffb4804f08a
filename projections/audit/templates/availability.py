"""The sentences of what is said of an agent's availability."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

AVAILABILITY: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "agent.became_available": {
            "en": "{actor} recorded that {agent} takes new work",
            "vi": "{actor} ghi nhận {agent} sẵn sàng nhận việc mới",
        },
        "agent.away": {
            "en": "{actor} recorded that {agent} is away[ (until: {until})]",
            "vi": "{actor} ghi nhận {agent} vắng mặt[ (đến: {until})]",
        },
        "agent.call_began": {
            "en": "{actor} recorded that {agent} is in a call",
            "vi": "{actor} ghi nhận {agent} đang trong cuộc gọi",
        },
        "agent.call_ended": {
            "en": "{actor} recorded that the call of {agent} ended",
            "vi": "{actor} ghi nhận cuộc gọi của {agent} đã kết thúc",
        },
    }
)
