"""The details of problems that a page or a command shows, in Vietnamese.

In English a problem says its details itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.translated_sentences import TranslatedSentences
from domain.readable import Language

_PERIODS: Mapping[str, str] = MappingProxyType(
    {"day": "ngày", "week": "tuần", "month": "tháng", "quarter": "quý", "year": "năm"}
)
DETAILS_IN_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        "no such address": "không có địa chỉ này",
        "nothing has that id": "không có gì mang mã này",
        "this is no id of a ticket": "đây không phải mã của một phiếu",
        "this is no id of a customer": "đây không phải mã của một khách hàng",
        "nothing has that id, or had it by then; give `after=POSITION` for what was just recorded": (
            "không có gì mang mã này, hoặc lúc đó chưa có; nếu vừa ghi nhận, hãy tải lại trang"
        ),
        "no ticket has that id, or had it by then; give `after=POSITION` for what was just recorded": (
            "không có phiếu nào mang mã này, hoặc lúc đó chưa có; nếu vừa ghi nhận, hãy tải lại trang"
        ),
        "no customer has that id, or had it by then; give `after=POSITION` for what was just recorded": (
            "không có khách hàng nào mang mã này, hoặc lúc đó chưa có; nếu vừa ghi nhận, hãy tải lại trang"
        ),
        "the ticket was not received by then": "lúc đó phiếu chưa được tiếp nhận",
        "the panels of this page are {}": "các ô của trang này là {}",
        "the history has no position {}, or had it not by then": "lịch sử không có vị trí {}, hoặc lúc đó chưa có",
        "a position is a number such as 4711": "vị trí là một số, ví dụ 4711",
        "no event has position {}: the log ends at {}": "không có sự kiện nào ở vị trí {}: nhật ký kết thúc ở {}",
        "there is no figure of that name: the list of figures names them": (
            "không có chỉ số nào tên như vậy: xem danh sách chỉ số"
        ),
        "nothing of the kind {} is named {}": "loại {} không có gì tên {}",
        "there is no version {}, or not by then": "không có phiên bản {}, hoặc lúc đó chưa có",
        "no definition {} is shipped": "không có cấu hình mẫu nào tên {}",
        "no report of that id was issued, or not so often": (
            "chưa phát hành báo cáo nào mang mã này, hoặc không nhiều lần như vậy"
        ),
        "the erasure of that customer is not certified": "việc xóa dữ liệu của khách hàng này chưa được chứng nhận",
        "there is no such file, or no longer": "không có tệp này, hoặc tệp không còn nữa",
        "this needs a key with the scope {}": "việc này cần khóa có quyền {}",
        "this server may not change keys": "máy chủ này không được đổi khóa",
        "There is no key {}: `keys list` shows them.": "Không có khóa {}: `keys list` cho xem các khóa.",
        "The key {} is revoked or has expired: make another with `keys create`.": (
            "Khóa {} đã thu hồi hoặc hết hạn: hãy tạo khóa khác bằng `keys create`."
        ),
        "this key may not act on behalf of others": "khóa này không được làm thay người khác",
        "the field {} cannot be used": "không dùng được trường {}",
        "the form is not of your present session: load the page again and repeat": (
            "biểu mẫu không thuộc phiên làm việc hiện tại: hãy tải lại trang và thực hiện lại"
        ),
        "a page of another site may not send this form": "trang của địa chỉ khác không được gửi biểu mẫu này",
        "a page of another site may not read with your session": (
            "trang của địa chỉ khác không được đọc bằng phiên làm việc của bạn"
        ),
        "the sign-in was refused: {}": "đăng nhập bị từ chối: {}",
        "this page was loaded with another key: load it again": "trang này được tải bằng khóa khác: hãy tải lại trang",
        "this link has ended, or never was": "liên kết này đã hết hạn, hoặc chưa từng có",
        "too many links that are not valid": "quá nhiều liên kết không hợp lệ",
        "{} pages are told of changes already": "đã có {} trang đang nhận thay đổi",
        "other readings of the past are under way; try again": "đang có lượt tra cứu quá khứ khác; hãy thử lại",
        "other audit bundles are under way; try again": "đang có hồ sơ kiểm toán khác được lập; hãy thử lại",
        "readings of the past give way to other work; try again": (
            "tra cứu quá khứ nhường cho các công việc khác; hãy thử lại"
        ),
        "readings of the past have taken the time of this key; try again in {} s": (
            "khóa này đã dùng hết thời gian dành cho tra cứu quá khứ; hãy thử lại sau {} giây"
        ),
        "a {} has at most {} {} at once": "mỗi {} có nhiều nhất {} {} cùng lúc",
        "send at most {} bytes": "gửi nhiều nhất {} byte",
        "a value is outside of what can be stored": "có giá trị nằm ngoài khoảng lưu được",
        "it has been noted; the same request may work later": "lỗi đã được ghi lại; hãy thử lại sau",
        "{} exists already: choose a new folder.": "Đã có {}: hãy chọn thư mục mới.",
        "{} is no file: choose another name.": "{} không phải tệp: hãy chọn tên khác.",
        "This export needs --to {}.": "Lệnh xuất này cần --to {}.",
        "--format {} is for `export {}`, without --after.": "--format {} dành cho `export {}`, không có --after.",
        "--at {} lies after the newest position, {}.": "--at {} ở sau vị trí mới nhất là {}.",
        "--after {} lies after the position of the export, {}.": "--after {} ở sau vị trí xuất là {}.",
        "This format needs {}, which is not installed: {}.": "Định dạng này cần {} nhưng chưa được cài: {}.",
        "{} cannot be written: {}.": "Không ghi được {}: {}.",
        "{} is no folder: make it first.": "{} không phải thư mục: hãy tạo thư mục trước.",
        "Another export is writing to {}: wait for it, or choose another place.": (
            "Đang có lần xuất khác ghi vào {}: hãy chờ, hoặc chọn chỗ khác."
        ),
        "see Allow": "xem các thao tác được phép",
        "this address knows no such parameter, only {}": "địa chỉ này không có tham số đó, chỉ có {}",
        "from {} to {}, at most {} days, the first one first": (
            "từ {} đến {}, nhiều nhất {} ngày, ngày đầu không sau ngày cuối"
        ),
        "choose one of {}": "hãy chọn một trong: {}",
        "a position of the log, such as 81220": "phải là vị trí của nhật ký, ví dụ 81220",
        "a day such as 2026-03-05, or an instant such as 2026-03-05T14:00:00Z, of the years {} to {}": (
            "phải là ngày như 2026-03-05 hoặc thời điểm như 2026-03-05T14:00:00Z, từ năm {} đến {}"
        ),
        "{} is outside the days that reports cover: choose days from {} to {}": (
            "{} nằm ngoài khoảng ngày của báo cáo: hãy chọn từ {} đến {}"
        ),
        "the last day, {}, lies before the first, {}: exchange them": (
            "ngày cuối {} trước ngày đầu {}: hãy đổi chỗ hai ngày"
        ),
        "'{}' is no period: write {}": "'{}' không phải là kỳ: hãy viết {}",
        "there is no period '{}': write {}": "không có kỳ '{}': hãy viết {}",
        "there is no period '{}' from {} to {}: write {}": "không có kỳ '{}' từ {} đến {}: hãy viết {}",
        "more than {} groups: ask for longer periods, for fewer dimensions or for a shorter time": (
            "hơn {} nhóm: hãy chọn kỳ dài hơn, ít cách chia hơn hoặc khoảng ngắn hơn"
        ),
        "the figure {} has no part '{}': choose one of {}": "chỉ số {} không có phần '{}': hãy chọn một trong {}",
        "the figure {} has no dimension '{}'; its dimensions are: {}": (
            "chỉ số {} không chia được theo '{}'; chỉ chia theo: {}"
        ),
        "'{}' is no filter: write it as dimension:value, such as team:Billing": (
            "'{}' không phải là bộ lọc: hãy viết cách chia:giá trị, ví dụ team:Billing"
        ),
        "{} is filtered twice: ask for one value, or group by it": (
            "{} được lọc hai lần: hãy chọn một giá trị, hoặc chia theo nó"
        ),
        "'{}' is no id of an organisation: find it with `customer search`": (
            "'{}' không phải là mã của tổ chức: hãy tìm bằng `customer search`"
        ),
        "the period has not begun: choose earlier days": "kỳ chưa bắt đầu: hãy chọn ngày sớm hơn",
        "more than {} periods: ask for longer ones, or for fewer days": (
            "hơn {} kỳ: hãy chọn kỳ dài hơn, hoặc ít ngày hơn"
        ),
        "{} customers at the beginnings of {} periods are more than {} judgements: ask for longer periods, or for fewer"
        " days": "{} khách hàng ở đầu {} kỳ là hơn {} lượt xét: hãy chọn kỳ dài hơn, hoặc ít ngày hơn",
        "the figure {} is judged at one instant: leave `every` and the days out, and ask as of that instant": (
            "chỉ số {} được tính tại một thời điểm: hãy bỏ `every` cùng các ngày, và hỏi tại thời điểm đó"
        ),
        "there is no figure '{}': choose one of {}": "không có chỉ số '{}': hãy chọn một trong {}",
        "there is no report pack '{}': choose one of {}": "không có bộ báo cáo '{}': hãy chọn một trong {}",
        "a {} report covers a {} and {} is a {}: the last {} is {}": (
            "báo cáo {} dành cho kỳ {}, còn {} là kỳ {}: kỳ {} gần nhất là {}"
        ),
        **{
            f"a {{}} report covers a {covered} and {{}} is a {given}: the last {covered} is {{}}": (
                f"báo cáo {{}} dành cho một {_PERIODS[covered]}, còn {{}} là một {_PERIODS[given]}:"
                f" {_PERIODS[covered]} gần nhất là {{}}"
            )
            for covered in _PERIODS
            for given in _PERIODS
        },
        "{} has not begun: issue its report when it is over": "{} chưa bắt đầu: hãy phát hành báo cáo khi kỳ kết thúc",
        "No event is of the kind '{}': give a topic such as ticket.resolved, or {}.": (
            "Không có sự kiện loại '{}': hãy ghi một loại như ticket.resolved, hoặc {}."
        ),
    }
)
"""The details in Vietnamese by the English text, in which ``{}`` stands for a value."""
_SENTENCES = TranslatedSentences(DETAILS_IN_VIETNAMESE)


def detail_in(detail: str, language: Language) -> str | None:
    """The details in a language; None where there are only English ones. Those of several fields stand in one text."""
    if language == "en":
        return detail
    if (whole := _SENTENCES.whole(detail)) is not None:
        return whole
    parts = [_SENTENCES.of(part) for part in detail.split("; ")]
    return None if None in parts else "; ".join(part for part in parts if part)
