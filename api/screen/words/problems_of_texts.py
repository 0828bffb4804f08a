"""What is wrong with the text of a definition, by the kind of the error.

In English the error says itself.
"""

from collections.abc import Mapping
from types import MappingProxyType

from api.screen.words.problems_of_rules import PROBLEMS_OF_RULES
from api.translated_sentences import TranslatedSentences
from domain.errors import Reason
from domain.readable import Language

_NUMBER = "phải là số"
_WHOLE = "phải là số nguyên"
_TEXT = "phải là chữ trong dấu ngoặc kép"
_LIST = "phải là danh sách trong dấu ngoặc vuông"
_TABLE = "phải là bảng có tên và giá trị"
_INSTANT = "phải là thời điểm, ví dụ 2026-03-05T15:00:00+07:00"
_DAY = "phải là ngày, ví dụ 2026-03-05"
_UNKNOWN_KIND = "không thuộc loại nào ở đây: {expected_tags}"
IN_VIETNAMESE: Mapping[str, str] = MappingProxyType(
    {
        "no_toml": "không đọc được theo cú pháp TOML",
        "too_much_toml": "quá dài hoặc lồng quá sâu",
        "missing": "còn thiếu",
        "extra_forbidden": "không có trường này; hãy kiểm tra chính tả hoặc bỏ đi",
        "string_type": _TEXT,
        "string_too_short": "phải có ít nhất {min_length} ký tự",
        "string_too_long": "có nhiều nhất {max_length} ký tự",
        "string_pattern_mismatch": "phải viết theo mẫu {pattern}",
        "literal_error": "phải là {expected}",
        "enum": "phải là {expected}",
        "int_type": _WHOLE,
        "int_parsing": _WHOLE,
        "int_from_float": _WHOLE,
        "float_type": _NUMBER,
        "float_parsing": _NUMBER,
        "decimal_type": _NUMBER,
        "decimal_parsing": _NUMBER,
        "bool_type": "phải là true hoặc false",
        "bool_parsing": "phải là true hoặc false",
        "greater_than": "phải lớn hơn {gt}",
        "greater_than_equal": "ít nhất là {ge}",
        "less_than": "phải nhỏ hơn {lt}",
        "less_than_equal": "nhiều nhất là {le}",
        "too_short": "phải có ít nhất {min_length} mục",
        "too_long": "có nhiều nhất {max_length} mục",
        "list_type": _LIST,
        "tuple_type": _LIST,
        "dict_type": _TABLE,
        "model_type": _TABLE,
        "model_attributes_type": _TABLE,
        "datetime_type": _INSTANT,
        "datetime_parsing": _INSTANT,
        "datetime_from_date_parsing": _INSTANT,
        "timezone_aware": "thời điểm phải có múi giờ, ví dụ +07:00",
        "date_type": _DAY,
        "date_parsing": _DAY,
        "date_from_datetime_parsing": _DAY,
        "union_tag_invalid": _UNKNOWN_KIND,
        "union_tag_not_found": "còn thiếu {discriminator}",
    }
)

_OF_RULES = TranslatedSentences(PROBLEMS_OF_RULES)


def reason_in(reason: Reason, language: Language) -> str | None:
    """The sentence in a language; None where there is only the English one."""
    if language == "en":
        return str(reason)
    if (own := _OF_RULES.of(str(reason))) is not None:
        return own
    sentence = IN_VIETNAMESE.get(reason.kind or "")
    values = {name: str(value).replace(" or ", " hoặc ") for name, value in reason.values.items()}
    return None if sentence is None else sentence.format_map(values)
