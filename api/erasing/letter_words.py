"""The words of the letter that certifies an erasure, in both languages."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from domain.readable import Language


class LetterWords(NamedTuple):
    """Sentences have the names of their facts in braces. ``kept`` says of each part that stays what it is and why.

    ``destroyed``, ``lost`` and ``no_key`` say what became of the keys, ``erased`` what follows in any case.
    ``fingerprints`` stands only where keys were destroyed.
    """

    title: str
    reference: str
    customer: str
    zone: str
    headings: Mapping[str, str]
    request: str
    destroyed: str
    lost: str
    no_key: str
    erased: str
    counted: tuple[str, str]
    kept_columns: tuple[str, str]
    kept: Mapping[str, tuple[str, str]]
    step_columns: tuple[str, str, str]
    steps: Mapping[str, str]
    check: tuple[str, ...]
    fingerprints: str
    key_columns: tuple[str, str]
    lost_key: str
    signature: str


WORDS: Mapping[Language, LetterWords] = MappingProxyType(
    {
        "en": LetterWords(
            title="Certificate of erasure of personal data",
            reference="Reference",
            customer="Customer",
            zone="Time zone",
            headings={
                "request": "What was asked for",
                "erased": "What was erased",
                "kept": "What stays, and why",
                "steps": "Who did what, and when",
                "check": "How this can be checked",
                "keys": "The keys",
            },
            request=(
                "On {requested_at} the erasure of the personal data of this customer was asked for, through {through}."
                " It rests on {law}: {legal_basis}. The identity was shown as follows: {verified_how}."
            ),
            destroyed=(
                "Keys destroyed on {destroyed_at}: {destroyed}. Personal data was encrypted under them: the name, the"
                " addresses, the notes, and every text that was written by or about the person. Nobody can read it any"
                " more, neither {business} nor whoever holds a copy of its records."
            ),
            lost=(
                "Keys lost before the erasure: {lost}. {business} has no copy of them and cannot read what they"
                " encrypted; they were not destroyed, so a copy that turns up elsewhere could."
            ),
            no_key=(
                "No key was destroyed: the personal data was stored before encryption began, and stays in the log where"
                " the next part says so."
            ),
            erased=(
                "By {certified_at} the personal data was removed from every page, search and list. It was in these"
                " records:"
            ),
            counted=("Records", "Number"),
            kept_columns=("What", "Why"),
            kept={
                "figures": (
                    "Times, ids, categories and amounts, without a word about the person",
                    "Figures of the past and accounts must stay as they were; they name nobody",
                ),
                "evidence": (
                    "This request, its steps and this certificate",
                    "It must be possible to show that the request was fulfilled; they hold no personal data",
                ),
                "backups": (
                    "Backups that were made before {destroyed_at}",
                    "They cannot be changed; they expire after the days that the privacy notice names",
                ),
                "copies": (
                    "Copies that were handed over or sent before",
                    "They left the system; ask whoever received them",
                ),
                "readable": (
                    "Texts at the positions {readable} of the log",
                    "They were stored before encryption began, so no key destroys them; no page shows them",
                ),
                "given_away": (
                    "What was written on the tickets {given_away}",
                    "They belong to another customer now, and are erased with that customer",
                ),
            },
            step_columns=("Step", "When", "By"),
            steps={
                "requested": "Request recorded",
                "verified": "Identity verified",
                "approved": "Approved by a second person",
                "destroyed": "Keys destroyed",
                "certified": "Certified",
            },
            check=(
                (
                    "This certificate is event {event} of the log {tenant}. Its hash is {leaf}. The bundle named below"
                    " shows whether a signed tree holds it."
                ),
                (
                    "Ask {business} for the audit bundle of this event (ticketledger export audit --from {event} --to"
                    " {event}) and for its public key, and verify the bundle with the file verify.py, on any computer."
                ),
            ),
            fingerprints=(
                "Each fingerprint below is the SHA-256 of a destroyed key. If a copy of a key ever appears, its"
                " fingerprint shows that it is one of these."
            ),
            key_columns=("Key", "Fingerprint"),
            lost_key="Lost before the erasure",
            signature="Place, date and signature",
        ),
        "vi": LetterWords(
            title="Chứng nhận xóa dữ liệu cá nhân",
            reference="Số tham chiếu",
            customer="Khách hàng",
            zone="Múi giờ",
            headings={
                "request": "Nội dung yêu cầu",
                "erased": "Dữ liệu đã xóa",
                "kept": "Dữ liệu còn lại và lý do",
                "steps": "Ai đã làm gì, lúc nào",
                "check": "Cách kiểm tra chứng nhận này",
                "keys": "Các khóa",
            },
            request=(
                "Lúc {requested_at}, yêu cầu xóa dữ liệu cá nhân của khách hàng này được tiếp nhận qua {through}."
                " Căn cứ: {law}, {legal_basis}. Danh tính được xác minh như sau: {verified_how}."
            ),
            destroyed=(
                "Số khóa đã hủy lúc {destroyed_at}: {destroyed}. Các khóa này mã hóa dữ liệu cá nhân: tên, địa chỉ liên"
                " hệ, ghi chú và mọi nội dung do người đó viết hoặc viết về người đó. Không ai đọc được nữa, kể cả"
                " {business} và người giữ bản sao dữ liệu."
            ),
            lost=(
                "Số khóa đã mất trước khi xóa: {lost}. {business} không có bản sao nào và không đọc được nội dung mà"
                " chúng mã hóa; các khóa này không được hủy, nên ai còn bản sao ở nơi khác thì có thể đọc được."
            ),
            no_key=(
                "Không có khóa nào bị hủy: dữ liệu cá nhân được lưu trước khi bắt đầu mã hóa, và còn trong nhật ký tại"
                " những nơi mà phần sau nêu rõ."
            ),
            erased=(
                "Đến {certified_at}, dữ liệu cá nhân đã được gỡ khỏi mọi trang, tìm kiếm và danh sách. Dữ liệu nằm"
                " trong các mục sau:"
            ),
            counted=("Mục", "Số lượng"),
            kept_columns=("Dữ liệu", "Lý do"),
            kept={
                "figures": (
                    "Thời điểm, mã số, phân loại và số tiền, không có nội dung nào về người đó",
                    "Số liệu và sổ sách của thời gian đã qua phải giữ nguyên; chúng không nêu tên ai",
                ),
                "evidence": (
                    "Yêu cầu này, các bước thực hiện và chứng nhận này",
                    "Phải chứng minh được rằng yêu cầu đã được thực hiện; không chứa dữ liệu cá nhân",
                ),
                "backups": (
                    "Bản sao lưu được tạo trước {destroyed_at}",
                    "Không thể sửa; chúng hết hạn sau số ngày nêu trong thông báo về quyền riêng tư",
                ),
                "copies": (
                    "Bản sao đã giao hoặc gửi đi trước đó",
                    "Chúng đã ra khỏi hệ thống; hãy hỏi người đã nhận",
                ),
                "readable": (
                    "Nội dung tại các vị trí {readable} của nhật ký",
                    "Được lưu trước khi bắt đầu mã hóa nên không khóa nào hủy được; không trang nào hiển thị",
                ),
                "given_away": (
                    "Nội dung trên các phiếu {given_away}",
                    "Nay thuộc khách hàng khác và sẽ được xóa cùng khách hàng đó",
                ),
            },
            step_columns=("Bước", "Thời điểm", "Người thực hiện"),
            steps={
                "requested": "Ghi nhận yêu cầu",
                "verified": "Xác minh danh tính",
                "approved": "Người thứ hai duyệt",
                "destroyed": "Hủy khóa",
                "certified": "Chứng nhận",
            },
            check=(
                (
                    "Chứng nhận này là sự kiện {event} trong nhật ký {tenant}. Mã băm của nó là {leaf}. Hồ sơ nêu dưới"
                    " đây cho thấy một cây đã ký có chứa nó hay không."
                ),
                (
                    "Hãy yêu cầu {business} cung cấp hồ sơ kiểm toán của sự kiện này"
                    " (ticketledger export audit --from {event} --to {event}) và khóa công khai, rồi kiểm tra hồ sơ"
                    " bằng tệp verify.py trên máy tính bất kỳ."
                ),
            ),
            fingerprints=(
                "Mỗi dấu vân tay dưới đây là SHA-256 của một khóa đã hủy. Nếu có bản sao khóa nào xuất hiện, dấu vân"
                " tay cho thấy nó có thuộc danh sách này hay không."
            ),
            key_columns=("Khóa", "Dấu vân tay"),
            lost_key="Đã mất trước khi xóa",
            signature="Nơi, ngày ký và chữ ký",
        ),
    }
)
