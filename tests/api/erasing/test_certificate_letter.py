"""The certificate of an erasure as a letter, in both languages."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from uuid import UUID

import pytest

from api.erasing.certificate_page import certificate_page
from api.erasing.letter_words import WORDS
from api.erasing.readings import Certificate
from domain.readable import Language
from domain.tenant_settings import TenantSettings

SETTINGS = TenantSettings(business="Công ty An Bình")
AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
CERTIFICATE = Certificate(
    tenant="acme",
    erasure=UUID(int=1),
    customer=UUID(int=2),
    law="vn-91-2025",
    legal_basis="Điều 14",
    through="in person",
    requested_at=AT,
    requested_by="lan",
    verified_at=AT + timedelta(hours=1),
    verified_by="an",
    verified_how="called <back>",
    approved_at=AT + timedelta(days=1),
    approved_by="mai",
    destroyed_at=AT + timedelta(days=2),
    certified_at=AT + timedelta(days=2, seconds=9),
    certified_by="system",
    event=4711,
    leaf="ab" * 32,
    position=4709,
    streams={"customer": 1, "ticket": 3},
    fingerprints={"key-1": "cd" * 32},
    readable=[],
    given_away=[],
)


IN_WORDS: Mapping[Language, tuple[str, ...]] = {
    "en": (
        "in person",
        "Law 91/2025/QH15 on the protection",
        "On 2 November 2026 at 16:00",
        "4 November 2026 at 16:00",
    ),
    "vi": ("gặp trực tiếp", "Luật Bảo vệ dữ liệu cá nhân", "Lúc 16:00 ngày 02/11/2026", "lúc 16:00 ngày 04/11/2026"),
}


class Text(HTMLParser):
    """The text of a page, with a bar between elements."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.parts: list[str] = []
        self.feed(html)
        self.text = "|".join(self.parts)

    def handle_data(self, data: str) -> None:
        self.parts.append(data)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_letter_says_what_was_erased_what_stays_who_did_it_and_how_to_check(language: Language) -> None:
    words = WORDS[language]
    shown = Text(certificate_page(CERTIFICATE, language, SETTINGS)).text
    texts = [
        *words.headings.values(), *words.steps.values(), words.title, words.signature,
        "lan", "an", "mai", "system", "called <back>", "Điều 14", "Asia/Ho_Chi_Minh", words.zone,
        *IN_WORDS[language],
        "4711", "ab" * 32, "cd" * 32, "verify.py", "|3|",
    ]  # fmt: skip
    assert [each for each in texts if each not in shown] == []


@pytest.mark.parametrize("language", ["en", "vi"])
def test_what_stays_readable_is_named_only_where_it_is_so(language: Language) -> None:
    ticket = UUID(int=9)
    clean = Text(certificate_page(CERTIFICATE, language, SETTINGS)).text
    left = CERTIFICATE.model_copy(
        update={"readable": [12, 15], "given_away": [ticket], "fingerprints": {"key-1": "cd" * 32, "key-2": ""}}
    )
    shown = Text(certificate_page(left, language, SETTINGS)).text
    for text in ("12, 15", str(ticket), WORDS[language].lost_key):
        assert text in shown
        assert text not in clean


@pytest.mark.parametrize("language", ["en", "vi"])
@pytest.mark.parametrize(
    ("fingerprints", "expected"),
    [
        ({"key-1": "cd" * 32}, {"destroyed", "fingerprints"}),
        ({"key-1": ""}, {"lost"}),
        ({"key-1": "cd" * 32, "key-2": ""}, {"destroyed", "fingerprints", "lost"}),
        ({}, {"no_key"}),
    ],
)
def test_the_letter_says_of_keys_only_what_happened_to_them(
    language: Language, fingerprints: dict[str, str], expected: set[str]
) -> None:
    letter = certificate_page(CERTIFICATE.model_copy(update={"fingerprints": fingerprints}), language, SETTINGS)
    shown = Text(letter).text
    sentences = {name: getattr(WORDS[language], name) for name in ("destroyed", "lost", "no_key", "fingerprints")}
    assert {name for name, sentence in sentences.items() if sentence.partition("{")[0] in shown} == expected
    assert (WORDS[language].headings["keys"] in shown.split("|")) == bool(fingerprints)


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_letter_names_the_organisation_and_calls_only_the_log_by_the_tenant(language: Language) -> None:
    shown = Text(certificate_page(CERTIFICATE, language, SETTINGS)).text
    assert shown.count("Công ty An Bình") == 3
    assert shown.count("acme") == 1
    unnamed = Text(certificate_page(CERTIFICATE, language, TenantSettings())).text
    assert {"en": "Customer care", "vi": "Bộ phận chăm sóc khách hàng"}[language] in unnamed


def test_both_languages_say_the_same_parts() -> None:
    english, vietnamese = WORDS["en"], WORDS["vi"]
    for name in ("headings", "kept", "steps"):
        assert list(getattr(english, name)) == list(getattr(vietnamese, name))
    assert len(english.check) == len(vietnamese.check)
