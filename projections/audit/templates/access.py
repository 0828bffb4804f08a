"""The sentences of API keys."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

ACCESS: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "key.created": {
            "en": "{actor} made the API key {key_id} for {actor_kind} {actor_id}; scopes: {scopes};"
            " {acts_for_others:acts for others|acts for nobody else}; back-dating: {back_dating_seconds};"
            " valid until: {expires_at}",
            "vi": "{actor} tạo khóa API {key_id} cho {actor_kind} {actor_id}; quyền: {scopes};"
            " {acts_for_others:được|không được} làm thay người khác; được ghi lùi: {back_dating_seconds};"
            " hiệu lực đến: {expires_at}",
        },
        "key.rotated": {
            "en": "{actor} replaced the API key {key_id} by {replaced_by}; it is valid until {expires_at}",
            "vi": "{actor} thay khóa API {key_id} bằng {replaced_by}; khóa cũ hiệu lực đến {expires_at}",
        },
        "key.revoked": {
            "en": "{actor} revoked the API key {key_id}",
            "vi": "{actor} thu hồi khóa API {key_id}",
        },
    }
)
