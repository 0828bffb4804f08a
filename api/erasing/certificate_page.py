"""The certificate of an erasure as a page that people read and print."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from api.erasing.readings import Certificate
from api.html_document import definition_list, html_document
from domain.readable import Language
from domain.zones import TimeZone
from projections.audit.words import word_of

_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "title": "Certificate of erasure",
            "erasure": "Erasure",
            "customer": "Customer",
            "law": "Law",
            "legal_basis": "Legal basis",
            "requested": "Requested",
            "verified": "Identity verified",
            "approved": "Approved by",
            "certified": "Certified",
            "position": "Position of the log",
            "streams": "Closed streams by kind",
            "fingerprints": "Destroyed keys and their fingerprints",
            "readable": "Positions stored before encryption, which no key destroys",
            "given_away": "Tickets that belong to another customer now",
            "none": "none",
        },
        "vi": {
            "title": "Chứng nhận xóa dữ liệu cá nhân",
            "erasure": "Yêu cầu xóa",
            "customer": "Khách hàng",
            "law": "Luật",
            "legal_basis": "Căn cứ pháp lý",
            "requested": "Yêu cầu lúc",
            "verified": "Xác minh danh tính",
            "approved": "Người duyệt",
            "certified": "Chứng nhận lúc",
            "position": "Vị trí trong nhật ký",
            "streams": "Dữ liệu đã đóng, theo loại",
            "fingerprints": "Khóa đã hủy và dấu vân tay của khóa",
            "readable": "Vị trí ghi trước khi mã hóa, không khóa nào hủy được",
            "given_away": "Phiếu nay thuộc khách hàng khác",
            "none": "không có",
        },
    }
)


def certificate_page(certificate: Certificate, language: Language, zone: TimeZone) -> str:
    """The page, with instants in a zone."""
    words = _WORDS[language]
    rows = {
        "erasure": str(certificate.erasure),
        "customer": str(certificate.customer),
        "law": word_of("law", certificate.law, language),
        "legal_basis": certificate.legal_basis,
        "requested": f"{_instant(certificate.requested_at, zone)} ({certificate.requested_by})",
        "verified": f"{certificate.verified_how} ({certificate.verified_by})",
        "approved": certificate.approved_by,
        "certified": f"{_instant(certificate.certified_at, zone)} ({certificate.certified_by})",
        "position": str(certificate.position),
        "streams": ", ".join(
            f"{word_of('stream kind', kind, language)}: {number}" for kind, number in certificate.streams.items()
        ),
        "fingerprints": "; ".join(f"{key}: {print_}" for key, print_ in certificate.fingerprints.items()),
        "readable": ", ".join(map(str, certificate.readable)),
        "given_away": ", ".join(map(str, certificate.given_away)),
    }
    lines = [(words[name], value or words["none"]) for name, value in rows.items()]
    return html_document(words["title"], language, body=f"<section>{definition_list(lines)}</section>\n")


def _instant(at: datetime, zone: TimeZone) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
