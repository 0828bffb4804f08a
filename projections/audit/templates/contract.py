"""The sentences of what happens to a contract."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import ByLanguage

CONTRACT: Mapping[str, ByLanguage] = MappingProxyType(
    {
        "contract.signed": {
            "en": "{actor} recorded the contract {number}, from {starts_on} to {ends_on}, {value} {currency}"
            " ({auto_renews:renews by itself|does not renew by itself}[, owner: {owner}][, wins back: {wins_back}])",
            "vi": "{actor} ghi nhận hợp đồng {number}, từ {starts_on} đến {ends_on}, {value} {currency}"
            " ({auto_renews:tự gia hạn|không tự gia hạn}[, phụ trách: {owner}][, giành lại: {wins_back}])",
        },
        "contract.amended": {
            "en": "{actor} amended the contract: to {ends_on}, {value} {currency}"
            " ({auto_renews:renews by itself|does not renew by itself}[, owner: {owner}])",
            "vi": "{actor} sửa đổi hợp đồng: đến {ends_on}, {value} {currency}"
            " ({auto_renews:tự gia hạn|không tự gia hạn}[, phụ trách: {owner}])",
        },
        "contract.progress_recorded": {
            "en": "{actor} recorded the milestone {milestone} ({done:done|not done yet}[, due on {due_on}])",
            "vi": "{actor} ghi nhận mốc {milestone} ({done:hoàn thành|chưa hoàn thành}[, hạn {due_on}])",
        },
        "contract.renewed": {
            "en": "{actor} renewed the contract: term {term}, from {starts_on} to {ends_on}, {value} {currency}"
            "{late: (late)|}",
            "vi": "{actor} gia hạn hợp đồng: kỳ {term}, từ {starts_on} đến {ends_on}, {value} {currency}{late: (trễ)|}",
        },
        "contract.lapsed": {
            "en": "{actor} recorded that term {term} was not renewed: the contract has lapsed",
            "vi": "{actor} ghi nhận kỳ {term} không được gia hạn: hợp đồng đã hết hiệu lực",
        },
        "contract.terminated": {
            "en": "{actor} terminated the contract in term {term}; its last day is {on}",
            "vi": "{actor} chấm dứt hợp đồng trong kỳ {term}; ngày cuối là {on}",
        },
    }
)
