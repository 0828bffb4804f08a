"""The codes of a resolution that rules know, in words: English, Vietnamese. A desk has others as well."""

from collections.abc import Mapping
from types import MappingProxyType

RESOLUTION_CODES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "imported": ("imported", "đã nhập"),
        "solved": ("solved", "đã xử lý"),
        "hardware": ("hardware", "phần cứng"),
        "field_service": ("field service", "hỗ trợ tận nơi"),
        "change_request": ("change request", "yêu cầu thay đổi"),
        "third_party": ("third party", "bên thứ ba"),
    }
)
