"""What each figure counts, and what a reader must know of it, in both languages; the English is the registry's."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import Language, as_sentence
from projections.figures.figure import Figure

_SLA = (
    "đạt / (đạt + vi phạm), trên các cam kết kết thúc trong kỳ; kết quả đã đính chính tính theo đính chính, cam"
    " kết bị hủy khi còn trong hạn không tính"
)
_LOAD = (
    "công sức dự kiến / giờ làm còn lại hôm nay; công sức là tổng trung vị công sức của nhóm cho loại của"
    " từng phiếu đang mở, theo các lần giải quyết 90 ngày qua, nếu không có thì theo tất cả; không có giá trị khi"
    " hết giờ làm"
)
_LOAD_NOTE = (
    "Dòng không có tải đứng đầu. Giờ làm và nhóm của nhân viên theo cấu hình nhân lực đang hiệu lực. “Chưa ước tính” là"
    " số phiếu đang mở mà nhóm chưa từng giải quyết phiếu nào cùng loại có ghi công sức."
)
_NOT_RECORDED = "chưa ghi nhận cuộc gọi nào: cuộc gọi sẽ có khi nối các kênh"
FORMULAS: Mapping[str, str] = MappingProxyType(
    {
        "sla-first-response": _SLA,
        "sla-next-response": _SLA,
        "sla-periodic-update": _SLA,
        "sla-resolution": _SLA,
        "sla-late": "cam kết chưa kết thúc và đã quá hạn",
        "on-time": (
            "phiếu giải quyết trong hạn cam kết giải quyết / phiếu đã giải quyết có cam kết đó; phiếu hủy hoặc"
            " gộp không tính là hoàn thành"
        ),
        "cycles-late": (
            "trung bình của (thời gian đã qua - cam kết) / cam kết, trên các cam kết chưa kết thúc và đang trễ"
        ),
        "fcr": (
            "giải quyết ngay lần liên hệ đầu, trong 7 ngày không mở lại và không có phiếu mới cùng khách cùng"
            " loại / đã giải quyết và thuộc tuyến đầu; tạm tính đến hết 7 ngày"
        ),
        "fcr-gross": "giải quyết ngay lần liên hệ đầu, bất kể sau đó ra sao / đã giải quyết",
        "fcr-one-touch": (
            "nhiều nhất một lần người trả lời công khai, đến 7 ngày sau khi giải quyết / đã giải quyết và biết tin nhắn"
        ),
        "fcr-no-recontact": (
            "khách không nhắn thêm sau tin đầu, đến 7 ngày sau khi giải quyết / đã giải quyết và biết tin nhắn"
        ),
        "fcr-one-owner": "đúng một nhân viên và chưa từng nằm hàng đợi, đến khi giải quyết / đã giải quyết",
        "fcr-customer-confirmed": "ngay lần liên hệ đầu và khách đóng trong 7 ngày / đã giải quyết và biết tin nhắn",
        "repeat-contact": (
            "khách có phiếu khác cùng loại trong 7 ngày / khách có phiếu tiếp nhận; 7 ngày gần nhất là tạm tính"
        ),
        "csat": "đánh giá 4 và 5 / tổng đánh giá, lấy đánh giá cuối của mỗi lần giải quyết, tính khi khách đánh giá",
        "response-rate": "lần giải quyết được đánh giá trong 7 ngày / lần giải quyết; tạm tính đến hết 7 ngày",
        "reopen-rate": "phiếu từng mở lại ít nhất một lần / phiếu giải quyết trong kỳ; phiếu chưa mở lại vẫn có thể mở",
        "handling-time": "trung bình thời gian từ khi nhận đến lần giải quyết cuối; kèm trung vị và phân vị 90",
        "effort": "(trao đổi + giữ máy + sau liên hệ) / phiếu có ghi công sức, tính mọi nhân viên của phiếu",
        "expected-by": (
            "phiếu giải quyết trước ngày đã hẹn khách lần cuối / phiếu đã giải quyết có hẹn ngày với khách, tính"
            " ở lần giải quyết cuối"
        ),
        "late-tickets": (
            "phiếu đang mở có cam kết quá hạn vào cuối mỗi kỳ, hoặc lúc này nếu kỳ chưa hết; kèm mọi phiếu đang mở"
        ),
        "open-tickets": "phiếu đang mở vào cuối mỗi kỳ, hoặc lúc này nếu kỳ chưa hết; theo tuổi từ khi nhận",
        "flow": "phiếu vào tồn đọng - phiếu rời tồn đọng",
        "waiting": "phiếu đang giữ mà thời hạn chờ đã qua, hoặc không có gì xảy ra quá 72 giờ",
        "time-by-team": (
            "trung vị số giây theo lịch của nhóm mà nhóm giữ một phiếu mở, trừ thời gian chờ được tạm dừng; tính"
            " khi phiếu rời nhóm, trừ khi gộp hoặc hủy"
        ),
        "team-on-time": "phiếu rời nhóm trong thời hạn của nhóm / phiếu rời nhóm có thời hạn",
        "team-late": "phiếu mở mà nhóm giữ lâu hơn thời hạn của nhóm, tính đến lúc này",
        "load": _LOAD,
        "team-load": _LOAD,
        "overloaded": (
            "nhân viên có tải trên 1, hoặc giữ nhiều phiếu hơn sức chứa, hoặc giữ ít nhất 5 phiếu và hơn 1,5 lần"
            " trung vị của nhóm / nhân viên"
        ),
        "journey": (
            "phiếu của một nhóm / mọi phiếu rời tồn đọng lần cuối trong kỳ; theo đường trạng thái hoặc đường"
            " nhóm: 50 đường hay gặp nhất, còn lại gộp làm một"
        ),
        "journey-steps": (
            "trung vị số giây từ khi vào một trạng thái đến trạng thái kế tiếp, của phiếu rời tồn đọng lần cuối"
            " trong kỳ; theo bước hoặc theo trạng thái; quay lại là khi phiếu đã từng ở trạng thái kế tiếp"
        ),
        "journey-losses": (
            "phiếu rời tồn đọng do hủy, gộp hoặc đóng khi chưa giải quyết / phiếu rời tồn đọng; theo trạng thái"
            " mà phiếu rời"
        ),
        "nps": "% điểm 9-10 trừ % điểm 0-6, câu trả lời cuối không gắn phiếu của mỗi người trong kỳ",
        "nps-organisations": (
            "như trên theo tổ chức, mỗi tổ chức là trung bình câu trả lời cuối của người thuộc tổ chức trong kỳ;"
            " từ 9 là ủng hộ, dưới 7 là không hài lòng"
        ),
        "nps-wave": (
            "% điểm 9-10 trừ % điểm 0-6, câu trả lời cuối của mỗi người trong một đợt khảo sát; chính thức khi"
            " đợt đã đóng"
        ),
        "nps-wave-organisations": (
            "như trên theo tổ chức, mỗi tổ chức là trung bình câu trả lời cuối của người thuộc tổ chức trong đợt;"
            " từ 9 là ủng hộ, dưới 7 là không hài lòng"
        ),
        "nps-ticket": "% điểm 9-10 trừ % điểm 0-6, câu trả lời cuối gắn với mỗi phiếu; không bao giờ gộp với loại khác",
        "repeat-purchase": (
            "khách có từ 2 lượt mua trong 365 ngày đến cuối kỳ / khách có từ 1 lượt mua; không tính lượt mua trả"
            " lại toàn bộ"
        ),
        "returning-buyers": "khách mua trong kỳ và cả trước kỳ / khách mua trong kỳ",
        "retention": "khách hoạt động khi kỳ bắt đầu và vẫn hoạt động khi kỳ kết thúc / khách hoạt động khi kỳ bắt đầu",
        "upsell": (
            "báo giá được chấp nhận / báo giá có kết quả trong kỳ: chấp nhận, từ chối hoặc hết hạn; kèm đã chào,"
            " đang mở và chấp nhận sau hạn"
        ),
        "upsell-customers": "khách chấp nhận báo giá chào trong kỳ trước khi hết hạn / khách được chào trong kỳ",
        "upsell-eligible": "khách chấp nhận báo giá trong kỳ / khách đủ điều kiện được chào khi kỳ bắt đầu",
        "upsell-value": (
            "giá trị báo giá được chấp nhận trong kỳ / giá trị một năm của hợp đồng mà chính các khách đó có hiệu"
            " lực ngày đầu kỳ; từng loại tiền"
        ),
        "renewal": (
            "kỳ hợp đồng được gia hạn / kỳ hợp đồng có ngày cuối trong kỳ; sớm: trước hơn 30 ngày, muộn: trong"
            " thời gian ân hạn; đến hạn = gia hạn + hết hiệu lực + chấm dứt + còn mở"
        ),
        "renewal-value": (
            "giá trị kỳ hợp đồng được gia hạn theo giá cũ, hoặc giá mới nếu thấp hơn / giá trị kỳ hợp đồng có"
            " ngày cuối trong kỳ; từng loại tiền"
        ),
        "renewal-chance": (
            "kỳ hợp đồng được gia hạn / kỳ hợp đồng kết thúc trong kỳ, theo mức sức khỏe 90 ngày trước đó"
        ),
        "voice-of-customers": (
            "ý kiến theo chủ đề và thái độ; thay đổi: số ý kiến / trung bình 4 kỳ trước - 1, hiện khi có từ 10 ý kiến"
        ),
        "contacts": "phiếu tiếp nhận và tin nhắn của khách (nhận vào), trả lời (gửi ra), mỗi tin tính đúng lúc",
        "contact-time": "(trao đổi + giữ máy + sau liên hệ) / phiếu có ghi trong kỳ, tính khi được ghi",
        "calls": "cuộc gọi đã trả lời, nhỡ và gọi đi",
        "delivered-response-rate": (
            "lần giải quyết được đánh giá trong 7 ngày sau khi khảo sát đến khách / lần giải quyết có khảo sát đến"
            " khách, tính lúc đến lần đầu; tạm tính đến hết 7 ngày"
        ),
        "procedure-step-time": "trung vị thời gian từ khi mở bước đến khi hoàn thành; không tính bước chờ và thông báo",
        "procedure-steps-skipped": "bước bị bỏ qua / bước hoàn thành hoặc bỏ qua",
        "procedure-steps-overdue": "bước chưa xong khi đến hạn / bước có hạn trong kỳ; không tính bước chờ",
        "procedure-outcome": "quy trình hoàn tất / quy trình kết thúc trong kỳ; theo kết quả",
        "procedures-running": "quy trình đang chạy vào cuối mỗi kỳ, hoặc lúc này nếu kỳ chưa hết",
    }
)
NOTES: Mapping[str, str] = MappingProxyType(
    {
        "cycles-late": (
            "COPC không công bố công thức: đây là cách hiểu của chúng tôi. Cam kết được nới dài hơn tính là 0."
        ),
        "load": _LOAD_NOTE,
        "team-load": _LOAD_NOTE,
        "contacts": _NOT_RECORDED,
        "calls": _NOT_RECORDED,
        "contact-time": "chưa tính mức bận của nhân viên: cần dữ liệu có mặt, hiện chưa ghi nhận",
        "delivered-response-rate": (
            "Khảo sát là thông báo có mục đích đó về một phiếu, tính là đã đến khi nhà cung cấp nhận và không báo lỗi;"
            " “Đã xác nhận” là số nhà cung cấp cho biết đã đến."
        ),
    }
)


def formula_of(figure: Figure, language: Language) -> str:
    """What a figure counts."""
    return FORMULAS[figure.name] if language == "vi" else figure.formula


def formula_sentence(figure: Figure, language: Language) -> str:
    """The same as a sentence that stands alone."""
    formula = formula_of(figure, language)
    return f"{formula[0].upper()}{formula[1:]}."


def note_of(figure: Figure, language: Language) -> str | None:
    """What a reader must know of it, as sentences; None: nothing."""
    note = NOTES.get(figure.name) if language == "vi" else figure.note
    return note and as_sentence(note)
