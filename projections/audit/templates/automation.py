"""The sentences of what automation records, and of the stop switches."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

AUTOMATION: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "automation.fired": {
            "en": "{actor}: version {version} of the rule {rule} fired[: {outcomes}]",
            "vi": "{actor}: phiên bản {version} của quy tắc {rule} đã chạy[: {outcomes}]",
        },
        "automation.shadowed": {
            "en": "{actor}: version {version} of the rule {rule} would have fired (it is only watched): {commands}",
            "vi": "{actor}: phiên bản {version} của quy tắc {rule} lẽ ra đã chạy (chỉ theo dõi): {commands}",
        },
        "automation.passed_over": {
            "en": "{actor}: version {version} of the rule {rule} was passed over: {why}",
            "vi": "{actor}: phiên bản {version} của quy tắc {rule} bị bỏ qua: {why}",
        },
        "automation.suspended": {
            "en": "{actor}: version {version} of the rule {rule} is suspended here: {why}",
            "vi": "{actor}: phiên bản {version} của quy tắc {rule} tạm ngưng ở đây: {why}",
        },
        "automation.resumed": {
            "en": "{actor} resumed the rule {rule} here",
            "vi": "{actor} cho quy tắc {rule} chạy lại ở đây",
        },
        "switch.stopped": {
            "en": "{actor} stopped what happens by itself ({what}: {name})",
            "vi": "{actor} dừng những gì tự động chạy ({what}: {name})",
        },
        "switch.resumed": {
            "en": "{actor} resumed what happens by itself ({what}: {name})",
            "vi": "{actor} cho chạy lại những gì tự động ({what}: {name})",
        },
    }
)
