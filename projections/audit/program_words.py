"""The actors that are no person, as people read them: English, Vietnamese. Of ``rule:NAME`` the first part is one."""

from collections.abc import Mapping
from types import MappingProxyType

PROGRAMS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "rule": ("rule", "quy tắc"),
        "procedures": ("procedure runner", "bộ chạy quy trình"),
        "assigner": ("assigner", "bộ phân công tự động"),
        "due-watch": ("due watch", "bộ theo dõi hạn"),
        "sla-watch": ("SLA watch", "bộ theo dõi SLA"),
        "sender": ("sender", "bộ gửi"),
        "sealer": ("sealer", "bộ niêm phong"),
        "migration": ("migration", "chuyển đổi dữ liệu"),
    }
)
