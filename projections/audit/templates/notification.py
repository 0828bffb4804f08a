"""The sentences of notifications."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

NOTIFICATION: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "notification.requested": {
            "en": "{actor} requested the notification {template}[ (version {template_version})] to {to_kind} {to}"
            " ({channel}, purpose: {purpose}[; not before {not_before}][; not after {not_after}])",
            "vi": "{actor} yêu cầu gửi thông báo {template}[ (phiên bản {template_version})] tới {to_kind} {to}"
            " ({channel}, mục đích: {purpose}[; không trước {not_before}][; không sau {not_after}])",
        },
        "notification.suppressed": {
            "en": "{actor} did not send the notification: {why}",
            "vi": "{actor} không gửi thông báo: {why}",
        },
        "notification.postponed": {
            "en": "{actor} postponed the notification until {until}: {why}",
            "vi": "{actor} hoãn thông báo đến {until}: {why}",
        },
        "notification.attempt_started": {
            "en": "{actor} started attempt {attempt} to send the notification[ to {address}]",
            "vi": "{actor} bắt đầu gửi thông báo[ tới {address}], lần {attempt}",
        },
        "notification.handed_over": {
            "en": "{actor} handed the notification over at attempt {attempt}[ (provider's id: {provider_id})]",
            "vi": "{actor} đã chuyển thông báo cho nhà cung cấp ở lần {attempt}[ (mã của nhà cung cấp: {provider_id})]",
        },
        "notification.delivered": {
            "en": "{actor} recorded that the notification was delivered",
            "vi": "{actor} ghi nhận thông báo đã tới người nhận",
        },
        "notification.failed": {
            "en": "{actor} recorded that attempt {attempt} failed: {why} ({permanent:for good|not for good}[,"
            " again at {retry_at}])",
            "vi": "{actor} ghi nhận lần gửi {attempt} không thành công: {why} ({permanent:không gửi lại|còn gửi lại}[,"
            " gửi lại lúc {retry_at}])",
        },
        "notification.uncertain": {
            "en": "{actor} recorded that the answer to attempt {attempt} was lost[ (again at {retry_at})]",
            "vi": "{actor} ghi nhận không rõ kết quả lần gửi {attempt}[ (gửi lại lúc {retry_at})]",
        },
        "notification.resend_requested": {
            "en": "{actor} had the notification sent again",
            "vi": "{actor} yêu cầu gửi lại thông báo",
        },
    }
)
