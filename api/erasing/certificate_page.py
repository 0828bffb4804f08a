"""The certificate of an erasure as a letter that a person can read, print and send."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from api.erasing.letter_words import WORDS, LetterWords
from api.erasing.readings import Certificate
from api.html_document import definition_list, html_document, row_of, text
from domain.readable import Language, number
from domain.tenant_settings import TenantSettings
from domain.zones import zone_named
from projections.audit.words import word_of

_STYLE = """
p { margin: 0 0 2mm; overflow-wrap: anywhere; }
p.signature { margin-top: 14mm; border-top: .3mm solid #8a8a8a; padding-top: 1.5mm; max-width: 80mm; }
section.keys td { font-family: monospace; font-size: 8pt; }
"""


def certificate_page(certificate: Certificate, language: Language, settings: TenantSettings) -> str:
    """The letter of a tenant with these settings, with instants in its zone."""
    words = WORDS[language]
    facts = _facts(certificate, language, settings)
    head = definition_list(
        [
            (words.reference, str(certificate.erasure)),
            (words.customer, str(certificate.customer)),
            (words.zone, settings.zone),
        ],
    )
    said_of_keys = _said_of_keys(certificate, words)
    check = [*words.check, *([words.fingerprints] if words.destroyed in said_of_keys else [])]
    counts = [
        (_capital(word_of("stream kind", kind, language)), number(count, language))
        for kind, count in certificate.streams.items()
    ]
    sections = {
        "request": _paragraph(words.request, facts),
        "erased": "".join(_paragraph(sentence, facts) for sentence in [*said_of_keys, words.erased])
        + _table(words.counted, counts),
        "kept": _table(words.kept_columns, _kept(certificate, words, facts)),
        "steps": _table(words.step_columns, _steps(certificate, words, facts)),
        "check": "".join(_paragraph(sentence, facts) for sentence in check)
        + f'<p class="signature">{text(words.signature)}</p>',
    }
    if keys := [(key, fingerprint or words.lost_key) for key, fingerprint in certificate.fingerprints.items()]:
        sections["keys"] = _table(words.key_columns, keys)
    body = "".join(
        f'<section class="{name}"><h2>{text(words.headings[name])}</h2>{content}</section>\n'
        for name, content in sections.items()
    )
    return html_document(words.title, language, head=head, body=body, foot=text(facts["business"]), style=_STYLE)


def _said_of_keys(certificate: Certificate, words: LetterWords) -> list[str]:
    """The sentences about keys that were destroyed or lost; the one that there is none."""
    fingerprints = certificate.fingerprints.values()
    sentences = [words.destroyed] if any(fingerprints) else []
    if not all(fingerprints):
        sentences.append(words.lost)
    return sentences or [words.no_key]


def _facts(certificate: Certificate, language: Language, settings: TenantSettings) -> dict[str, str]:
    """The facts that sentences name, as texts."""
    instants = ("requested_at", "verified_at", "approved_at", "destroyed_at", "certified_at")
    return {
        "business": settings.business_in(language),
        "tenant": certificate.tenant,
        "through": word_of("channel", certificate.through, language),
        "law": word_of("law", certificate.law, language),
        "legal_basis": certificate.legal_basis,
        "verified_how": certificate.verified_how,
        "destroyed": number(sum(1 for fingerprint in certificate.fingerprints.values() if fingerprint), language),
        "lost": number(sum(1 for fingerprint in certificate.fingerprints.values() if not fingerprint), language),
        "readable": ", ".join(map(str, certificate.readable)),
        "given_away": ", ".join(map(str, certificate.given_away)),
        "event": str(certificate.event),
        "leaf": certificate.leaf,
    } | {name: _in_a_sentence(getattr(certificate, name), language, settings) for name in instants}


def _in_a_sentence(at: datetime, language: Language, settings: TenantSettings) -> str:
    """A local minute as sentences say it."""
    local = at.astimezone(zone_named(settings.zone))
    return f"{local:%H:%M ngày %d/%m/%Y}" if language == "vi" else f"{local.day} {local:%B %Y at %H:%M}"


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


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
        (text, facts[f"{step}_at"], by.get(step) or getattr(certificate, f"{step}_by"))
        for step, text in words.steps.items()
    ]


def _paragraph(sentence: str, facts: dict[str, str]) -> str:
    return f"<p>{text(sentence.format_map(facts))}</p>"


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    headings = row_of([(column, "") for column in columns], "th")
    lines = "".join(row_of([(cell, "") for cell in row]) for row in rows)
    return f"<table><thead>{headings}</thead><tbody>{lines}</tbody></table>"
