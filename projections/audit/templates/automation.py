"""The sentences of what automation records, and of the stop switches."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

AUTOMATION: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "automation.fired": {
            "en": "{actor}[: {rule}] (version {version}) fired[: {outcomes}]",
            "vi": "{actor}[: {rule}] (phiên bản {version}) đã chạy[: {outcomes}]",
        },
        "automation.shadowed": {
            "en": "{actor}[: {rule}] (version {version}) would have fired (it is only watched): {commands}",
            "vi": "{actor}[: {rule}] (phiên bản {version}) lẽ ra đã chạy (chỉ theo dõi): {commands}",
        },
        "automation.passed_over": {
            "en": "{actor}[: {rule}] (version {version}) was passed over: {why}",
            "vi": "{actor}[: {rule}] (phiên bản {version}) bị bỏ qua: {why}",
        },
        "automation.suspended": {
            "en": "{actor}[: {rule}] (version {version}) is suspended here: {why}",
            "vi": "{actor}[: {rule}] (phiên bản {version}) tạm ngưng ở đây: {why}",
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
