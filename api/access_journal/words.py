"""The words of the access journal in both languages, as the command line and the screen show it."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language
from projections.audit.rules_in_words import RULES_IN_VIETNAMESE


class AccessWords(NamedTuple):
    """Those with braces have placeholders. ``codes`` are actions, outcomes and origins."""

    title: str
    columns: Sequence[str]
    nobody: str
    actor_for: str
    nothing: str
    zone: str
    removed: str
    key: str
    rows: str
    times: str
    codes: Mapping[str, str]

    def coded(self, code: str) -> str:
        """A code in words."""
        return self.codes.get(code, code.replace("_", " "))


WORDS: Mapping[Language, AccessWords] = MappingProxyType(
    {
        "en": AccessWords(
            title="The access journal",
            columns=("position", "at", "who", "what", "about", "outcome"),
            nobody="nobody",
            actor_for="{} for {}",
            nothing="nothing is recorded",
            zone="Times are of {}. The newest entries come first.",
            removed="Entries up to position {} were removed by age.",
            key="key {}",
            rows="{} rows",
            times="{} times",
            codes=MappingProxyType({"sign_in_failed": "sign-in failed"}),
        ),
        "vi": AccessWords(
            title="Nhật ký truy cập",
            columns=("vị trí", "lúc", "ai", "việc", "đối tượng", "kết quả"),
            nobody="không rõ",
            actor_for="{} thay mặt {}",
            nothing="chưa ghi nhận gì",
            zone="Thời gian theo múi giờ {}. Dòng mới nhất đứng trước.",
            removed="Các dòng đến vị trí {} đã được dọn theo tuổi.",
            key="khóa {}",
            rows="{} dòng",
            times="{} lần",
            codes=MappingProxyType(
                {
                    **RULES_IN_VIETNAMESE,
                    "not_found": "không tìm thấy",
                    "malformed": "sai cách viết",
                    "bad_request": "yêu cầu không hợp lệ",
                    "unauthenticated": "chưa đăng nhập",
                    "forbidden": "không được phép",
                    "method_not_allowed": "địa chỉ không nhận cách gọi này",
                    "too_slow": "gửi quá chậm",
                    "beyond_the_end": "vượt quá cuối nhật ký",
                    "stale": "đã thay đổi từ khi đọc",
                    "too_large": "quá lớn",
                    "uri_too_long": "địa chỉ quá dài",
                    "not_json": "không phải JSON",
                    "idempotency_key_reused": "khóa chống lặp đã dùng cho thao tác khác",
                    "overloaded": "quá tải",
                    "headers_too_large": "tiêu đề quá lớn",
                    "internal": "lỗi của chương trình",
                    "not_installed": "thiếu phần cài thêm",
                    "unavailable": "tạm thời không có",
                    "log_damaged": "nhật ký bị hỏng",
                    "not_reached": "số liệu chưa tới vị trí đó",
                    "broken_off": "bị ngắt",
                    "read": "đọc",
                    "export": "xuất dữ liệu",
                    "proof": "bằng chứng",
                    "journal_read": "đọc nhật ký truy cập",
                    "refused": "bị từ chối",
                    "denied": "không được phép",
                    "sign_in_failed": "đăng nhập không thành công",
                    "key_management": "quản lý khóa",
                    "erasure": "xóa dữ liệu cá nhân",
                    "trimmed": "dọn theo tuổi",
                    "lost": "bị mất",
                    "unreadable": "không đọc được",
                    "done": "xong",
                    "revoked": "khóa đã thu hồi",
                    "expired": "khóa hết hạn",
                    "unknown": "khóa không tồn tại",
                    "command line": "dòng lệnh",
                    "customer": "khách hàng",
                    "agent": "nhân viên",
                    "system": "hệ thống",
                    "ticket": "phiếu",
                    "actor": "người thực hiện",
                    "contract": "hợp đồng",
                    "subject": "đối tượng",
                    "figure": "chỉ số",
                    "file": "tệp",
                    "key": "khóa",
                    "notification": "thông báo",
                    "procedure": "quy trình",
                    "report": "báo cáo",
                    "task": "việc",
                }
            ),
        ),
    }
)  # fmt: skip
