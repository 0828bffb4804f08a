"""The words around the figures of an issued report, in both languages, and the facts that stand at its foot."""

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from domain.definitions.kind import TENANT
from domain.readable import Language, day, minute, number
from domain.zones import zone_named
from projections.audit.words import word_of
from projections.issued_reports.pack_figures import Document
from projections.issued_reports.queries import Issue
from projections.scope.named_periods import days_in_words, period_named_by

_NOT_PLAIN = re.compile(r"[^A-Za-z0-9.-]+")
_WORDS: Mapping[Language, Mapping[str, str]] = MappingProxyType(
    {
        "en": {
            "about": "About",
            "period": "Period",
            "zone": "Time zone",
            "issue": "Issue",
            "issued": "Issued",
            "by": "by",
            "reason": "Reason",
            "position": "Position in the log",
            "judged_at": "Judged at",
            "definitions": "Definitions",
            "sha256": "SHA-256 of the figures",
            "incomplete": "The period was not over when this report was issued: its figures are provisional.",
            "version": "version",
            "built_in": "built in",
        },
        "vi": {
            "about": "Giới thiệu",
            "period": "Kỳ báo cáo",
            "zone": "Múi giờ",
            "issue": "Lần phát hành",
            "issued": "Phát hành",
            "by": "bởi",
            "reason": "Lý do",
            "position": "Vị trí trong nhật ký",
            "judged_at": "Xét lúc",
            "definitions": "Định nghĩa",
            "sha256": "SHA-256 của số liệu",
            "incomplete": "Kỳ báo cáo chưa kết thúc khi phát hành: số liệu là tạm tính.",
            "version": "phiên bản",
            "built_in": "có sẵn",
        },
    }
)


def word(name: str, language: Language) -> str:
    """One of the words."""
    return _WORDS[language][name]


def title_of(issue: Issue, document: Document, language: Language) -> str:
    """The title of the pack with the period."""
    period = days_in_words(issue.facts.first, issue.facts.last, document["year_begins"], language)
    return titled(document["title"][language], period)


def titled(title: str, period: str) -> str:
    """A title with a period, whose kind is said once: "Báo cáo tuần 48/2026"."""
    kind, _, _ = period.partition(" ")
    return f"{title.removesuffix(f' {kind}')} {period}"


def head(issue: Issue, language: Language) -> list[tuple[str, str]]:
    """What stands below the title: the days, the zone, the number of the issue and who issued it."""
    facts, words = issue.facts, _WORDS[language]
    issued = minute(issue.issued_at.astimezone(zone_named(facts.zone)), language)
    lines = [
        (words["period"], f"{day(facts.first, language)} - {day(facts.last, language)}"),
        (words["zone"], facts.zone),
        (words["issue"], str(issue.version)),
        (words["issued"], f"{issued} {words['by']} {issue.actor}"),
    ]
    return [*lines, (words["reason"], issue.reason)] if issue.reason else lines


def foot(issue: Issue, document: Document, language: Language) -> list[tuple[str, str]]:
    """What is needed to make the report again: position, instant, definitions and digest."""
    facts, words = issue.facts, _WORDS[language]
    judged = minute(facts.judged_at.astimezone(zone_named(facts.zone)), language)
    return [
        (words["position"], number(facts.position, language)),
        (words["judged_at"], f"{judged} ({facts.zone})"),
        (words["definitions"], ", ".join(_definitions(document, facts.definition_version, language))),
        (words["sha256"], facts.sha256),
    ]


def _definitions(document: Document, pack_version: int, language: Language) -> Sequence[str]:
    used = {(each["kind"], each["name"]): each["version"] for s in document["sections"] for each in s["definitions"]}
    used["report-pack", document["pack"]] = pack_version
    words = _WORDS[language]
    return [
        f"{_titled(kind, name, language)}: " + (f"{words['version']} {version}" if version else words["built_in"])
        for (kind, name), version in sorted(used.items())
    ]


def _titled(kind: str, name: str, language: Language) -> str:
    """A definition as people call it; of a tenant's only one the kind alone."""
    kind_words = word_of("definition kind", kind, language)
    return kind_words if name == TENANT else f"{kind_words} {name}"


def file_name(issue: Issue, ending: str) -> str:
    """The name of a file with the report, in plain letters."""
    period = period_named_by(issue.facts.first, issue.facts.last, issue.document["year_begins"])
    name = f"{issue.facts.name}-{period}-{issue.version}"
    return f"{_NOT_PLAIN.sub('-', name).strip('-')}.{ending}"
