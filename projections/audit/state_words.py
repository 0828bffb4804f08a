"""The states of tickets in words, and those on the path of a ticket, where each wait is a state of its own."""

from collections.abc import Mapping
from types import MappingProxyType

STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "received": ("received", "mới tiếp nhận"),
        "assigned": ("assigned", "đã phân công"),
        "in_progress": ("in progress", "đang xử lý"),
        "waiting": ("waiting", "tạm dừng"),
        "resolved": ("resolved", "đã giải quyết"),
        "closed": ("closed", "đã đóng"),
        "merged": ("merged", "đã gộp"),
        "cancelled": ("cancelled", "đã hủy"),
    }
)
STATES_ON_A_PATH: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        **STATES,
        "waiting_customer": ("waiting for the customer", "chờ khách hàng"),
        "waiting_third_party": ("waiting for a third party", "chờ bên thứ ba"),
        "waiting_internal": ("waiting for another team", "chờ nội bộ"),
        "other": ("all other paths", "các hành trình khác"),
    }
)
"""``other`` stands for the paths that have no row of their own."""
