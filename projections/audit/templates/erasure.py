"""The sentences of erasures and legal holds, and of the event that closes a stream."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

ERASURE: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "personal_data.erased": {
            "en": "{actor} erased the personal data recorded here before (customer {customer_id}, erasure {erasure})",
            "vi": "{actor} xóa dữ liệu cá nhân đã ghi ở đây trước đó (khách hàng {customer_id}, yêu cầu xóa {erasure})",
        },
        "erasure.requested": {
            "en": "{actor} recorded a request for erasure under {law} ({legal_basis}), received through {through}",
            "vi": "{actor} ghi nhận yêu cầu xóa dữ liệu theo {law} ({legal_basis}), nhận qua {through}",
        },
        "erasure.verified": {
            "en": "{actor} verified the identity: {how}",
            "vi": "{actor} xác minh danh tính: {how}",
        },
        "erasure.approved": {"en": "{actor} approved the erasure", "vi": "{actor} duyệt việc xóa dữ liệu"},
        "erasure.refused": {
            "en": "{actor} refused the erasure: {why}",
            "vi": "{actor} từ chối việc xóa dữ liệu: {why}",
        },
        "erasure.withdrawn": {
            "en": "{actor} recorded that the request for erasure was withdrawn: {why}",
            "vi": "{actor} ghi nhận yêu cầu xóa dữ liệu được rút lại: {why}",
        },
        "erasure.hold_placed": {
            "en": "{actor} placed the legal hold {hold}[, until {until}]: {why}",
            "vi": "{actor} đặt lệnh lưu giữ {hold}[, đến {until}]: {why}",
        },
        "erasure.hold_released": {
            "en": "{actor} released the legal hold {hold}: {why}",
            "vi": "{actor} bỏ lệnh lưu giữ {hold}: {why}",
        },
        "erasure.started": {"en": "{actor} started the erasure", "vi": "{actor} bắt đầu xóa dữ liệu"},
        "erasure.keys_destroyed": {
            "en": "{actor} destroyed {fingerprints} data keys; events that stay readable: {readable}",
            "vi": "{actor} hủy {fingerprints} khóa dữ liệu; số sự kiện còn đọc được: {readable}",
        },
        "erasure.certified": {
            "en": "{actor} certified the erasure up to position {position}: {streams}",
            "vi": "{actor} xác nhận đã xóa dữ liệu đến vị trí {position}: {streams}",
        },
        "erasure.loss_reported": {
            "en": "{actor} reported that {keys} data keys of {affected} streams are lost: {why}",
            "vi": "{actor} báo mất {keys} khóa dữ liệu của {affected} lịch sử: {why}",
        },
        "erasure.loss_confirmed": {
            "en": "{actor} confirmed that the reported data keys are lost (digest {digest})[;"
            " the key store {key_store} serves from now on]",
            "vi": "{actor} xác nhận các khóa dữ liệu đã báo là bị mất (mã băm {digest})[;"
            " từ nay dùng kho khóa {key_store}]",
        },
    }
)
