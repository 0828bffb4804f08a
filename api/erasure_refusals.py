"""The rules that refuse an erasure, or the loss of keys, in Vietnamese, by their English sentence with its values."""

import re
from collections.abc import Mapping
from datetime import date
from types import MappingProxyType
from typing import get_args

from api.translated_sentences import TranslatedSentences
from domain.erasure.retention import RecordKind
from domain.readable import day
from projections.audit.vocabularies import VOCABULARIES

_RECORDS: Mapping[str, str] = MappingProxyType(
    {"contract": "Hợp đồng", "purchase": "Đơn mua", "ticket": "Phiếu", "feedback": "Phản hồi"}
)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_KEPT = re.compile(rf"(?:^|; )({'|'.join(get_args(RecordKind))}) records are kept until (\d{{4}}-\d\d-\d\d): ")


def _shown(value: str) -> str:
    """A day as it is written in Vietnamese; other values stay as they are."""
    return day(date.fromisoformat(value), "vi") if _DAY.fullmatch(value) else value


ERASURE_REFUSALS = TranslatedSentences(
    {
        "{} is a program; a person has to approve the erasure": "{} là chương trình; một người phải duyệt việc xóa.",
        "{} is a program; a person has to confirm the loss": "{} là chương trình; một người phải xác nhận việc mất.",
        "{} requested or verified the erasure; another person has to approve the erasure": (
            "{} đã yêu cầu hoặc xác minh việc xóa; người khác phải duyệt."
        ),
        "{} reported the loss; another person has to confirm the loss": "{} đã báo mất khóa; người khác phải xác nhận.",
        (
            "{} and whoever requested or verified the erasure are not written in one script, so that they cannot be"
            " compared; approve the erasure under a name in the same script"
        ): (
            "Tên {} và tên của người đã yêu cầu hoặc xác minh việc xóa viết bằng các loại chữ khác nhau nên không so"
            " sánh được; hãy duyệt bằng tên viết cùng loại chữ."
        ),
        (
            "{} and whoever reported the loss are not written in one script, so that they cannot be compared; confirm"
            " the loss under a name in the same script"
        ): (
            "Tên {} và tên của người đã báo mất khóa viết bằng các loại chữ khác nhau nên không so sánh được; hãy xác"
            " nhận bằng tên viết cùng loại chữ."
        ),
        "only an open request can be verified; request the erasure first": (
            "Chỉ xác minh được yêu cầu đang mở; hãy ghi nhận yêu cầu xóa trước."
        ),
        "only a verified request can be approved; verify the identity first": (
            "Chỉ duyệt được yêu cầu đã xác minh; hãy xác minh danh tính trước."
        ),
        "only an approved erasure can be run; a second person approves it first": (
            "Chỉ thực hiện được việc xóa đã duyệt; người thứ hai phải duyệt trước."
        ),
        "only a request that is not run yet can be refused": "Chỉ từ chối được yêu cầu chưa thực hiện.",
        "only a request that is not run yet can be withdrawn": "Chỉ rút lại được yêu cầu chưa thực hiện.",
        "the personal data of the customer is erased; nothing is left to do": (
            "Dữ liệu cá nhân của khách hàng đã bị xóa; không còn gì phải làm."
        ),
        (
            "the report is about the key store {}, and this program uses {}; use that of the report"
            " (TICKETLEDGER_KEYS_URL), or report the loss again"
        ): (
            "Báo cáo nói về kho khóa {}, còn chương trình đang dùng {}; hãy dùng kho của báo cáo"
            " (TICKETLEDGER_KEYS_URL), hoặc báo lại."
        ),
        "the legal hold {} keeps the data: {}": "Lệnh lưu giữ {} không cho phép xóa: {}.",
        "the legal hold {} keeps the data until {}: {}": "Lệnh lưu giữ {} không cho phép xóa đến hết ngày {}: {}.",
        "the last day of the hold, {}, lies in the past; give a later one": (
            "Ngày cuối của lệnh lưu giữ, {}, đã qua; hãy ghi ngày muộn hơn."
        ),
        "there is no legal hold {} on the customer": "Khách hàng không có lệnh lưu giữ {}.",
        **{
            f"the personal data of the {kind} {{}} was erased, and it takes no more commands": (
                f"Dữ liệu cá nhân của {vietnamese} {{}} đã bị xóa; không ghi thêm được nữa."
            )
            for kind, (_, vietnamese) in VOCABULARIES["stream kind"].items()
        },
    },
    _shown,
)


def kept_by_law(rule: str) -> str:
    """The sentences of the retention rules that refuse an erasure, in Vietnamese; a law is called as it is written."""
    _, *parts = _KEPT.split(rule)
    return " ".join(
        f"{_RECORDS[records]} phải được lưu giữ đến {day(date.fromisoformat(until), 'vi')}: {law}."
        for records, until, law in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    )
