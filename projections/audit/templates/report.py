"""The sentence of an issued report."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

REPORT: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "report.issued": {
            "en": "{actor} issued the {name} report[ (version {definition_version} of its definition)]"
            " for {first} to {last} ({zone}) at position {position},"
            " judged at {judged_at}; the period was {complete:over|not over yet}; SHA-256 {sha256}",
            "vi": "{actor} phát hành báo cáo {name}[ (cấu hình phiên bản {definition_version})]"
            " từ {first} đến {last} ({zone}) tại vị trí {position},"
            " xét lúc {judged_at}; kỳ {complete:đã|chưa} kết thúc; SHA-256 {sha256}",
        },
    }
)
