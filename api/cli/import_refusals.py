"""Why a file or a mapping cannot be used, in Vietnamese by the English text, in which ``{}`` stands for a value."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

from api.cli.import_sentences import form_in, reason_in
from api.cli.usage_error import UsageError
from api.importing.mapping import MappingError
from api.importing.rows import UnreadableFile
from api.translated_sentences import TranslatedSentences, value_in_vietnamese

_DRAFT = "`import FILE --guess` viết tệp ánh xạ nháp theo các tên của tệp này."
REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "{} cannot be read: {}.": "Không đọc được {}: {}.",
        "{} is not in UTF-8, {} or {}: write it in UTF-8, or write a mapping that names its `encoding`.": (
            "{} không dùng UTF-8, {} hay {}: hãy lưu bằng UTF-8, hoặc viết tệp ánh xạ nêu `encoding`."
        ),
        "One of its first lines is too long.": "Một trong các dòng đầu quá dài.",
        "It is {}: export the tickets as CSV, Excel or JSON, plain or packed as zip or gzip.": (
            "Đây là {}: hãy xuất phiếu ra CSV, Excel hoặc JSON, không nén hoặc nén bằng zip hay gzip."
        ),
        "It is an HTML or XML page (some systems name such a file .xls): open it in a spreadsheet and save it as CSV or"
        " Excel.": (
            "Đây là trang HTML hoặc XML (có hệ thống đặt đuôi .xls): hãy mở bằng bảng tính, rồi lưu ra CSV hoặc Excel."
        ),
        "It is a zip archive with {} files ({}): unpack it and import them one by one.": (
            "Đây là tệp zip có {} tệp ({}): hãy giải nén rồi nhập từng tệp."
        ),
        "It is an archive inside an archive: unpack it first.": "Đây là tệp nén trong tệp nén: hãy giải nén trước.",
        "Its file {} is protected by a password: unpack it first.": (
            "Tệp {} bên trong có mật khẩu: hãy giải nén trước."
        ),
        "It is damaged or was cut off: export it or copy it again.": (
            "Tệp bị hỏng hoặc bị cắt: hãy xuất lại hoặc sao chép lại."
        ),
        "It is not in the encoding that the mapping names: write the right one as `encoding`.": (
            "Tệp không dùng bảng mã mà tệp ánh xạ nêu: hãy ghi đúng bảng mã trong `encoding`."
        ),
        "It begins like a zip archive and cannot be read as one: export it or copy it again.": (
            "Tệp giống tệp zip nhưng không đọc được: hãy xuất lại hoặc sao chép lại."
        ),
        "It unpacks to more than {} bytes: if the file is sound, unpack it first.": (
            "Giải nén ra hơn {} byte: nếu tệp đúng, hãy giải nén trước."
        ),
        "Its sheet reaches to the column {} and the row {}: delete the cells behind the last ticket, or save it as"
        " CSV.": ("Trang tính kéo dài đến cột {} và dòng {}: hãy xóa các ô sau phiếu cuối cùng, hoặc lưu thành CSV."),
        "It has {} columns, at most {} are read.": "Tệp có {} cột, chỉ đọc được nhiều nhất {}.",
        "It has no header line that names its columns.": "Tệp không có dòng tiêu đề nêu tên các cột.",
        "Its line {}, which names its columns, {}.": "Dòng {}, dòng nêu tên các cột, có lỗi: {}.",
        "It is a workbook protected by a password: save it without one.": (
            "Bảng tính có mật khẩu: hãy lưu lại không có mật khẩu."
        ),
        "It needs more than {} MiB to be read: delete the cells behind the last ticket, or save it as CSV.": (
            "Đọc tệp này cần hơn {} MiB: hãy xóa các ô sau phiếu cuối cùng, hoặc lưu thành CSV."
        ),
        "It has more than {} sheets: name that of the tickets as `sheet` in the mapping.": (
            "Tệp có hơn {} trang tính: hãy nêu trang có phiếu trong `sheet` của tệp ánh xạ."
        ),
        "It begins like a workbook and its reader failed: save it as CSV.": (
            "Tệp giống bảng tính nhưng không đọc được: hãy lưu thành CSV."
        ),
        "It is a workbook without a sheet: export the tickets again.": (
            "Bảng tính không có trang nào: hãy xuất lại các phiếu."
        ),
        "Its sheet {} has no header row that names its columns.": "Trang {} không có dòng tiêu đề nêu tên các cột.",
        "It has no sheet {}, which `sheet` in the mapping names; it has: {}.": (
            "Tệp không có trang {} mà `sheet` trong tệp ánh xạ nêu; các trang có: {}."
        ),
        "Its records have more than {} different names: name the array of records as `records`.": (
            "Các bản ghi có hơn {} tên khác nhau: hãy nêu mảng bản ghi trong `records`."
        ),
        "It has no records; it was read as {}.": "Tệp không có bản ghi; đã đọc theo dạng {}.",
        "The name of one of its columns {}.": "Tên một cột có lỗi: {}.",
        "It begins like JSON and breaks off or is damaged: export it again.": (
            "Tệp giống JSON nhưng bị ngắt giữa chừng hoặc bị hỏng: hãy xuất lại."
        ),
        "It is JSON without an array of records at its first level: name its path as `records`.": (
            "Tệp JSON không có mảng bản ghi ở mức đầu: hãy nêu đường dẫn trong `records`."
        ),
        "It is a damaged workbook: save it again, or save it as CSV.": (
            "Bảng tính bị hỏng: hãy lưu lại, hoặc lưu thành CSV."
        ),
        "Its sheets reach over more than {} cells: delete the cells behind the last ticket, or save it as CSV.": (
            "Các trang tính trải trên hơn {} ô: hãy xóa các ô sau phiếu cuối cùng, hoặc lưu thành CSV."
        ),
        "It repeats filled cells more than {} times: delete those behind the last ticket, or save it as CSV.": (
            "Tệp lặp lại các ô có dữ liệu hơn {} lần: hãy xóa các ô sau phiếu cuối cùng, hoặc lưu thành CSV."
        ),
        "It cannot be read as JSON after its record {}: mend it there, or export it again.": (
            "Không đọc được theo JSON sau bản ghi {}: hãy sửa ở đó, hoặc xuất lại."
        ),
        "It has no records in {}, which must be the path of an array of objects.": (
            "Không có bản ghi trong {}, đó phải là đường dẫn của một mảng đối tượng."
        ),
        "One of its records is longer than {} bytes.": "Một bản ghi dài hơn {} byte.",
        "One of its records is nested more than {} deep.": "Một bản ghi lồng sâu hơn {} mức.",
        "It holds a number of more than {} digits.": "Tệp chứa một số có hơn {} chữ số.",
        "There is no mapping {}: name a TOML file, or one that ships: of tickets {}; of others {}.": (
            "Không có tệp ánh xạ {}: hãy nêu một tệp TOML, hoặc một tệp có sẵn: cho phiếu {}; cho mục khác {}."
        ),
        "The mapping {} is not in UTF-8: save it in UTF-8.": "Tệp ánh xạ {} không dùng UTF-8: hãy lưu bằng UTF-8.",
        "The mapping {} cannot be read: {}.": "Không đọc được tệp ánh xạ {}: {}.",
        "The mapping {} cannot be read as TOML: {}. A name with blanks, or with other letters than a to z, stands in"
        " quotes.": (
            "Không đọc được tệp ánh xạ {} theo TOML: {}. Tên có dấu cách hoặc chữ có dấu phải đặt trong ngoặc kép."
        ),
        "The mapping {} is wrong. `{}` reads the column {}, which `truth` or `ignored` says is never read; take it out"
        " of one of them.": (
            "Tệp ánh xạ {} sai. `{}` đọc cột {} mà `truth` hoặc `ignored` nói là không đọc; hãy bỏ một trong hai."
        ),
        "The mapping {} is wrong. `record` is {}: write one of {}, or leave it out for tickets.": (
            "Tệp ánh xạ {} sai. `record` là {}: hãy ghi một trong {}, hoặc bỏ đi nếu là phiếu."
        ),
        "The mapping {} is wrong. {}": "Tệp ánh xạ {} sai. {}",
        "The mapping's key `{}` names the column {}, which the file does not have; it has: {}. Did you mean {}?"
        " `import FILE --guess` drafts a mapping with the names of this file.": (
            f"Khóa `{{}}` của tệp ánh xạ nêu cột {{}} mà tệp không có; các cột có: {{}}. Có phải là {{}}? {_DRAFT}"
        ),
        "The mapping's key `{}` names the column {}, which the file does not have; it has: {}. `import FILE --guess`"
        " drafts a mapping with the names of this file.": (
            f"Khóa `{{}}` của tệp ánh xạ nêu cột {{}} mà tệp không có; các cột có: {{}}. {_DRAFT}"
        ),
    }
)
_SENTENCES = TranslatedSentences(REFUSALS, lambda value: value_in_vietnamese(reason_in(value, "vi")))


@contextmanager
def refused_in_both_languages() -> Iterator[None]:
    """Raises UsageError for a file or a mapping that cannot be used."""
    try:
        yield
    except (MappingError, UnreadableFile) as error:
        raise UsageError(str(error), refusal_in_vietnamese(str(error))) from error


def refusal_in_vietnamese(english: str) -> str | None:
    """The refusal of a file or of a mapping; None for one without a translation."""
    path, refused, why = english.partition(" cannot be imported. ")
    if refused and (translated := _SENTENCES.whole(why)):
        return f"Không nhập được {path}. {translated}"
    why, read, read_as = english.rpartition(" It was read as ")
    if read and (translated := _SENTENCES.whole(why)):
        return f"{translated} Đã đọc theo dạng {form_in(read_as.removesuffix('.'), 'vi')}."
    return _SENTENCES.whole(english)
