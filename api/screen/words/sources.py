"""Who defines a figure so, in Vietnamese: by the English of the registry.

Names of organisations stay as they are.
"""

from collections.abc import Mapping
from types import MappingProxyType

from domain.readable import Language

_CONTRACT = "bản quy ước chỉ số"
_UPSELL = f"{_CONTRACT}: bán thêm"
SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "contract of the figures, section 4": f"{_CONTRACT}, phần 4",
        "contract of the figures, section 4: beside compliance, never mixed in": (
            f"{_CONTRACT}, phần 4: đặt cạnh tỷ lệ đúng cam kết, không gộp vào"
        ),
        "COPC, on time": "COPC, đúng hạn",
        "our reading of COPC's average cycles late": "cách hiểu của chúng tôi về số chu kỳ trễ trung bình của COPC",
        "MetricNet net FCR": "MetricNet, FCR thuần",
        "MetricNet gross FCR": "MetricNet, FCR gộp",
        "Zendesk": "Zendesk",
        "Freshservice": "Freshservice",
        "HDI first level resolution": "HDI, giải quyết ở tuyến đầu",
        "HDI": "HDI",
        "callcentrehelper; the customer-care handbook": "callcentrehelper; sổ tay chăm sóc khách hàng",
        "Delighted, Zendesk: the neutral 3 stays below the line": (
            "Delighted, Zendesk: điểm 3 trung tính chỉ tính ở mẫu số"
        ),
        "contract of the figures: the second of the two response rates": f"{_CONTRACT}: tỷ lệ phản hồi thứ hai",
        "the customer-care handbook's AHT": "AHT trong sổ tay chăm sóc khách hàng",
        "Genesys AHT": "Genesys, AHT",
        "what the desk told the customer": "điều bộ phận đã báo cho khách hàng",
        "conservation: backlog after = backlog before + entered - left": (
            "bảo toàn: tồn cuối kỳ = tồn đầu kỳ + vào tồn đọng - rời tồn đọng"
        ),
        "the handbook: who has been waiting for too long? The 72 hours are ours": (
            "sổ tay: ai đã chờ quá lâu? Mức 72 giờ là của chúng tôi"
        ),
        "OLA of the second handbook": "OLA trong sổ tay thứ hai",
        "OLA of the second handbook, beside the tickets that left a team": (
            "OLA trong sổ tay thứ hai, đặt cạnh số phiếu đã rời nhóm"
        ),
        "the handbook: who has too much?": "sổ tay: ai đang có quá nhiều việc?",
        "the handbook: the workload of agents and teams, now and over time": (
            "sổ tay: khối lượng công việc của nhân viên và nhóm, lúc này và theo thời gian"
        ),
        "the second handbook": "sổ tay thứ hai",
        "Bain: 9 and 10 are promoters, 0 to 6 detractors, passives stay below the line": (
            "Bain: 9 và 10 là người ủng hộ, 0 đến 6 là người không hài lòng, người trung lập chỉ tính ở mẫu số"
        ),
        "contract of the figures: repeat purchase, reading A": f"{_CONTRACT}: mua lại, cách hiểu A",
        "contract of the figures: repeat purchase, reading B; a return of the whole takes a purchase back": (
            f"{_CONTRACT}: mua lại, cách hiểu B; trả lại toàn bộ thì lần mua không còn tính"
        ),
        "active: a contract in force, or a purchase or a usage within the days of the definition `activity`": (
            "đang hoạt động: có hợp đồng hiệu lực, hoặc mua hay sử dụng trong số ngày của cấu hình `activity`"
        ),
        "contract of the figures: upsell, headline (diggrowth, lusha)": f"{_UPSELL}, con số chính (diggrowth, lusha)",
        "contract of the figures: upsell, customers": f"{_UPSELL}, theo khách hàng",
        "contract of the figures: upsell, by a segment at the start of the period (definition `upselling`)": (
            f"{_UPSELL}, theo nhóm khách đầu kỳ (cấu hình `upselling`)"
        ),
        "contract of the figures: upsell, money": f"{_UPSELL}, theo giá trị",
        "winsabove.com, bigdelta.com (22 of 24 = 92 %), pedowitz": (
            "winsabove.com, bigdelta.com (22 trên 24 = 92 %), pedowitz"
        ),
        "winsabove.com: 3.2 of 4.0 M = 80 %": "winsabove.com: 3,2 trên 4,0 triệu = 80 %",
        "contract of the figures: a base rate with the number of terms beside it, no forecast": (
            f"{_CONTRACT}: tỷ lệ gốc với số kỳ hợp đồng bên cạnh, không phải dự báo"
        ),
        "contract of the figures: VOC; the polarity is what a person judged": (
            f"{_CONTRACT}: ý kiến khách hàng; thái độ do người đánh giá"
        ),
        "contract of the figures: contacts": f"{_CONTRACT}: liên hệ",
        "Genesys; by the channel of the ticket and the agent who spent the time": (
            "Genesys; theo kênh của phiếu và nhân viên đã bỏ thời gian"
        ),
        "contract of the figures: the first of the two response rates (chatwoot#11569)": (
            f"{_CONTRACT}: tỷ lệ phản hồi thứ nhất (chatwoot#11569)"
        ),
        "contract of automation: the performance of procedures": "bản quy ước tự động hóa: kết quả của quy trình",
    }
)


def source_in(source: str, language: Language) -> str:
    """The source of a figure in words."""
    return SOURCES.get(source, source) if language == "vi" else source
