"""The words of the letter that certifies an erasure, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class LetterWords(NamedTuple):
    """Sentences have the names of their facts in braces. ``kept`` says of each part that stays what it is and why."""

    title: str
    reference: str
    customer: str
    laws: Mapping[str, str]
    headings: Mapping[str, str]
    request: str
    erased: str
    counted: tuple[str, str]
    kept_columns: tuple[str, str]
    kept: Mapping[str, tuple[str, str]]
    step_columns: tuple[str, str, str]
    steps: Mapping[str, str]
    check: tuple[str, ...]
    key_columns: tuple[str, str]
    lost_key: str
    signature: str


WORDS: Mapping[Language, LetterWords] = MappingProxyType(
    {
        "en": LetterWords(
            title="Certificate of erasure of personal data",
            reference="Reference",
            customer="Customer",
            laws={
                "vn-91-2025": "Vietnam's Law 91/2025/QH15 on the protection of personal data (vn-91-2025)",
                "gdpr": "Regulation (EU) 2016/679, the General Data Protection Regulation (GDPR)",
            },
            headings={
                "request": "What was asked for",
                "erased": "What was erased",
                "kept": "What stays, and why",
                "steps": "Who did what, and when",
                "check": "How this can be checked",
                "keys": "The destroyed keys",
            },
            request=(
                "On {requested_at} the erasure of the personal data of this customer was asked for, through {through}."
                " It rests on {law}: {legal_basis}. The identity was shown as follows: {verified_how}."
            ),
            erased=(
                "On {destroyed_at} the {keys} keys were destroyed under which the personal data was encrypted: the"
                " name, the addresses, the notes, and every text that was written by or about the person. Nobody can"
                " read them any more, neither {tenant} nor whoever holds a copy of its records. By {certified_at} they"
                " were also removed from every page, search and list. They were in these records:"
            ),
            counted=("records", "number"),
            kept_columns=("what", "why"),
            kept={
                "figures": (
                    "times, ids, categories and amounts, without a word about the person",
                    "figures of the past and accounts must stay as they were; they name nobody",
                ),
                "evidence": (
                    "this request, its steps and this certificate",
                    "it must be possible to show that the request was fulfilled; they hold no personal data",
                ),
                "backups": (
                    "backups that were made before {destroyed_at}",
                    "they cannot be changed; they expire after the days that the privacy notice names",
                ),
                "copies": (
                    "copies that were handed over or sent before",
                    "they left the system; ask whoever received them",
                ),
                "readable": (
                    "texts at the positions {readable} of the log",
                    "they were stored before encryption began, so no key destroys them; no page shows them",
                ),
                "given_away": (
                    "what was written on the tickets {given_away}",
                    "they belong to another customer now, and are erased with that customer",
                ),
            },
            step_columns=("step", "when", "by"),
            steps={
                "requested": "request recorded",
                "verified": "identity verified",
                "approved": "approved by a second person",
                "destroyed": "keys destroyed",
                "certified": "certified",
            },
            check=(
                "This certificate is event {event} of the log {tenant}. Its hash in the signed tree is {leaf}.",
                (
                    "Ask {tenant} for the audit bundle of this event (ticketledger export audit --from {event} --to"
                    " {event}) and for its public key, and verify the bundle with the file verify.py, on any computer."
                ),
                (
                    "Each fingerprint below is the SHA-256 of a destroyed key. If a copy of a key ever appears, its"
                    " fingerprint shows that it is one of these."
                ),
            ),
            key_columns=("key", "fingerprint"),
            lost_key="lost before the erasure",
            signature="Place, date and signature",
        ),
        "vi": LetterWords(
            title="Chứng nhận xóa dữ liệu cá nhân",
            reference="Số tham chiếu",
            customer="Khách hàng",
            laws={
                "vn-91-2025": "Luật Bảo vệ dữ liệu cá nhân (91/2025/QH15)",
                "gdpr": "Quy định (EU) 2016/679 về bảo vệ dữ liệu (GDPR)",
            },
            headings={
                "request": "Nội dung yêu cầu",
                "erased": "Dữ liệu đã xóa",
                "kept": "Dữ liệu còn lại và lý do",
                "steps": "Ai đã làm gì, lúc nào",
                "check": "Cách kiểm tra chứng nhận này",
                "keys": "Các khóa đã hủy",
            },
            request=(
                "Ngày {requested_at}, yêu cầu xóa dữ liệu cá nhân của khách hàng này được tiếp nhận qua {through}."
                " Căn cứ: {law}, {legal_basis}. Danh tính được xác minh như sau: {verified_how}."
            ),
            erased=(
                "Ngày {destroyed_at}, {keys} khóa dùng để mã hóa dữ liệu cá nhân đã bị hủy: tên, địa chỉ liên hệ, ghi"
                " chú và mọi nội dung do người đó viết hoặc viết về người đó. Không ai đọc được nữa, kể cả {tenant} và"
                " người giữ bản sao dữ liệu. Đến {certified_at}, chúng cũng đã được gỡ khỏi mọi trang, tìm kiếm và danh"
                " sách. Dữ liệu nằm trong các mục sau:"
            ),
            counted=("mục", "số lượng"),
            kept_columns=("dữ liệu", "lý do"),
            kept={
                "figures": (
                    "thời điểm, mã số, phân loại và số tiền, không có nội dung nào về người đó",
                    "số liệu và sổ sách của thời gian đã qua phải giữ nguyên; chúng không nêu tên ai",
                ),
                "evidence": (
                    "yêu cầu này, các bước thực hiện và chứng nhận này",
                    "phải chứng minh được rằng yêu cầu đã được thực hiện; không chứa dữ liệu cá nhân",
                ),
                "backups": (
                    "bản sao lưu được tạo trước {destroyed_at}",
                    "không thể sửa; chúng hết hạn sau số ngày nêu trong thông báo về quyền riêng tư",
                ),
                "copies": (
                    "bản sao đã giao hoặc gửi đi trước đó",
                    "chúng đã ra khỏi hệ thống; hãy hỏi người đã nhận",
                ),
                "readable": (
                    "nội dung tại các vị trí {readable} của nhật ký",
                    "được lưu trước khi bắt đầu mã hóa nên không khóa nào hủy được; không trang nào hiển thị",
                ),
                "given_away": (
                    "nội dung trên các phiếu {given_away}",
                    "nay thuộc khách hàng khác và sẽ được xóa cùng khách hàng đó",
                ),
            },
            step_columns=("bước", "thời điểm", "người thực hiện"),
            steps={
                "requested": "ghi nhận yêu cầu",
                "verified": "xác minh danh tính",
                "approved": "người thứ hai duyệt",
                "destroyed": "hủy khóa",
                "certified": "chứng nhận",
            },
            check=(
                "Chứng nhận này là sự kiện {event} trong nhật ký {tenant}. Mã băm của nó trong cây đã ký là {leaf}.",
                (
                    "Hãy yêu cầu {tenant} cung cấp hồ sơ kiểm toán của sự kiện này"
                    " (ticketledger export audit --from {event} --to {event}) và khóa công khai, rồi kiểm tra hồ sơ"
                    " bằng tệp verify.py trên máy tính bất kỳ."
                ),
                (
                    "Mỗi dấu vân tay dưới đây là SHA-256 của một khóa đã hủy. Nếu có bản sao khóa nào xuất hiện, dấu"
                    " vân tay cho thấy nó có thuộc danh sách này hay không."
                ),
            ),
            key_columns=("khóa", "dấu vân tay"),
            lost_key="đã mất trước khi xóa",
            signature="Nơi, ngày ký và chữ ký",
        ),
    }
)
