"""The sentences of the keys that sign checkpoints."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

SEALING: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "sealing.key_made": {
            "en": "{actor} made the sealing key {public_key} of the database {database}",
            "vi": "{actor} tạo khóa niêm phong {public_key} của cơ sở dữ liệu {database}",
        },
        "sealing.key_rotated": {
            "en": "{actor} replaced the sealing key {replaced} by {public_key} (database {database})",
            "vi": "{actor} thay khóa niêm phong {replaced} bằng {public_key} (cơ sở dữ liệu {database})",
        },
    }
)
