"""What the readers of imported files say, in the language of the tenant: reasons, doubts of drafts, forms of files."""

from collections.abc import Mapping
from types import MappingProxyType

from api.translated_sentences import TranslatedSentences
from domain.readable import Language

_FILE_ENCODING = (
    "chứa byte không thuộc bảng mã của tệp; hãy nêu đúng `encoding` trong tệp ánh xạ, ví dụ cp1258 hoặc cp1252"
)
_MEND_QUOTES = "hãy sửa, hoặc nêu `quote` hay `escape` trong tệp ánh xạ"
REASONS: Mapping[str, str] = MappingProxyType(
    {
        "has {} cells where the header has {}": "có {} ô trong khi dòng tiêu đề có {}",
        "lacks cells, and so does line {} after it": "thiếu ô, dòng {} ngay sau cũng vậy",
        "holds bytes that are not in the encoding of the file; name the right `encoding` in the mapping, such as cp1258"
        " or cp1252": _FILE_ENCODING,
        "holds a NUL character, which no database can store": "chứa ký tự NUL, không cơ sở dữ liệu nào lưu được",
        "the time {} in {} is not written as {}": "thời gian {} trong cột {} không viết theo dạng {}",
        "the time {} in {} is not written as {} or {}": "thời gian {} trong cột {} không viết theo dạng {} hoặc {}",
        "the time {} in {} is not written as {} or {} or {}": (
            "thời gian {} trong cột {} không viết theo dạng {}, {} hoặc {}"
        ),
        "the time {} in {} is no duration of at most a century": (
            "thời gian {} trong cột {} không phải khoảng thời gian dài tối đa một thế kỷ"
        ),
        "the time {} in {} has a comma that may stand before thousands or before a fraction": (
            "thời gian {} trong cột {} có dấu phẩy có thể ngăn hàng nghìn hoặc phần thập phân"
        ),
        "the date {} of a comment in {} is not written as {}": (
            "ngày {} của một ghi chú trong cột {} không viết theo dạng {}"
        ),
        "has no time in {}": "không có thời gian trong cột {}",
        "names no ticket in {}": "không nêu phiếu trong cột {}",
        "the name in {} is longer than 200 characters or holds a control character": (
            "tên trong cột {} dài hơn 200 ký tự hoặc chứa ký tự điều khiển"
        ),
        "the subject in {} is longer than {} characters": "tiêu đề trong cột {} dài hơn {} ký tự",
        "a name is longer than 200 characters or holds a control character": (
            "một tên dài hơn 200 ký tự hoặc chứa ký tự điều khiển"
        ),
        "the name {} cannot be the name of an actor": "tên {} không thể là tên người thực hiện",
        "has nothing in {}, which orders the rows of its ticket": (
            "không có gì trong cột {}, cột xếp thứ tự các dòng của phiếu"
        ),
        "has nothing in {}, which the mapping's key `{}` names": (
            "không có gì trong cột {}, cột mà khóa `{}` của tệp ánh xạ nêu"
        ),
        "is {} and has no time of that; name one in time.closed or time.updated": (
            "có trạng thái {} mà không có thời gian của trạng thái đó; hãy nêu cột trong time.closed hoặc time.updated"
        ),
        "is held back with line {} of the same ticket, which cannot be read": (
            "bị giữ lại cùng dòng {} của cùng phiếu, dòng đó không đọc được"
        ),
        "another row of the same customer, purchase or contract cannot be read": (
            "có dòng khác của cùng khách hàng, lượt mua hoặc hợp đồng không đọc được"
        ),
        "differs from the row of this ticket that is recorded in its place; what is recorded is not overwritten": (
            "khác với dòng của phiếu này đã ghi nhận ở vị trí đó; điều đã ghi nhận không bị ghi đè"
        ),
        "is older than what is recorded of its ticket; import exports in the order in which they were made": (
            "cũ hơn điều đã ghi nhận về phiếu; hãy nhập các tệp theo thứ tự xuất"
        ),
        "is not CSV: a record is longer than {} characters, or its quotes are never closed; mend it, or name `quote` or"
        " `escape` in the mapping": (
            f"không phải CSV: một dòng dài hơn {{}} ký tự, hoặc dấu nháy không được đóng; {_MEND_QUOTES}"
        ),
        "is not CSV: a quote is opened and never closed; mend it, or name `quote` or `escape` in the mapping": (
            f"không phải CSV: dấu nháy mở mà không đóng; {_MEND_QUOTES}"
        ),
        "is not CSV: a quote is closed in the middle of a cell; mend it, or name `quote` or `escape` in the"
        " mapping": f"không phải CSV: dấu nháy đóng ở giữa ô; {_MEND_QUOTES}",
        "stands behind the broken quotes of line {}, where the ends of rows are unknown": (
            "nằm sau dấu nháy hỏng của dòng {}, từ đó không rõ chỗ kết thúc các dòng"
        ),
        "is longer than {} characters": "dài hơn {} ký tự",
        "is nested too deeply": "lồng nhau quá sâu",
        "holds a number whose exponent is out of range": "có số với số mũ ngoài giới hạn",
        "is no JSON object": "không phải đối tượng JSON",
        "is not JSON from its character {} on": "không phải JSON từ ký tự thứ {}",
        "{} is no whole number": "{} không phải số nguyên",
        "{} is no number whose fraction stands after {} (key `decimal`)": (
            "{} không phải số có phần thập phân sau {} (khóa `decimal`)"
        ),
        "{} has more than {} digits after the point, which {} has not": (
            "{} có nhiều hơn {} chữ số thập phân, tiền tệ {} không có"
        ),
        "the next term of contract {} starts on {}": "kỳ tiếp theo của hợp đồng {} bắt đầu ngày {}",
        "contract {} cannot change an earlier term: {}": "hợp đồng {} không thể đổi kỳ trước đó: {}",
    }
)
"""Why a row is not taken, in Vietnamese by the English text, in which ``{}`` stands for a value."""
DOUBTS: Mapping[str, str] = MappingProxyType(
    {
        "A draft. Look at what is marked with a question mark, then try it with `import --check`.": (
            "Bản nháp. Hãy xem các dòng có dấu chấm hỏi, rồi thử bằng `import --check`."
        ),
        "the file is not in UTF-8": "tệp không dùng UTF-8",
        "the next line names the columns": "dòng tiếp theo nêu tên các cột",
        "no column has a name that is known": "không cột nào có tên quen thuộc",
        "the zone of times that name none": "múi giờ của thời gian không ghi múi giờ",
        "it dates what ended: no column holds times of that": "dùng cho lúc kết thúc: không cột nào ghi thời gian đó",
        "when the change of a row happened": "lúc thay đổi của một dòng xảy ra",
        "it counts from the creation": "tính từ lúc tạo phiếu",
        "it holds times in no usual format: name theirs as `format`": (
            "thời gian viết theo dạng lạ: hãy nêu dạng đó trong `format`"
        ),
        "it holds no time in the rows that were read": "các dòng đã đọc không có thời gian trong cột này",
        "the hours are in no usual format: add one that reads both columns": (
            "giờ viết theo dạng lạ: hãy thêm dạng đọc được cả hai cột"
        ),
        "day first or month first: the rows that were read fit both": (
            "ngày trước hay tháng trước: các dòng đã đọc hợp với cả hai"
        ),
        "no format reads {} of {} cells, such as {}": "không dạng nào đọc được {} trên {} ô, ví dụ {}",
        "the hours of {}": "giờ của cột {}",
        "read as {}": "hiểu là {}",
        "a number: the scale may run the other way": "là số: thang có thể ngược lại",
        "what it means": "nghĩa là gì",
        'or "reply", when the customer sees it': 'hoặc "reply" nếu khách hàng đọc được',
        'or "seconds" or "hours"': 'hoặc "seconds" hay "hours"',
        "what tells customers apart, in every export": "điều phân biệt khách hàng trong mọi lần xuất",
        "tickets have such columns too: {}": "phiếu cũng có các cột này: {}",
        "No key names these columns of times; their values are kept as details: {}": (
            "Không khóa nào dùng các cột thời gian sau; giá trị được giữ làm chi tiết: {}"
        ),
        "Several rows name the ticket {}, so that each is read as a change.": (
            "Nhiều dòng cùng nêu phiếu {}, nên mỗi dòng được hiểu là một thay đổi."
        ),
        "No key names these columns; their values are kept as details: {}": (
            "Không khóa nào dùng các cột sau; giá trị được giữ làm chi tiết: {}"
        ),
    }
)
"""Comments of a draft, which say mostly why a line is not sure."""
_CSV = {
    "commas": "dấu phẩy",
    "semicolons": "dấu chấm phẩy",
    "tabs": "dấu tab",
    "vertical bars": "dấu gạch đứng",
    "{}": "{}",
}
_CONTENTS = {
    f"CSV separated by {name}, in {{}}": f"CSV phân cách bằng {word}, bảng mã {{}}" for name, word in _CSV.items()
}
_CONTENTS |= {
    "Excel sheet {}": "trang Excel {}",
    "Excel sheet {} (`sheet` in the mapping names another: {})": (
        "trang Excel {} (`sheet` trong tệp ánh xạ chọn trang khác: {})"
    ),
    "JSON lines, in {}": "JSON từng dòng, bảng mã {}",
    "JSON, the records in {}": "JSON, các bản ghi trong {}",
    "JSON array": "mảng JSON",
}
_PACKED = {
    "": "",
    ", packed by gzip": ", nén bằng gzip",
    ", the file {} of a zip archive": ", tệp {} trong tệp nén zip",
}
FORMS: Mapping[str, str] = MappingProxyType(
    {
        english + packed: vietnamese + word
        for english, vietnamese in _CONTENTS.items()
        for packed, word in _PACKED.items()
    }
)
"""How a file was read."""
_REASONS = TranslatedSentences(REASONS)
_DOUBTS, _FORMS = map(TranslatedSentences, (DOUBTS, FORMS))


def reason_in(reason: str, language: Language) -> str:
    """Why a row is not taken, in a language. What a rule says stays as it is."""
    return _translated(_REASONS, reason, language)


def doubt_in(comment: str, language: Language) -> str:
    """A comment of a draft, in a language."""
    return _translated(_DOUBTS, comment, language)


def form_in(read_as: str, language: Language) -> str:
    """How a file was read, in a language."""
    return _translated(_FORMS, read_as, language)


def _translated(sentences: TranslatedSentences, english: str, language: Language) -> str:
    return (sentences.whole(english) if language == "vi" else None) or english
