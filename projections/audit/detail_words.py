"""The names of the details of a case, as shipped procedures ask for them, in words: English, Vietnamese."""

from collections.abc import Mapping
from types import MappingProxyType

DETAILS_OF_A_CASE: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "contract": ("contract", "hợp đồng"),
        "decision": ("decision", "quyết định"),
        "improvement": ("improvement", "cải tiến"),
        "minutes": ("minutes", "biên bản"),
        "owner": ("owner", "phụ trách"),
        "product": ("product", "sản phẩm"),
        "purchase": ("purchase", "lượt mua"),
        "remedy": ("remedy", "cách khắc phục"),
        "report": ("report", "báo cáo"),
        "root_cause": ("root cause", "nguyên nhân gốc"),
        "safety": ("safety", "an toàn"),
        "severity": ("severity", "mức độ"),
        "vulnerable": ("vulnerable consumer", "khách dễ tổn thương"),
    }
)
