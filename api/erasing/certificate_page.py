"""The certificate of an erasure as a letter that a person can read, print and send."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from api.erasing.letter_words import WORDS, LetterWords
from api.erasing.readings import Certificate
from api.html_document import definition_list, html_document, row_of, text
from domain.readable import Language
from domain.zones import TimeZone
from projections.audit.words import word_of

_STYLE = """
p { margin: 0 0 2mm; }
p.signature { margin-top: 14mm; border-top: .3mm solid #8a8a8a; padding-top: 1.5mm; max-width: 80mm; }
section.keys td { font-family: monospace; font-size: 8pt; }
"""


def certificate_page(certificate: Certificate, language: Language, zone: TimeZone) -> str:
    """The letter, with instants in a zone."""
    words = WORDS[language]
    facts = _facts(certificate, words, zone)
    head = definition_list(
        [(words.reference, str(certificate.erasure)), (words.customer, str(certificate.customer))],
    )
    counts = [(word_of("stream kind", kind, language), str(number)) for kind, number in certificate.streams.items()]
    sections = {
        "request": _paragraph(words.request, facts),
        "erased": _paragraph(words.erased, facts) + _table(words.counted, counts),
        "kept": _table(words.kept_columns, _kept(certificate, words, facts)),
        "steps": _table(words.step_columns, _steps(certificate, words, facts)),
        "check": "".join(_paragraph(sentence, facts) for sentence in words.check)
        + f'<p class="signature">{text(words.signature)}</p>',
        "keys": _table(
            words.key_columns,
            [(key, fingerprint or words.lost_key) for key, fingerprint in certificate.fingerprints.items()],
        ),
    }
    body = "".join(
        f'<section class="{name}"><h2>{text(words.headings[name])}</h2>{content}</section>\n'
        for name, content in sections.items()
    )
    return html_document(words.title, language, head=head, body=body, foot=text(facts["tenant"]), style=_STYLE)


def _facts(certificate: Certificate, words: LetterWords, zone: TimeZone) -> dict[str, str]:
    """The facts that sentences name, as texts."""
    instants = ("requested_at", "verified_at", "approved_at", "destroyed_at", "certified_at")
    return {
        "tenant": certificate.tenant,
        "through": certificate.through,
        "law": words.laws.get(certificate.law, certificate.law),
        "legal_basis": certificate.legal_basis,
        "verified_how": certificate.verified_how,
        "keys": str(len(certificate.fingerprints)),
        "readable": ", ".join(map(str, certificate.readable)),
        "given_away": ", ".join(map(str, certificate.given_away)),
        "event": str(certificate.event),
        "leaf": certificate.leaf,
    } | {name: _instant(getattr(certificate, name), zone) for name in instants}


def _kept(certificate: Certificate, words: LetterWords, facts: dict[str, str]) -> list[Sequence[str]]:
    """What stays of this person, and why."""
    absent = {name for name in ("readable", "given_away") if not getattr(certificate, name)}
    return [
        [part.format_map(facts) for part in what_and_why]
        for name, what_and_why in words.kept.items()
        if name not in absent
    ]


def _steps(certificate: Certificate, words: LetterWords, facts: dict[str, str]) -> list[Sequence[str]]:
    by = {"destroyed": certificate.certified_by}
    return [
        (said, facts[f"{step}_at"], by.get(step) or getattr(certificate, f"{step}_by"))
        for step, said in words.steps.items()
    ]


def _paragraph(sentence: str, facts: dict[str, str]) -> str:
    return f"<p>{text(sentence.format_map(facts))}</p>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    headings = row_of([(column, "") for column in columns], "th")
    lines = "".join(row_of([(cell, "") for cell in row]) for row in rows)
    return f"<table><thead>{headings}</thead><tbody>{lines}</tbody></table>"


def _instant(at: datetime, zone: TimeZone) -> str:
    return at.astimezone(zone).isoformat(sep=" ", timespec="seconds")
