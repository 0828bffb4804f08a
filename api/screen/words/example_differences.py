"""Where the answers differ from those of a worked example, in Vietnamese, by the English sentence.

Codes, names and values stay as the file has them.
"""

from api.refusal_words import rule_in
from api.translated_sentences import TranslatedSentences
from domain.procedure.worked_example import REFUSED
from domain.readable import Language

_NOTHING = "không có gì"
_NEVER = "không bao giờ"
DIFFERENCES = TranslatedSentences(
    {
        # rules
        "the rule does not react to {}": "quy tắc không phản ứng với {}",
        "{} fails ({}), not {}": "điều kiện {} không đạt ({}), không phải {}",
        "{} fails (nothing), not {}": f"điều kiện {{}} không đạt ({_NOTHING}), không phải {{}}",
        "{} fails ({}), not nothing": "điều kiện {} không đạt ({}), lẽ ra mọi điều kiện đều đạt",
        "{} fails (nothing), not nothing": f"điều kiện {{}} không đạt ({_NOTHING}), lẽ ra mọi điều kiện đều đạt",
        "it fires ({}), but {} should fail": "quy tắc chạy ({}), lẽ ra {} không đạt",
        "it fires {}, not {}": "quy tắc thực hiện {}, không phải {}",
        "it fires {}, not nothing": "quy tắc thực hiện {}, lẽ ra không làm gì",
        "{}: {} is {}, not {}": "{}: {} là {}, không phải {}",
        "{}: {} is nothing, not {}": f"{{}}: {{}} là {_NOTHING}, không phải {{}}",
        "{}: {} is {}, not nothing": f"{{}}: {{}} là {{}}, không phải {_NOTHING}",
        # procedures
        "{} starts it": "{} làm quy trình bắt đầu",
        "{} does not start it": "{} không làm quy trình bắt đầu",
        "{} is {}, not {}": "{} là {}, không phải {}",
        "{} is open: nobody is to get {}, or a placeholder of it has no value": (
            "{} còn mở: không có người nhận {}, hoặc một chỗ điền của mẫu chưa có giá trị"
        ),
        # procedures, policies
        "{} is due {}, not {}": "{} đến hạn {}, không phải {}",
        "{} is due never, not {}": f"{{}} {_NEVER} đến hạn, không phải {{}}",
        # policies
        "{} is not promised": "{} không được cam kết",
        "{} is not promised, not {}": "{} không được cam kết, không phải {}",
        "{} is {}, not not promised": "{} là {}, lẽ ra không được cam kết",
        "{} took {}, not {}": "{} mất {}, không phải {}",
        "{} may still be met until {}, not {}": "{} còn kịp đến {}, không phải {}",
        "{} may still be met until never, not {}": f"{{}} {_NEVER} còn kịp, không phải {{}}",
        "{} is warned of {}, not {}": "{} được cảnh báo lúc {}, không phải {}",
        "{} is warned of never, not {}": f"{{}} {_NEVER} được cảnh báo, không phải {{}}",
        "{} is warned of {}, not never": "{} được cảnh báo lúc {}, lẽ ra không cảnh báo",
        # routing
        "the team is {}, not {}": "nhóm là {}, không phải {}",
        "the rule is {}, not {}": "quy tắc là {}, không phải {}",
        "the agent is {}, not {}": "nhân viên là {}, không phải {}",
        "the because is {}, not {}": "lý do là {}, không phải {}",
        # contact rules
        "it is {}, not {}": "kết quả là {}, không phải {}",
        "it is postponed until {}, not {}": "hoãn đến {}, không phải {}",
        "the reason is {}, not {}": "lý do là {}, không phải {}",
        # workforce
        "the verdict is {}, not {}": "kết quả là {}, không phải {}",
        "the agent {} is not one of the agents": "nhân viên {} không có trong danh sách nhân viên",
        "the rules that hold are {}, not {}": "các quy tắc quá tải đang xảy ra là {}, không phải {}",
        # health
        "the score is {}, not {}": "điểm là {}, không phải {}",
        "the band is {}, not {}": "mức là {}, không phải {}",
        "the coverage is {}, not {}": "độ phủ dữ liệu là {}, không phải {}",
        # templates
        "no value is given for {}": "chưa có giá trị cho {}",
        "the subject is {}, not {}": "tiêu đề là {}, không phải {}",
        "the body is {}, not {}": "nội dung là {}, không phải {}",
        # whether
        "the address is blocked": "địa chỉ bị chặn",
        "the address is not blocked": "địa chỉ không bị chặn",
        "the record is kept": "bản ghi được lưu giữ",
        "the record is not kept": "bản ghi không được lưu giữ",
        "the customer is active": "khách hàng đang hoạt động",
        "the customer is not active": "khách hàng không hoạt động",
        "the customer is in the segment": "khách hàng thuộc nhóm này",
        "the customer is not in the segment": "khách hàng không thuộc nhóm này",
        "the answer belongs to the wave": "câu trả lời thuộc đợt khảo sát",
        "the answer does not belong to the wave": "câu trả lời không thuộc đợt khảo sát",
        "the reply needs a review": "trả lời phải được duyệt",
        "the reply needs no review": "trả lời không cần duyệt",
        "the message only says thanks": "tin nhắn chỉ nói cảm ơn",
        "the message says more": "tin nhắn không chỉ nói cảm ơn",
        "the pack has no figure {}": "bộ báo cáo không có chỉ số {}",
        # days
        "the local day is {}, not {}": "ngày địa phương là {}, không phải {}",
        "{} is a working day": "{} là ngày làm việc",
        "{} is no working day": "{} không phải ngày làm việc",
        "the last day is {}, not {}": "ngày cuối là {}, không phải {}",
        "the last day is none, not {}": "không có ngày cuối, không phải {}",
        "the last day is {}, not none": "ngày cuối là {}, lẽ ra không có",
    }
)


def difference_in(english: str, language: Language) -> str | None:
    """The sentence in a language; None where there is only the English one."""
    if language == "en":
        return english
    if english.startswith(REFUSED):
        return f"bị từ chối: {rule_in(None, english.removeprefix(REFUSED), language)}"
    return DIFFERENCES.whole(english)
